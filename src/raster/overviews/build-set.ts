import type { RasterLevel } from '../scene.ts';
import { BoxAverage } from './box-average.ts';
import { builtLevel, type TileCache } from './built-level.ts';
import { recordBytes, type SetPlan, TILE_HEIGHT, TILE_WIDTH, tileRowBytes } from './set-plan.ts';
import { encodeTile } from './tile-record.ts';
import type { TileStore } from './tile-store.ts';

/** Source pixels (of one band) per step: about ten milliseconds of work, after which reads get their turn. */
const STEP_PIXELS = 1024 * 1024;

export interface BuildOptions {
  cache: TileCache;
  signal: AbortSignal;
  /** Awaited before each step. */
  yieldTo(): Promise<void>;
  /** Finished share of the work, 0–1. */
  onProgress(fraction: number): void;
}

/**
 * Fills `store` from `base`, one row of tiles after another, resuming where it stopped. Returns the finished levels.
 * Errors: those of reading the base, STORAGE_FULL, ABORTED.
 */
export async function buildSet(base: RasterLevel, store: TileStore, options: BuildOptions): Promise<RasterLevel[]> {
  const { plan } = store;
  const built: RasterLevel[] = [];
  let source = base;
  for (let level = 0; level < plan.levels.length; level++) {
    await buildLevel(source, store, level, options);
    source = builtLevel(base, store, level, options.cache);
    built.push(source);
  }
  options.onProgress(1);
  return built;
}

/** Work is counted in pixels read: those of the base, then those of each level except the last. */
export function doneFraction(base: { width: number; height: number }, store: TileStore): number {
  let total = 0;
  let done = 0;
  let pixels = base.width * base.height;
  store.plan.levels.forEach((level, i) => {
    total += pixels;
    done += (pixels * store.rowsDone[i]!) / level.tilesDown;
    pixels = level.width * level.height;
  });
  return total === 0 ? 1 : done / total;
}

async function buildLevel(source: RasterLevel, store: TileStore, level: number, options: BuildOptions): Promise<void> {
  const { plan } = store;
  const planned = plan.levels[level]!;
  if (store.rowsDone[level]! >= planned.tilesDown) return;
  const averages = plan.bands.map(() => new BoxAverage(source.width, source.height, planned.reduction, TILE_HEIGHT));
  const before = doneFraction(options.cache.base, store);
  const span = (source.width * source.height) / workPixels(options.cache.base, plan) / planned.tilesDown;
  const first = store.rowsDone[level]!;
  for (let tileRow = first; tileRow < planned.tilesDown; tileRow++) {
    const top = tileRow * TILE_HEIGHT;
    const rows = Math.min(TILE_HEIGHT, planned.height - top);
    for (const average of averages) average.begin(top, rows);
    const steps = [...stepsOf(source, top * planned.reduction, (top + rows) * planned.reduction)];
    for (const [i, { x, y, width, height, last }] of steps.entries()) {
      await options.yieldTo();
      options.signal.throwIfAborted();
      options.onProgress(before + span * (tileRow - first + i / steps.length));
      const sparse = source.isSparse?.(x, y, width, height, plan.bands) ?? false;
      const planes = sparse
        ? await sparsePlanes(source, plan.bands, x, y, width * height, options.signal)
        : await source.read(x, y, width, height, plan.bands, options.signal, last ? 'pass' : 'view');
      planes?.forEach((plane, band) => {
        averages[band]!.add(plane, x, y, width, height);
      });
    }
    store.writeRow(level, tileRow, encodeRow(plan, level, averages, rows));
  }
}

function workPixels(base: { width: number; height: number }, plan: SetPlan): number {
  return plan.levels.slice(0, -1).reduce((sum, level) => sum + level.width * level.height, base.width * base.height);
}

interface Step {
  x: number;
  y: number;
  width: number;
  height: number;
  /** No later step needs a block of this one. */
  last: boolean;
}

/**
 * Rows `from`…`to` of `source` in windows of about STEP_PIXELS, aligned to its blocks: whole strips, or groups of
 * tiles.
 */
function* stepsOf(source: RasterLevel, from: number, to: number): Generator<Step> {
  const bottom = Math.min(to, source.height);
  const { blockCols, blockRows, width: full } = source;
  for (let y = from; y < bottom; ) {
    const untilBlockEnd = blockRows - (y % blockRows);
    const rowsOfBlocks = Math.max(1, Math.floor(STEP_PIXELS / (full * blockRows)));
    const aligned = untilBlockEnd + (rowsOfBlocks - 1) * blockRows;
    // A block row too large for one step is cut: between its tiles or, if it is one strip, between rows.
    const tall =
      blockCols >= full && full * aligned > STEP_PIXELS ? Math.max(1, Math.floor(STEP_PIXELS / full)) : aligned;
    const height = Math.min(tall, bottom - y);
    const wide =
      blockCols >= full ? full : Math.max(blockCols, blockCols * Math.floor(STEP_PIXELS / (height * blockCols)));
    const last = (y + height) % blockRows === 0 || y + height >= source.height;
    for (let x = 0; x < full; x += wide) yield { x, y, width: Math.min(wide, full - x), height, last };
    y += height;
  }
}

/** The planes of a window of sparse blocks; null if it is all invalid. All its pixels are equal, so one is read. */
async function sparsePlanes(
  source: RasterLevel,
  bands: readonly number[],
  x: number,
  y: number,
  pixels: number,
  signal: AbortSignal,
): Promise<Float32Array[] | null> {
  const one = await source.read(x, y, 1, 1, bands, signal, 'view');
  if (one.every((plane) => Number.isNaN(plane[0]!))) return null;
  return one.map((plane) => new Float32Array(pixels).fill(plane[0]!));
}

function encodeRow(
  plan: SetPlan,
  level: number,
  averages: readonly BoxAverage[],
  rows: number,
): Uint8Array<ArrayBuffer> {
  const planned = plan.levels[level]!;
  const bytes = recordBytes(plan.stored);
  const records = new Uint8Array(tileRowBytes(plan, planned));
  averages.forEach((average, band) => {
    const plane = average.result();
    for (let tile = 0; tile < planned.tilesAcross; tile++) {
      const at = (tile * plan.bands.length + band) * bytes;
      encodeTile(plane, planned.width, rows, tile * TILE_WIDTH, plan.stored, records.subarray(at, at + bytes));
    }
  });
  return records;
}
