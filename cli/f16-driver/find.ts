import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { ROOT } from '../paths.ts';

/** The result of probing one driver. */
export interface Probe {
  /** E.g. "mesa software", "nvidia ampere"; null if there is no adapter. */
  label: string | null;
  f16: boolean;
}

/** A driver for the f16 tests, or the reason why there is none, as part of a sentence. */
export type F16Driver = { found: true; driver: string; label: string } | { found: false; reason: string };

const folders = [
  '/etc/vulkan/icd.d',
  '/usr/local/share/vulkan/icd.d',
  '/usr/share/vulkan/icd.d',
  join(homedir(), '.local/share/vulkan/icd.d'),
];

/**
 * Looks for a Vulkan driver whose WebGPU adapter has shader-f16: the one that VK_DRIVER_FILES names, else the system's,
 * with Mesa's software driver last. Each is tried in its own process, because a driver may crash. Outside Linux the
 * system chooses the adapter.
 */
export async function findF16Driver(
  drivers: readonly string[] = installedDrivers(),
  probe: (driver: string) => Promise<Probe> = probeDriver,
): Promise<F16Driver> {
  const tried: string[] = [];
  for (const driver of drivers) {
    const { label, f16 } = await probe(driver);
    if (f16 && label !== null) return { found: true, driver, label };
    tried.push(`${basename(driver)}: ${label === null ? 'no adapter' : `${label} has no f16`}`);
  }
  const looked = tried.length > 0 ? ` (${tried.join('; ')})` : '';
  return { found: false, reason: `no Vulkan driver with shader-f16 was found${looked}. CONTRIBUTING.md names one.` };
}

/**
 * Additions to the f16 tests' environment that make them run on a driver with f16, or the reason why they can't or
 * needn't run. `afterUnit`: the unit tests ran before.
 */
export async function prepareF16(
  afterUnit: boolean,
  answer: Promise<F16Driver> = findF16Driver(),
  ownDriver: string | null = unitDriver(process.env, process.platform),
): Promise<NodeJS.ProcessEnv | string> {
  const found = await answer;
  if (!found.found) return found.reason;
  const { driver, label } = found;
  if (afterUnit && driver === ownDriver) return `the unit tests ran on "${label}", which has f16.`;
  process.stdout.write(`Adapter: ${label} (${driver})\n`);
  return { ...driverEnvironment(driver), REQUIRE_WEBGPU: '1', REQUIRE_F16: '1' };
}

/** The driver that the unit tests run on if it isn't Chromium's SwiftShader; else null. */
function unitDriver(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | null {
  return environment.VK_DRIVER_FILES ?? environment.VK_ICD_FILENAMES ?? (platform === 'linux' ? null : 'system');
}

/** Driver files (ICD manifests) to try, in order. */
export function installedDrivers(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  places: readonly string[] = folders,
): string[] {
  const named = unitDriver(environment, platform);
  if (named !== null) return [named];
  const files = places.filter(existsSync).flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const isSoftware = (file: string) => Number(basename(file).startsWith('lvp_'));
  return files.filter((file) => file.endsWith('.json')).sort((a, b) => isSoftware(a) - isSoftware(b));
}

/** The environment of a child process that uses `driver`. */
function driverEnvironment(driver: string): NodeJS.ProcessEnv {
  return driver === 'system' ? {} : { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver };
}

function probeDriver(driver: string): Promise<Probe> {
  return new Promise((resolve) => {
    const script = join(ROOT, 'cli', 'f16-driver', 'probe.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...driverEnvironment(driver) },
      timeout: 60_000,
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const none: Probe = { label: null, f16: false };
    child.on('error', () => resolve(none));
    child.on('close', () => {
      const line = output.split('\n').find((text) => text.startsWith('{'));
      resolve(line ? (JSON.parse(line) as Probe) : none);
    });
  });
}
