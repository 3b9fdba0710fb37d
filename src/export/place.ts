import { applyGeotransform } from '../geo/ground/affine.ts';
import { makeToLonLat } from '../geo/ground/projection.ts';
import type { Point } from '../geo/types.ts';
import type { Georeference } from '../imagery/place.ts';

/** Source pixel → WGS 84 degrees; [NaN, NaN] outside the projection's domain. */
export type PixelToLonLat = (col: number, row: number) => Point;

/** Null if the image has no place or its CRS can't be converted to longitude and latitude. */
export function pixelToLonLat(place: Georeference): PixelToLonLat | null {
  if (place.kind === 'none') return null;
  const toLonLat = makeToLonLat(place.proj4);
  return toLonLat && ((col, row) => toLonLat(...applyGeotransform(place.geotransform, col, row)));
}
