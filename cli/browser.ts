import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { type Browser, chromium } from 'playwright';
import { ROOT } from './paths.ts';

export interface FoundBrowser {
  path: string;
  /** Where it came from, for the user. */
  source: string;
}

export class NoBrowserError extends Error {}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];
const MAC_PATHS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** NADIR_BROWSER's, else Playwright's own, else one on PATH; null if there is none. */
export function findBrowser(): FoundBrowser | null {
  const named = process.env.NADIR_BROWSER;
  if (named) return isExecutable(named) ? { path: named, source: 'NADIR_BROWSER' } : null;
  const own = chromium.executablePath();
  if (own && existsSync(own)) return { path: own, source: "Playwright's own" };
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const onPath = candidates.find(isExecutable);
  if (onPath) return { path: onPath, source: 'on PATH' };
  const mac = MAC_PATHS.find(isExecutable);
  return mac ? { path: mac, source: 'installed application' } : null;
}

/**
 * Finds a browser, or installs one: by Playwright's download, else (as root) the system's package. Errors:
 * NoBrowserError.
 */
export function ensureBrowser(say: (line: string) => void): FoundBrowser {
  const found = findBrowser();
  if (found) return found;
  if (process.env.NADIR_BROWSER) {
    throw new NoBrowserError(
      `NADIR_BROWSER names ${process.env.NADIR_BROWSER}, which can't be run. Correct or unset it.`,
    );
  }
  say('No browser found; installing Chromium with Playwright …');
  const playwrightCli = join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js');
  attempt(process.execPath, [playwrightCli, 'install', 'chromium'], say);
  if (!findBrowser() && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say("Playwright's download did not work; installing the system's chromium …");
    attempt('apt-get', ['update'], say);
    attempt('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], say);
  }
  const installed = findBrowser();
  if (installed) return installed;
  throw new NoBrowserError(
    'No Chromium or Chrome was found and none could be installed. Install one, or set NADIR_BROWSER to its path.',
  );
}

export interface LaunchOptions {
  /** `software`: SwiftShader's WebGPU adapter; `off`: no WebGPU; `hardware`: whatever the machine has. */
  webgpu: 'hardware' | 'software' | 'off';
  /** WebGL for the map, emulated on the processor. Default: the browser decides. */
  webgl?: 'software';
}

const QUIET = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-domain-reliability',
  '--no-pings',
];
const WEBGPU: Record<LaunchOptions['webgpu'], string[]> = {
  hardware: ['--enable-unsafe-webgpu', '--ignore-gpu-blocklist', '--enable-features=Vulkan'],
  software: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'],
  off: ['--disable-features=WebGPU,WebGPUService', '--disable-gpu', '--disable-blink-features=WebGPU'],
};

const WEBGL = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];

/** Headless. Without the sandbox, which needs privileges that root and most containers don't have. */
export function launchBrowser(browser: FoundBrowser, { webgpu, webgl }: LaunchOptions): Promise<Browser> {
  // --disable-gpu would disable WebGL, too.
  const gpu = webgl ? [...WEBGPU[webgpu].filter((flag) => flag !== '--disable-gpu'), ...WEBGL] : WEBGPU[webgpu];
  const args = ['--no-sandbox', ...QUIET, ...gpu];
  return chromium.launch({ executablePath: browser.path, headless: true, args });
}

/** Whether this machine may have a GPU that a browser can use. Only on Linux can this be checked without trying. */
export function mayHaveGpu(): boolean {
  if (process.platform !== 'linux') return true;
  if (existsSync('/dev/nvidia0') || existsSync('/dev/dxg')) return true;
  return existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('render'));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function attempt(command: string, args: string[], say: (line: string) => void): void {
  // Output goes to stderr, because stdout may be for JSON.
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], timeout: 600_000 });
  if (status !== 0) say(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}.`);
}
