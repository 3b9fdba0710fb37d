import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright';
import { installProbe } from './page-probe.ts';
import { RendererProcess } from './renderer-process.ts';
import { type Tasks, traceTasks } from './task-trace.ts';

export interface Measured {
  /** From choosing the file until the middle of the map shows a picture. */
  pictureMs: number;
  /** Processor time of the page's process (all threads) until then: an upper bound for the clock on an idle machine. */
  pictureCpuMs: number;
  /** From choosing the file to finished overviews. */
  overviewsMs: number;
  overviewsCpuMs: number;
  overviewBytes: number;
  /** After a reload during building: the progress at which it resumed, 0–1. */
  resumedAt: number;
  /** Choosing the file again when its overviews are on disk. */
  againMs: number;
  againCpuMs: number;
  whileBuilding: Gestures;
  afterwards: Gestures;
  /** Anonymous and shared memory of the page's process: before the file was opened, and the maximum. */
  baseBytes: number;
  peakBytes: number;
}

export interface Gestures extends Tasks {
  tileMedianMs: number;
  tileLongestMs: number;
  tiles: number;
}

const PATIENCE_MS = 400_000;

/** Measures one file in a fresh profile. The model isn't loaded, because this is about imagery. */
export async function measure(browserPath: string, args: string[], url: string, file: string): Promise<Measured> {
  const profile = mkdtempSync(join(tmpdir(), 'nadir-bench-'));
  // A profile on disk: private windows keep their files in memory, with a lower limit.
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browserPath,
    headless: true,
    args,
    viewport: { width: 1440, height: 900 },
  });
  const renderer = new RendererProcess(profile);
  try {
    // tsx marks functions with its own helper, which the page doesn't have.
    await context.addInitScript({ content: 'globalThis.__name = (fn) => fn;' });
    await context.addInitScript(installProbe);
    await context.route(/\/models\//, (route) => route.abort());
    return await measureIn(context, renderer, url, file);
  } finally {
    renderer.close();
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

async function measureIn(
  context: BrowserContext,
  renderer: RendererProcess,
  url: string,
  file: string,
): Promise<Measured> {
  const page = context.pages()[0] ?? (await context.newPage());
  await load(page, url);
  const baseBytes = renderer.sample();
  const cpuBefore = renderer.cpuMs();
  const pictureMs = await openAndWait(page, file);
  const pictureCpuMs = renderer.cpuMs() - cpuBefore;
  say(`picture after ${Math.round(pictureMs)} ms, ${pictureCpuMs} ms of processor time`);
  const whileBuilding = await gestures(page);
  const { ms: overviewsMs, bytes: overviewBytes } = await overviewsReady(page);
  const overviewsCpuMs = renderer.cpuMs() - cpuBefore;
  say(`overviews after ${Math.round(overviewsMs)} ms, ${overviewsCpuMs} ms of processor time`);
  const afterwards = await gestures(page);
  const peakBytes = renderer.peakBytes;
  say(JSON.stringify({ whileBuilding, afterwards, baseBytes, peakBytes }));

  // Again from the start: removes what is on disk and interrupts building in the middle.
  await load(page, url);
  await page.evaluate(() => globalThis.nadir!.session.opening.closeAll());
  await page.evaluate(() => globalThis.nadir!.session.overviews.clearCache());
  await openAndWait(page, file);
  await page.waitForFunction(() => (overviewState()?.fraction ?? 0) > 0.3, undefined, {
    timeout: PATIENCE_MS,
    polling: 50,
  });
  await load(page, url);
  await openAndWait(page, file);
  await page.waitForFunction(() => ['building', 'ready'].includes(overviewState()?.state ?? ''), undefined, {
    timeout: PATIENCE_MS,
    polling: 20,
  });
  const resumedAt = await page.evaluate(() => overviewState()!.fraction);
  say(`building resumed at ${resumedAt} after a reload`);
  await overviewsReady(page);
  await load(page, url);
  const cpuAgain = renderer.cpuMs();
  const againMs = await openAndWait(page, file);
  const againCpuMs = renderer.cpuMs() - cpuAgain;
  const opened = { pictureMs, pictureCpuMs, againMs, againCpuMs };
  return {
    ...opened,
    overviewsMs,
    overviewsCpuMs,
    overviewBytes,
    resumedAt,
    whileBuilding,
    afterwards,
    baseBytes,
    peakBytes,
  };
}

/** A run takes minutes on a busy machine. */
const say = (words: string) => console.error(`    ${words}`);

async function load(page: Page, url: string): Promise<void> {
  await page.goto(`${url}?backend=wasm`);
  await page.waitForFunction(() => globalThis.nadir !== undefined);
  await page.evaluate(() => {
    const { session } = globalThis.nadir!;
    globalThis.overviewState = () => [...session.overviews.byScene.value.values()][0] ?? null;
    const read = session.images.readRaw;
    session.images.readRaw = async (...request) => {
      const start = performance.now();
      const note = (aborted: boolean) =>
        globalThis.nadirProbe!.tiles.push({ ms: Math.round(performance.now() - start), aborted });
      try {
        const tile = await read(...request);
        note(false);
        return tile;
      } catch (thrown) {
        note(true);
        throw thrown;
      }
    };
  });
  // Waits until the session has restored the previous scene, which isn't measured.
  await page.waitForTimeout(1500);
  await page.evaluate(() => globalThis.nadir!.session.opening.closeAll());
}

async function openAndWait(page: Page, file: string): Promise<number> {
  await page.evaluate(() => {
    globalThis.nadirProbe!.chosenMs = null;
    globalThis.nadirProbe!.pictureMs = null;
    globalThis.nadirProbe!.watchPicture();
  });
  await page.locator('#scene-file').setInputFiles(file);
  await page.waitForFunction(() => globalThis.nadirProbe!.pictureMs !== null, undefined, {
    timeout: PATIENCE_MS,
    polling: 50,
  });
  return page.evaluate(() => globalThis.nadirProbe!.pictureMs! - globalThis.nadirProbe!.chosenMs!);
}

async function overviewsReady(page: Page): Promise<{ ms: number; bytes: number }> {
  await page.waitForFunction(() => overviewState()?.state === 'ready', undefined, {
    timeout: PATIENCE_MS,
    polling: 100,
  });
  return page.evaluate(() => ({
    ms: performance.now() - globalThis.nadirProbe!.chosenMs!,
    bytes: overviewState()!.bytes,
  }));
}

/** A few seconds of use, traced. */
async function gestures(page: Page): Promise<Gestures> {
  await page.evaluate(() => {
    globalThis.nadirProbe!.tiles = [];
  });
  const tasks = await traceTasks(page, () => zoomAndDrag(page));
  const ms = await page.evaluate(() =>
    globalThis.nadirProbe!.tiles.filter((tile) => !tile.aborted).map((tile) => tile.ms),
  );
  ms.sort((a, b) => a - b);
  return { ...tasks, tileMedianMs: ms[ms.length >> 1] ?? 0, tileLongestMs: ms.at(-1) ?? 0, tiles: ms.length };
}

/** Zooms in with the wheel, drags, and zooms out. */
async function zoomAndDrag(page: Page): Promise<void> {
  const map = (await page.locator('.ol-viewport').boundingBox())!;
  const x = map.x + map.width / 2;
  const y = map.y + map.height / 2;
  await page.mouse.move(x, y);
  for (let i = 0; i < 8; i++) {
    await page.mouse.wheel(0, -300);
    await page.waitForTimeout(150);
  }
  for (const [dx, dy] of [
    [-250, -120],
    [200, 150],
    [-150, 180],
  ] as const) {
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + dx, y + dy, { steps: 12 });
    await page.mouse.up();
    await page.waitForTimeout(300);
  }
  for (let i = 0; i < 8; i++) {
    await page.mouse.wheel(0, 300);
    await page.waitForTimeout(150);
  }
  await page.waitForTimeout(1000);
}

declare global {
  var overviewState: () => { state: string; fraction: number; bytes: number } | null;
}
