import { isUsableGeotransform } from '../../geo/affine.ts';
import type { Geotransform } from '../../geo/types.ts';

/**
 * An ESRI world file: six lines A D B E C F, where (C, F) is the centre of the first pixel, so that the origin moves back by
 * half a pixel along both axes. Null where it isn't six numbers or a pixel would have no area. A decimal comma is read, as GDAL does.
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
