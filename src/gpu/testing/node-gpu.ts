import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Gpu, type OpenGpuOptions, openGpu } from '../device.ts';

/** WebGPU in Node (Dawn), for tests and benchmarks. Uses Chromium's SwiftShader if there is no other driver. */

export interface NodeGpu {
  gpu: Gpu;
  /** The driver in use, for the report. */
  driver: string;
  close(): void;
}

// dlopen(3) flags of glibc: resolve lazily, and keep the library although it isn't a Node addon.
const keepLibrary = constants.dlopen.RTLD_LAZY | 0x1000;

/**
 * Opens a device, or returns the reason why there is none. `backend: 'null'` gives Dawn's null device, which validates
 * shaders against every feature (even f16) and computes nothing. A driver named by VK_DRIVER_FILES is preferred to
 * SwiftShader.
 */
export async function openNodeGpu(options: OpenGpuOptions & { backend?: 'null' } = {}): Promise<NodeGpu | string> {
  const driver = chooseDriver();
  let dawn: typeof import('webgpu');
  try {
    dawn = await import('webgpu');
  } catch (thrown) {
    return `the webgpu package doesn't load: ${String(thrown)}`;
  }
  Object.assign(globalThis, dawn.globals);
  // The GPU object must outlive the device. Dropping it on close lets the process end.
  let instance: GPU | undefined = dawn.create(options.backend ? [`backend=${options.backend}`] : []);
  try {
    const gpu = await openGpu({ ...options, gpu: instance });
    const close = () => {
      gpu.destroy();
      instance = undefined;
    };
    return { gpu, driver, close };
  } catch (thrown) {
    instance = undefined;
    return `no WebGPU adapter (driver: ${driver}): ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

/** Points the Vulkan loader at SwiftShader, unless the caller's environment names a driver or the system isn't Linux. */
function chooseDriver(): string {
  const named = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  if (named) {
    // A driver chosen by an earlier call still needs the loader beside it.
    loadVulkan(dirname(named));
    return named;
  }
  if (process.platform !== 'linux') return 'system';
  const folder = findSwiftShader();
  if (!folder) return 'system (no Chromium with SwiftShader found)';
  const icd = join(folder, 'vk_swiftshader_icd.json');
  // Reaches the C library because vitest's workers are processes; worker threads would have a copy of the environment.
  process.env.VK_ICD_FILENAMES = icd;
  process.env.VK_DRIVER_FILES = icd;
  loadVulkan(folder);
  return icd;
}

/**
 * Dawn looks for libvulkan.so.1 by name only. Once Chromium's own copy is loaded into the process, that name finds it.
 */
function loadVulkan(folder: string): void {
  const library = join(folder, 'libvulkan.so.1');
  if (process.platform !== 'linux' || !existsSync(library)) return;
  try {
    process.dlopen({ exports: {} }, library, keepLibrary);
  } catch {
    // Always throws ("did not self-register") because it isn't an addon. The library stays loaded, which is the
    // purpose.
  }
}

/**
 * The folder of an installed Chromium that has SwiftShader: NADIR_BROWSER's, Playwright's, one on PATH, or in the usual
 * places.
 */
function findSwiftShader(): string | undefined {
  const folders: string[] = [];
  const named = process.env.NADIR_BROWSER;
  if (named && existsSync(named)) folders.push(dirname(realpathSync(named)));
  const playwright = process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), '.cache', 'ms-playwright');
  for (const browser of list(playwright).filter((name) => name.startsWith('chromium'))) {
    for (const build of list(join(playwright, browser))) folders.push(join(playwright, browser, build));
  }
  for (const path of (process.env.PATH ?? '').split(':')) {
    for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'chrome']) {
      const binary = join(path, name);
      if (existsSync(binary)) folders.push(dirname(realpathSync(binary)));
    }
  }
  folders.push('/usr/lib/chromium', '/usr/lib64/chromium-browser', '/opt/google/chrome', '/opt/chromium');
  return folders.find((folder) => existsSync(join(folder, 'vk_swiftshader_icd.json')));
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
