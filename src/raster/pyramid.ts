import { whenIdle } from './priority.ts';
import { area } from './resample.ts';
import type { RasterLevel, RasterScene } from './scene.ts';

/**
 * Coarser levels for images that come without overviews (QGIS writes striped files without any): one pass over the
 * coarsest level there is, averaged down in memory, so that no block is decoded for every map tile anew.
 */

/** A built level may take this much memory, per band; finer ones are left to the file. */
const MAX_LEVEL_PIXELS = 2048 * 2048;
/** Reads of fewer source pixels than this go to the file directly. */
const DIRECT_PIXELS = 2048 * 2048;
const SMALLEST_SIDE = 256;
const MAX_PAUSE_MS = 2000;

/** Running and failed builds. A failed one is kept: its damaged block would fail again, after as long a time. */
const jobs = new WeakMap<RasterScene, Map<string, Promise<void>>>();

/**
 * The work of building coarser levels for `bands`, where a read at `factor` full-resolution pixels a pixel over
 * `sourcePixels` of them would be dear without; null where it is cheap already. The work is shared by all callers and
 * goes on whoever waits for it.
 */
export function coarseLevelJob(
  scene: RasterScene,
  factor: number,
  sourcePixels: number,
  bands: readonly number[],
): Promise<void> | null {
  const best = pickLevel(scene, factor, bands);
  const pixels = sourcePixels / (best.factorX * best.factorY);
  if (pixels <= DIRECT_PIXELS || factor < 2 * Math.max(best.factorX, best.factorY)) return null;
  const wanted = [...new Set([...bands, ...defaultBandsOf(scene)])].filter((band) => !hasBuilt(scene, band)).sort();
  if (wanted.length === 0) return null;
  const running = jobs.get(scene) ?? new Map<string, Promise<void>>();
  jobs.set(scene, running);
  const key = wanted.join();
  const known = running.get(key);
  if (known) return known;
  const job = build(scene, wanted);
  running.set(key, job);
  // Whoever waits sees a failure; unobserved, it must not end the worker.
  job.catch(() => {});
  return job;
}

/** The coarsest level that is still at least as fine as `factor` and holds all of `bands`. */
export function pickLevel(scene: RasterScene, factor: number, bands: readonly number[]): RasterLevel {
  let best = scene.levels[0]!;
  for (const level of scene.levels) {
    // Odd sizes make a "2×" overview 2.001× coarser; that is still the one to use.
    const fineEnough = Math.max(level.factorX, level.factorY) <= factor * 1.01;
    const complete = !level.only || bands.every((band) => level.only!.has(band));
    if (fineEnough && complete && level.factorX > best.factorX) best = level;
  }
  return best;
}

async function build(scene: RasterScene, bands: readonly number[]): Promise<void> {
  const fromFile = scene.levels.filter((level) => level.only === null);
  let base = fromFile.at(-1)!;
  let reduction = 2;
  while ((base.width / reduction) * (base.height / reduction) > MAX_LEVEL_PIXELS) reduction *= 2;
  while (Math.max(base.width, base.height) / reduction >= SMALLEST_SIDE) {
    const level = await reduce(scene, base, reduction, bands);
    scene.levels.push(level);
    base = level;
    reduction = 2;
  }
}

async function reduce(
  scene: RasterScene,
  base: RasterLevel,
  reduction: number,
  bands: readonly number[],
): Promise<RasterLevel> {
  const width = Math.ceil(base.width / reduction);
  const height = Math.ceil(base.height / reduction);
  const grid = { left: 0, top: 0, stepX: base.width / width, stepY: base.height / height, width, height };
  const patient: RasterLevel = {
    ...base,
    async read(...window) {
      await whenIdle(MAX_PAUSE_MS);
      return base.read(...window);
    },
  };
  const planes = await area(patient, grid, bands, null);
  const stored = new Map(bands.map((band, i) => [band, planes[i]!]));
  return {
    width,
    height,
    factorX: scene.width / width,
    factorY: scene.height / height,
    blockCols: width,
    blockRows: 1,
    only: new Set(bands),
    async read(x, y, w, h, wanted) {
      return wanted.map((band) => {
        const plane = stored.get(band)!;
        const out = new Float32Array(w * h);
        for (let row = 0; row < h; row++) {
          out.set(plane.subarray((y + row) * width + x, (y + row) * width + x + w), row * w);
        }
        return out;
      });
    },
  };
}

function defaultBandsOf(scene: RasterScene): number[] {
  const { red, green, blue, nir } = scene.defaultBands;
  return nir === null ? [red, green, blue] : [red, green, blue, nir];
}

const hasBuilt = (scene: RasterScene, band: number) => scene.levels.some((level) => level.only?.has(band));
