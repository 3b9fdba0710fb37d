import type { PixelWindow, Point } from '../geo/types.ts';

/** What a model says of the ground in each cell of one tile. */
export interface TileCover {
  rows: number;
  cols: number;
  /** The model's names of the classes. */
  labels: readonly string[];
  /**
   * u8[rows, cols, labels] row-major, probability × 255; row 0 is the top. They sum to 255 within rounding, or are all 0 where less than half
   * of a cell's pixels are valid.
   */
  probabilities: Uint8Array;
}

/** Equal rectangular cells over a part of an image, in full-resolution source pixels. */
export interface CoverGrid {
  /** The upper-left corner of the first cell. */
  x: number;
  y: number;
  /** Size of a cell. */
  cellWidth: number;
  cellHeight: number;
  cols: number;
  rows: number;
}

/** Land cover as a raster: how likely each class is in each cell. */
export interface CoverRaster extends CoverGrid, TileCover {}

/** The class of a cell of which nothing is known; also the nodata value of an exported raster. */
export const NO_CLASS = 255;

/** The likeliest class of a cell, by its index in `labels`, and its probability, 0–1; the first of equals. Null where nothing is known. */
export function classAt(
  { labels, probabilities }: Pick<TileCover, 'labels' | 'probabilities'>,
  cell: number,
): { index: number; probability: number } | null {
  let [index, most, sum] = [NO_CLASS, 0, 0];
  for (let k = 0, at = cell * labels.length; k < labels.length; k++, at++) {
    const value = probabilities[at]!;
    sum += value;
    if (value > most) [index, most] = [k, value];
  }
  return sum > 0 ? { index, probability: most / sum } : null;
}

/** u8[rows, cols]: each cell's likeliest class, NO_CLASS where nothing is known. */
export function classesOf({ rows, cols, labels, probabilities }: CoverRaster): Uint8Array<ArrayBuffer> {
  const classes = new Uint8Array(rows * cols).fill(NO_CLASS);
  const n = labels.length;
  // As `classAt`, without an object for each of some million cells.
  for (let cell = 0; cell < classes.length; cell++) {
    let most = 0;
    for (let k = 0; k < n; k++) {
      const value = probabilities[cell * n + k]!;
      if (value > most) {
        most = value;
        classes[cell] = k;
      }
    }
  }
  return classes;
}

/** The cell in which a source pixel position lies; null outside the grid. */
export function cellOf({ x, y, cellWidth, cellHeight, cols, rows }: CoverGrid, [px, py]: Point): number | null {
  const [col, row] = [Math.floor((px - x) / cellWidth), Math.floor((py - y) / cellHeight)];
  return col >= 0 && row >= 0 && col < cols && row < rows ? row * cols + col : null;
}

export const extentOf = ({ x, y, cellWidth, cellHeight, cols, rows }: CoverGrid): PixelWindow => ({
  x,
  y,
  width: cols * cellWidth,
  height: rows * cellHeight,
});
