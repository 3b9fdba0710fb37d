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

const building = new WeakMap<RasterScene, Map<string, Promise<void>>>();

/**
 * Makes sure that a read needing about `factor` full-resolution pixels a pixel over `sourcePixels` of them is cheap:
 * builds levels for `bands` where the existing ones are too fine. The work is shared between callers and isn't
 * undone by one of them giving up; `signal` only ends the waiting.
 */
export async function ensureCoarseLevel(
  scene: RasterScene,
  factor: number,
  sourcePixels: number,
  bands: readonly number[],
  signal: AbortSignal | null,
): Promise<void> {
  const best = pickLevel(scene, factor, bands);
  const pixels = sourcePixels / (best.factorX * best.factorY);
  if (pixels <= DIRECT_PIXELS || factor < 2 * Math.max(best.factorX, best.factorY)) return;
  const wanted = [...new Set([...bands, ...defaultBandsOf(scene)])].filter((band) => !hasBuilt(scene, band)).sort();
  if (wanted.length === 0) return;
  const jobs = building.get(scene) ?? new Map<string, Promise<void>>();
  building.set(scene, jobs);
  const key = wanted.join();
  let job = jobs.get(key);
  if (!job) {
    job = build(scene, wanted).finally(() => jobs.delete(key));
    jobs.set(key, job);
  }
  await raceAbort(job, signal);
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
  const planes = await area(base, grid, bands, null);
  const stored = new Map(bands.map((band, i) => [band, planes[i]!]));
  return {
    width,
    height,
    factorX: scene.width / width,
    factorY: scene.height / height,
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

async function raceAbort(job: Promise<void>, signal: AbortSignal | null): Promise<void> {
  if (!signal) return job;
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([job, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
