import type { TileCover } from '../../../cover/cover-raster.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import type { Validity } from './validity.ts';

/**
 * The land-cover head's probabilities f32[rows, cols, labels] as the app keeps them. Cells of which less than half is valid are all 0.
 */
export function coverMap(
  { labels, stride, grid: [rows, cols] }: NonNullable<Manifest['cover']>,
  cover: Float32Array,
  valid: Validity,
): TileCover {
  const depth = labels.length;
  const probabilities = new Uint8Array(rows * cols * depth);
  for (let cell = 0; cell < rows * cols; cell++) {
    if (!isValidCell(cell, cols, stride, valid)) continue;
    for (let i = cell * depth; i < (cell + 1) * depth; i++) probabilities[i] = Math.round(cover[i]! * 255);
  }
  return { rows, cols, labels: labels.map(({ name }) => name), probabilities };
}

/** Whether at least half of a cell's pixels are valid. `valid` has `cols · stride` pixels a row. */
function isValidCell(cell: number, cols: number, stride: number, valid: Validity): boolean {
  if (valid === null) return true;
  const top = Math.floor(cell / cols) * stride;
  const left = (cell % cols) * stride;
  let count = 0;
  for (let y = top; y < top + stride; y++) {
    for (let x = left; x < left + stride; x++) if (valid[y * cols * stride + x]) count++;
  }
  return 2 * count >= stride * stride;
}
