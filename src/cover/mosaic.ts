import type { PixelWindow } from '../geo/types.ts';
import type { CoverGrid, CoverRaster, TileCover } from './cover-raster.ts';

/**
 * A map's cells at most: 2048 × 2048, which is 8192 × 8192 pixels in cells of 4. Larger regions get cells twice as wide and high, or
 * four times …, so that the map and its tiles never take more than some 60 MB.
 */
const MOST_CELLS = 2 ** 22;

/** How often a tile's cells are halved for a region's map to have at most `most` cells. `cellPx`: side of a tile's cell in source pixels. */
export function halvingsFor(region: PixelWindow, cellPx: number, most = MOST_CELLS): number {
  let halvings = 0;
  while (cellsIn(region, cellPx * 2 ** halvings) > most) halvings += 1;
  return halvings;
}

const cellsIn = ({ width, height }: PixelWindow, cellPx: number) =>
  Math.ceil(width / cellPx) * Math.ceil(height / cellPx);

/** With cells `2 ** halvings` times as wide and high, each the mean of those known in it; never fewer than one. */
export function halved(cover: TileCover, halvings: number): TileCover {
  const { rows, cols, labels, probabilities } = cover;
  if (halvings === 0 || rows % 2 !== 0 || cols % 2 !== 0) return cover;
  const n = labels.length;
  const [halfRows, halfCols] = [rows / 2, cols / 2];
  const half = new Uint8Array(halfRows * halfCols * n);
  for (let row = 0; row < halfRows; row++) {
    for (let col = 0; col < halfCols; col++) {
      const first = (2 * row * cols + 2 * col) * n;
      const four = [first, first + n, first + cols * n, first + (cols + 1) * n];
      const known = four.filter((at) => probabilities.subarray(at, at + n).some((value) => value > 0));
      for (let k = 0; known.length > 0 && k < n; k++) {
        const sum = known.reduce((total, at) => total + probabilities[at + k]!, 0);
        half[(row * halfCols + col) * n + k] = Math.round(sum / known.length);
      }
    }
  }
  return halved({ rows: halfRows, cols: halfCols, labels, probabilities: half }, halvings - 1);
}

/** Cells of `cellPx` that cover a region, on multiples of the cell, so that the maps of two regions lie on one another. */
export function gridOver({ x, y, width, height }: PixelWindow, cellPx: number): CoverGrid {
  const [left, top] = [Math.floor(x / cellPx), Math.floor(y / cellPx)];
  return {
    x: left * cellPx,
    y: top * cellPx,
    cellWidth: cellPx,
    cellHeight: cellPx,
    cols: Math.max(1, Math.ceil((x + width) / cellPx - 1e-9) - left),
    rows: Math.max(1, Math.ceil((y + height) / cellPx - 1e-9) - top),
  };
}

/** A tile where it lies, in source pixels. */
export interface PlacedCover {
  window: PixelWindow;
  cover: TileCover;
}

/** Cells that are blended in one go; a pause follows. Some 20 ms of work. */
const CELLS_AT_ONCE = 2 ** 17;

/**
 * One map of overlapping tiles with the same labels. Each cell of a tile counts for the grid's cell in which its middle lies; where
 * tiles overlap, probabilities are averaged, weighted by the distance to each tile's border, where a model sees least around a pixel.
 * What no tile knows stays 0. `pause` is awaited between parts of the work.
 */
export async function mosaicOf(
  tiles: readonly PlacedCover[],
  grid: CoverGrid,
  labels: readonly string[],
  pause: () => Promise<void>,
): Promise<CoverRaster> {
  const { rows, cols, y, cellHeight } = grid;
  const probabilities = new Uint8Array(rows * cols * labels.length);
  const rowsAtOnce = Math.max(1, Math.floor(CELLS_AT_ONCE / cols));
  for (let first = 0; first < rows; first += rowsAtOnce) {
    const end = Math.min(rows, first + rowsAtOnce);
    const [top, bottom] = [y + first * cellHeight, y + end * cellHeight];
    const meeting = tiles.filter(({ window }) => window.y < bottom && window.y + window.height > top);
    blend(meeting, grid, { first, end }, probabilities.subarray(first * cols * labels.length), labels.length);
    if (end < rows) await pause();
  }
  return { ...grid, labels, probabilities };
}

/** Fills `out`, u8[end − first, cols, n], with the weighted means of what the tiles say of these rows of the grid. */
function blend(
  tiles: readonly PlacedCover[],
  grid: CoverGrid,
  { first, end }: { first: number; end: number },
  out: Uint8Array,
  n: number,
): void {
  const { cols } = grid;
  const sums = new Uint32Array((end - first) * cols * n);
  const weights = new Uint32Array((end - first) * cols);
  for (const { window, cover } of tiles) {
    const [stepX, stepY] = [window.width / cover.cols, window.height / cover.rows];
    const colOf = Int32Array.from({ length: cover.cols }, (_, c) =>
      Math.floor((window.x + (c + 0.5) * stepX - grid.x) / grid.cellWidth),
    );
    for (let r = 0; r < cover.rows; r++) {
      const row = Math.floor((window.y + (r + 0.5) * stepY - grid.y) / grid.cellHeight);
      if (row < first || row >= end) continue;
      const fromBorder = Math.min(r + 1, cover.rows - r);
      for (let c = 0; c < cover.cols; c++) {
        const col = colOf[c]!;
        if (col < 0 || col >= cols) continue;
        const from = (r * cover.cols + c) * n;
        if (!isKnown(cover.probabilities, from, n)) continue;
        const weight = Math.min(fromBorder, c + 1, cover.cols - c);
        const to = (row - first) * cols + col;
        weights[to]! += weight;
        for (let k = 0; k < n; k++) sums[to * n + k]! += weight * cover.probabilities[from + k]!;
      }
    }
  }
  weights.forEach((weight, cell) => {
    if (weight === 0) return;
    for (let k = 0; k < n; k++) out[cell * n + k] = Math.round(sums[cell * n + k]! / weight);
  });
}

function isKnown(probabilities: Uint8Array, from: number, n: number): boolean {
  for (let k = from; k < from + n; k++) if (probabilities[k]! > 0) return true;
  return false;
}
