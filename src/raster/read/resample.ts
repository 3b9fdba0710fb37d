import type { RasterLevel } from '../scene.ts';

/**
 * Resampling of one level into an output grid. NaN means invalid throughout. Output pixel (j, i) covers, in the level's
 * pixels, [left + j·stepX, left + (j+1)·stepX) × [top + i·stepY, top + (i+1)·stepY).
 */
export interface Grid {
  left: number;
  top: number;
  stepX: number;
  stepY: number;
  width: number;
  height: number;
}

type Planes = Float32Array<ArrayBuffer>[];

/** Source pixels are read in chunks of rows of about this many values, so that any window fits in memory. */
const CHUNK_VALUES = 4 * 1024 * 1024;

/**
 * A sketch reads rows together whose blocks have about this many pixels in total, because each read is a round trip to
 * a decoder.
 */
const PIXELS_TOGETHER = 1024 * 1024;

function emptyPlanes(grid: Grid, count: number): Planes {
  return Array.from({ length: count }, () => new Float32Array(grid.width * grid.height).fill(Number.NaN));
}

/** The value of the source pixel under each output pixel's centre. */
export async function nearest(
  level: RasterLevel,
  grid: Grid,
  bands: readonly number[],
  signal: AbortSignal | null,
): Promise<Planes> {
  const out = emptyPlanes(grid, bands.length);
  const columns = indices(grid.left, grid.stepX, grid.width, level.width);
  const rows = indices(grid.top, grid.stepY, grid.height, level.height);
  const inside = [...columns].filter((col) => col >= 0);
  const [x = -1] = inside;
  const last = inside.at(-1) ?? -1;
  if (x < 0) return out;
  const width = last - x + 1;
  // Rows far apart are read one by one, rows close together in chunks.
  const chunkRows =
    grid.stepY > 2 * level.blockRows ? 1 : Math.max(1, Math.floor(CHUNK_VALUES / (width * bands.length)));
  let i = 0;
  while (i < grid.height) {
    const from = rows[i]!;
    if (from < 0) {
      i++;
      continue;
    }
    let end = i;
    while (end < grid.height && rows[end]! >= 0 && rows[end]! < from + chunkRows) end++;
    const height = rows[end - 1]! - from + 1;
    const source = await level.read(x, from, width, height, bands, signal);
    for (; i < end; i++) {
      const sourceRow = (rows[i]! - from) * width - x;
      for (let j = 0; j < grid.width; j++) {
        const col = columns[j]!;
        if (col < 0) continue;
        for (let band = 0; band < bands.length; band++)
          out[band]![i * grid.width + j] = source[band]![sourceRow + col]!;
      }
    }
  }
  return out;
}

/** Source index at each output centre; −1 outside. */
function indices(start: number, step: number, count: number, limit: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => {
    const index = Math.floor(start + (i + 0.5) * step);
    return index >= 0 && index < limit ? index : -1;
  });
}

/**
 * Interpolates between the four nearest pixel centres, for enlarging. Ignores invalid neighbours; a pixel is valid if
 * its valid neighbours have at least half of the weight. Centres outside the image are invalid. At the image's edge the
 * outermost pixel is used.
 */
export async function bilinear(
  level: RasterLevel,
  grid: Grid,
  bands: readonly number[],
  signal: AbortSignal | null,
): Promise<Planes> {
  const out = emptyPlanes(grid, bands.length);
  const x0 = clamp(Math.floor(grid.left - 0.5), 0, level.width - 1);
  const y0 = clamp(Math.floor(grid.top - 0.5), 0, level.height - 1);
  const x1 = clamp(Math.ceil(grid.left + grid.width * grid.stepX + 0.5), x0 + 1, level.width);
  const y1 = clamp(Math.ceil(grid.top + grid.height * grid.stepY + 0.5), y0 + 1, level.height);
  const width = x1 - x0;
  const source = await level.read(x0, y0, width, y1 - y0, bands, signal);
  for (let i = 0; i < grid.height; i++) {
    const y = grid.top + (i + 0.5) * grid.stepY;
    if (y < 0 || y > level.height) continue;
    const row = clamp(Math.floor(y - 0.5), y0, y1 - 1);
    const rowBelow = Math.min(row + 1, y1 - 1);
    const fy = clamp(y - 0.5 - row, 0, 1);
    for (let j = 0; j < grid.width; j++) {
      const x = grid.left + (j + 0.5) * grid.stepX;
      if (x < 0 || x > level.width) continue;
      const col = clamp(Math.floor(x - 0.5), x0, x1 - 1);
      const colRight = Math.min(col + 1, x1 - 1);
      const fx = clamp(x - 0.5 - col, 0, 1);
      const above = (row - y0) * width - x0;
      const below = (rowBelow - y0) * width - x0;
      for (let band = 0; band < bands.length; band++) {
        const plane = source[band]!;
        let sum = 0;
        let weight = 0;
        const add = (value: number, w: number) => {
          if (Number.isNaN(value) || w === 0) return;
          sum += value * w;
          weight += w;
        };
        add(plane[above + col]!, (1 - fx) * (1 - fy));
        add(plane[above + colRight]!, fx * (1 - fy));
        add(plane[below + col]!, (1 - fx) * fy);
        add(plane[below + colRight]!, fx * fy);
        if (weight >= 0.5) out[band]![i * grid.width + j] = sum / weight;
      }
    }
  }
  return out;
}

/**
 * Mean of the source area under each output pixel, weighted by exact coverage, for shrinking. Valid if valid source
 * pixels cover at least half of the area. Reads chunks of rows, so a window of any size needs little memory.
 */
