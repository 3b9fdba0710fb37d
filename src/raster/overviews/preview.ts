import type { RasterLevel, RasterScene } from '../scene.ts';

/**
 * A coarse pass over a large image without overviews. It reads evenly spread blocks, as many as one second allows, and
 * fills the gaps with the nearest pixel that was read. It is shown until real averages are built.
 */

const MAX_SIDE = 1024;
const BUDGET_MS = 1000;
/** Blocks with about this many pixels in total are read at once, to keep all decoders busy; at least two. */
const PIXELS_TOGETHER = 1024 * 1024;

const previews = new WeakMap<RasterScene, Map<string, Promise<RasterLevel>>>();

/**
 * The preview as a level of its own that holds only `bands`; made once and shared. Errors: those of reading `level`.
 */
export function previewOf(scene: RasterScene, level: RasterLevel, bands: readonly number[]): Promise<RasterLevel> {
  const known = previews.get(scene) ?? new Map<string, Promise<RasterLevel>>();
  previews.set(scene, known);
  const key = bands.join();
  const made = known.get(key);
  if (made) return made;
  const making = makePreview(level, bands, BUDGET_MS);
  known.set(key, making);
  // Callers that are waiting see the error. The next call tries again: a crashed worker may have been replaced.
  making.catch(() => known.delete(key));
  return making;
}

/** `budgetMs`: no new block is read after this time. */
export async function makePreview(
  level: RasterLevel,
  bands: readonly number[],
  budgetMs: number,
): Promise<RasterLevel> {
  const width = Math.min(MAX_SIDE, level.width);
  const height = Math.min(MAX_SIDE, level.height);
  const columns = Int32Array.from({ length: width }, (_, i) => Math.floor(((i + 0.5) * level.width) / width));
  const rows = Int32Array.from({ length: height }, (_, i) => Math.floor(((i + 0.5) * level.height) / height));
  const planes = bands.map(() => new Float32Array(width * height).fill(Number.NaN));
  const reached = new Uint8Array(width * height);
  const blocks = blocksOf(level, columns, rows);
  const start = performance.now();
  const together = Math.max(2, Math.floor(PIXELS_TOGETHER / (level.blockCols * level.blockRows)));
  for (let i = 0; i < blocks.length && (i === 0 || performance.now() - start < budgetMs); i += together) {
    await Promise.all(
      blocks.slice(i, i + together).map(async ({ firstCol, lastCol, firstRow, lastRow }) => {
        const x = columns[firstCol]!;
        const y = rows[firstRow]!;
        const w = columns[lastCol]! - x + 1;
        const source = await level.read(x, y, w, rows[lastRow]! - y + 1, bands, null, 'pass');
        for (let row = firstRow; row <= lastRow; row++) {
          for (let col = firstCol; col <= lastCol; col++) {
            const at = row * width + col;
            reached[at] = 1;
            source.forEach((plane, band) => {
              planes[band]![at] = plane[(rows[row]! - y) * w + columns[col]! - x]!;
            });
          }
        }
      }),
    );
  }
  spread(reached, width, height, planes);
  return planesAsLevel(level, width, height, bands, planes);
}

interface SampledBlock {
  /** Indices of the sample columns and rows that lie in the block. */
  firstCol: number;
  lastCol: number;
  firstRow: number;
  lastRow: number;
  order: number;
}

/** Blocks that contain samples, evenly spread ones first. */
function blocksOf(level: RasterLevel, columns: Int32Array, rows: Int32Array): SampledBlock[] {
  const across = runs(columns, level.blockCols);
  const down = runs(rows, level.blockRows);
  const blocks = down.flatMap((row, j) =>
    across.map((col, i) => ({
      firstCol: col.first,
      lastCol: col.last,
      firstRow: row.first,
      lastRow: row.last,
      order: scatter(i, j),
    })),
  );
  return blocks.sort((a, b) => a.order - b.order);
}

/** Runs of indices whose values lie in the same multiple of `size`. */
function runs(values: Int32Array, size: number): { first: number; last: number }[] {
  const found: { first: number; last: number }[] = [];
  values.forEach((value, i) => {
    const sameBlock = i > 0 && Math.floor(value / size) === Math.floor(values[i - 1]! / size);
    if (sameBlock) found.at(-1)!.last = i;
    else found.push({ first: i, last: i });
  });
  return found;
}

/**
 * The interleaved bits of both numbers in reverse order: any prefix of a grid sorted by it is spread over the whole
 * grid.
 */
function scatter(i: number, j: number): number {
  let order = 0;
  for (let bit = 0; bit < 10; bit++) order = order * 4 + ((i >> bit) & 1) * 2 + ((j >> bit) & 1);
  return order;
}

/** Fills every pixel that wasn't read with the value of the nearest one that was, growing outwards step by step. */
function spread(reached: Uint8Array, width: number, height: number, planes: readonly Float32Array[]): void {
  let front: number[] = [];
  reached.forEach((is, at) => {
    if (is) front.push(at);
  });
  while (front.length > 0) {
    const next: number[] = [];
    for (const at of front) {
      const col = at % width;
      const row = (at - col) / width;
      const neighbours = [
        col > 0 ? at - 1 : -1,
        col < width - 1 ? at + 1 : -1,
        row > 0 ? at - width : -1,
        row < height - 1 ? at + width : -1,
      ];
      for (const to of neighbours) {
        if (to < 0 || reached[to]) continue;
        reached[to] = 1;
        for (const plane of planes) plane[to] = plane[at]!;
        next.push(to);
      }
    }
    front = next;
  }
}

function planesAsLevel(
  level: RasterLevel,
  width: number,
  height: number,
  bands: readonly number[],
  planes: readonly Float32Array<ArrayBuffer>[],
): RasterLevel {
  return {
    width,
    height,
    factorX: (level.factorX * level.width) / width,
    factorY: (level.factorY * level.height) / height,
    blockCols: width,
    blockRows: 1,
    only: new Set(bands),
    async read(x, y, w, h, wanted) {
      return wanted.map((band) => {
        const plane = planes[bands.indexOf(band)]!;
        const out = new Float32Array(w * h);
        for (let row = 0; row < h; row++) {
          const from = (y + row) * width + x;
          out.set(plane.subarray(from, from + w), row * w);
        }
        return out;
      });
    },
  };
}
