import { assert } from '../../lib/errors.ts';
import type { Geotransform, Point } from '../types.ts';

/**
 * Pixel → CRS. `col` and `row` follow the PixelIsArea convention: (0,0) is the outer corner of the first pixel,
 * (0.5,0.5) its centre.
 */
export function applyGeotransform(g: Geotransform, col: number, row: number): Point {
  return [g[0] + col * g[1] + row * g[2], g[3] + col * g[4] + row * g[5]];
}

/**
 * The inverse affine: CRS → pixel, in GDAL's order, so `applyGeotransform(inverse, x, y)` is `[col, row]`. The
 * caller has checked that it is usable.
 */
export function invertGeotransform(g: Geotransform): Geotransform {
  const determinant = g[1] * g[5] - g[2] * g[4];
  assert(isUsableGeotransform(g), `the geotransform [${g.join(', ')}] has no area, or isn't finite`);
  const colPerX = g[5] / determinant;
  const colPerY = -g[2] / determinant;
  const rowPerX = -g[4] / determinant;
  const rowPerY = g[1] / determinant;
  return [-(g[0] * colPerX + g[3] * colPerY), colPerX, colPerY, -(g[0] * rowPerX + g[3] * rowPerY), rowPerX, rowPerY];
}

/** True if all six numbers are finite and a pixel has an area. */
export function isUsableGeotransform(g: Geotransform): boolean {
  return g.every(Number.isFinite) && Math.abs(g[1] * g[5] - g[2] * g[4]) > 0;
}

/**
 * GeoTIFF ModelPixelScale (tag 33550) + first ModelTiepoint (tag 33922) → geotransform. The file's Y scale is positive
 * for north-up images, so it is negated. A negative one gives a south-up image. `tiepoint` = [col, row, _, x, y, _].
 */
export function fromScaleAndTiepoint(scale: readonly number[], tiepoint: readonly number[]): Geotransform {
  const [scaleX = 0, scaleY = 0] = scale;
  const [col = 0, row = 0, , x = 0, y = 0] = tiepoint;
  return [x - col * scaleX, scaleX, 0, y + row * scaleY, 0, -scaleY];
}

/** GeoTIFF ModelTransformation (tag 34264), 16 numbers row-major, → geotransform. */
export function fromMatrix(matrix: readonly number[]): Geotransform {
  const at = (index: number) => matrix[index] ?? 0;
  return [at(3), at(0), at(1), at(7), at(4), at(5)];
}

/**
 * Under RasterPixelIsPoint, coordinates refer to pixel centres: moves the origin back by half a pixel along both axes.
 */
export function fromPixelIsPoint(g: Geotransform): Geotransform {
  const [x, y] = applyGeotransform(g, -0.5, -0.5);
  return [x, g[1], g[2], y, g[4], g[5]];
}
