import { isUsableGeotransform } from '../../geo/ground/affine.ts';
import type { Geotransform } from '../../geo/types.ts';

/**
 * An ESRI world file: six lines A D B E C F. (C, F) is the first pixel's centre, so the origin moves back by half a
 * pixel along both axes. Null if it isn't six numbers or a pixel would have no area. Accepts a decimal comma, as GDAL
 * does.
 */
export function parseWorldFile(text: string): Geotransform | null {
  const lines = text
    .split(/\r?\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const numbers = lines.slice(0, 6).map((line) => Number(line.replace(',', '.')));
  if (numbers.length < 6 || !numbers.every(Number.isFinite)) return null;
  const [a, d, b, e, c, f] = numbers as [number, number, number, number, number, number];
  const geotransform: Geotransform = [c - (a + b) / 2, a, b, f - (d + e) / 2, d, e];
  return isUsableGeotransform(geotransform) ? geotransform : null;
}