export async function area(
  level: RasterLevel,
  grid: Grid,
  bands: readonly number[],
  signal: AbortSignal | null,
): Promise<Planes> {
  const out = emptyPlanes(grid, bands.length);
  const x0 = clamp(Math.floor(grid.left), 0, level.width);
  const x1 = clamp(Math.ceil(grid.left + grid.width * grid.stepX), 0, level.width);
  const y0 = clamp(Math.floor(grid.top), 0, level.height);
  const y1 = clamp(Math.ceil(grid.top + grid.height * grid.stepY), 0, level.height);
  const width = x1 - x0;
  if (width <= 0 || y1 <= y0) return out;
  const size = grid.width * grid.height;
  const sums = bands.map(() => new Float64Array(size));
  const weights = bands.map(() => new Float64Array(size));
  const rowSum = new Float64Array(grid.width);
  const rowWeight = new Float64Array(grid.width);
  const wanted = Math.max(1, Math.floor(CHUNK_VALUES / (width * bands.length)));
  const chunkRows = wanted > level.blockRows ? wanted - (wanted % level.blockRows) : wanted;
  for (let y = y0; y < y1; ) {
    // Chunks end at a block boundary, so that no block is read by two chunks.
    const end = Math.min(y1, y + chunkRows - (chunkRows > level.blockRows ? y % level.blockRows : 0));
    const source = await level.read(x0, y, width, end - y, bands, signal);
    for (let row = y; row < end; row++) {
      for (let band = 0; band < bands.length; band++) {
        sumRow(source[band]!, (row - y) * width - x0, x0, x1, grid, rowSum, rowWeight);
        addRow(row, grid, rowSum, rowWeight, sums[band]!, weights[band]!);
      }
    }
    y = end;
  }
  const half = (grid.stepX * grid.stepY) / 2;
  for (let band = 0; band < bands.length; band++) {
    for (let i = 0; i < size; i++) {
      const weight = weights[band]![i]!;
      if (weight >= half * (1 - 1e-9)) out[band]![i] = sums[band]![i]! / weight;
    }
  }
  return out;
}

/**
 * A fast approximation: the source row in the middle of each output row, averaged along the columns. It is the first
 * picture of a large striped file while its coarser levels are built.
 */
export async function sketch(
  level: RasterLevel,
  grid: Grid,
  bands: readonly number[],
  signal: AbortSignal | null,
): Promise<Planes> {
  const out = emptyPlanes(grid, bands.length);
  const x0 = clamp(Math.floor(grid.left), 0, level.width);
  const x1 = clamp(Math.ceil(grid.left + grid.width * grid.stepX), 0, level.width);
  const rows = indices(grid.top, grid.stepY, grid.height, level.height);
  const rowSum = new Float64Array(grid.width);
  const rowWeight = new Float64Array(grid.width);
  const inside = [...rows.keys()].filter((i) => rows[i]! >= 0 && x1 > x0);
  const together = Math.max(1, Math.floor(PIXELS_TOGETHER / (level.blockRows * level.width)));
  for (let from = 0; from < inside.length; from += together) {
    const group = inside.slice(from, from + together);
    const read = await Promise.all(group.map((i) => level.read(x0, rows[i]!, x1 - x0, 1, bands, signal)));
    read.forEach((source, k) => {
      source.forEach((plane, band) => {
        sumRow(plane, -x0, x0, x1, grid, rowSum, rowWeight);
        for (let j = 0; j < grid.width; j++) {
          if (rowWeight[j]! >= grid.stepX / 2) out[band]![group[k]! * grid.width + j] = rowSum[j]! / rowWeight[j]!;
        }
      });
    });
  }
  return out;
}

/** Adds one source row to `rowSum` and `rowWeight`: Σ value·coverage and Σ coverage of each output column. */
function sumRow(
  plane: Float32Array,
  offset: number,
  x0: number,
  x1: number,
  grid: Grid,
  rowSum: Float64Array,
  rowWeight: Float64Array,
): void {
  for (let j = 0; j < grid.width; j++) {
    const from = grid.left + j * grid.stepX;
    const to = from + grid.stepX;
    let sum = 0;
    let weight = 0;
    const last = Math.min(x1, Math.ceil(to));
    for (let x = Math.max(x0, Math.floor(from)); x < last; x++) {
      const value = plane[offset + x]!;
      if (Number.isNaN(value)) continue;
      const coverage = Math.min(x + 1, to) - Math.max(x, from);
      sum += value * coverage;
      weight += coverage;
    }
    rowSum[j] = sum;
    rowWeight[j] = weight;
  }
}

/** Adds a summed source row to every output row that it overlaps. */
function addRow(
  row: number,
  grid: Grid,
  rowSum: Float64Array,
  rowWeight: Float64Array,
  sums: Float64Array,
  weights: Float64Array,
): void {
  const first = Math.max(0, Math.floor((row - grid.top) / grid.stepY));
  const last = Math.min(grid.height - 1, Math.floor((row + 1 - grid.top) / grid.stepY));
  for (let i = first; i <= last; i++) {
    const from = grid.top + i * grid.stepY;
    const coverage = Math.min(row + 1, from + grid.stepY) - Math.max(row, from);
    if (coverage <= 0) continue;
    for (let j = 0, at = i * grid.width; j < grid.width; j++, at++) {
      sums[at] = sums[at]! + rowSum[j]! * coverage;
      weights[at] = weights[at]! + rowWeight[j]! * coverage;
    }
  }
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
