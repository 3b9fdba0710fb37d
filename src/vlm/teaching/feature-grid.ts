import type { RotatedBox } from '../../geo/types.ts';
import { PARTS } from '../../teaching/taught-class.ts';

/** What a vision tower says of each cell of a tile. */
export interface FeatureGrid {
  rows: number;
  cols: number;
  channels: number;
  /** Side of a cell in tile pixels. */
  stridePx: number;
  /** f32[rows, cols, channels]. */
  data: Float32Array;
}

/**
 * Describes each cell for objects of `sidePx` (the side of a square of their area, in tile pixels): f32[rows · cols,
 * PARTS · channels]. The parts are the cell itself, the mean over a square of about `sidePx` around it, and the mean
 * over the rest of a square twice as wide. Squares are cut at the tile's edge.
 */
export function describeCells(grid: FeatureGrid, sidePx: number): Float32Array {
  const { rows, cols, channels, data } = grid;
  const sums = integralOf(grid);
  const [inner, outer] = reachesOf(sidePx / grid.stridePx);
  const out = new Float32Array(rows * cols * PARTS * channels);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      const at = (r * cols + c) * PARTS * channels;
      const own = clip(r, c, inner, grid);
      const wide = clip(r, c, outer, grid);
      const ownArea = areaOf(own);
      const ringArea = areaOf(wide) - ownArea;
      for (let k = 0; k < channels; k++) {
        const inside = sumIn(sums, own, cols, channels, k);
        out[at + k] = data[(r * cols + c) * channels + k]!;
        out[at + channels + k] = inside / ownArea;
        out[at + 2 * channels + k] = (sumIn(sums, wide, cols, channels, k) - inside) / ringArea;
      }
    }
  }
  return out;
}

/** Cells, as row · cols + col, whose centre lies within `reach` half-sizes of a box's centre, along its own axes. */
export function cellsWithin(
  box: RotatedBox,
  reach: number,
  grid: Pick<FeatureGrid, 'rows' | 'cols' | 'stridePx'>,
): number[] {
  const { rows, cols, stridePx } = grid;
  const radians = (box.thetaDeg * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  // Part of a cell at least, so that a small box has its nearest cells.
  const least = stridePx * 0.71;
  const [u, v] = [Math.max(least, (reach * box.w) / 2), Math.max(least, (reach * box.h) / 2)];
  const found: number[] = [];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      const dx = (c + 0.5) * stridePx - box.cx;
      const dy = (r + 0.5) * stridePx - box.cy;
      if (Math.abs(dx * cos + dy * sin) <= u && Math.abs(dy * cos - dx * sin) <= v) found.push(r * cols + c);
    }
  }
  return found;
}

/** How many cells the extent and the surroundings reach on each side of a cell, for an object `side` cells wide. */
function reachesOf(side: number): [inner: number, outer: number] {
  const inner = Math.max(0, Math.round((side - 1) / 2));
  return [inner, Math.max(inner + 1, Math.round(side - 0.5))];
}

type Span = [top: number, left: number, bottom: number, right: number];

function clip(r: number, c: number, reach: number, { rows, cols }: FeatureGrid): Span {
  return [Math.max(0, r - reach), Math.max(0, c - reach), Math.min(rows, r + reach + 1), Math.min(cols, c + reach + 1)];
}

const areaOf = ([top, left, bottom, right]: Span) => (bottom - top) * (right - left);

/** f64[rows + 1, cols + 1, channels]: sums of everything above and to the left. */
function integralOf({ rows, cols, channels, data }: FeatureGrid): Float64Array {
  const wide = cols + 1;
  const sums = new Float64Array((rows + 1) * wide * channels);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      for (let k = 0; k < channels; k++) {
        sums[((r + 1) * wide + c + 1) * channels + k] =
          data[(r * cols + c) * channels + k]! +
          sums[(r * wide + c + 1) * channels + k]! +
          sums[((r + 1) * wide + c) * channels + k]! -
          sums[(r * wide + c) * channels + k]!;
      }
    }
  }
  return sums;
}

function sumIn(
  sums: Float64Array,
  [top, left, bottom, right]: Span,
  cols: number,
  channels: number,
  k: number,
): number {
  const at = (r: number, c: number) => sums[(r * (cols + 1) + c) * channels + k]!;
  return at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left);
}
