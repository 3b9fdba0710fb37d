import { applyGeotransform, invertGeotransform, isUsableGeotransform } from './affine.ts';
import { makeFromLonLat, makeToLonLat } from './projection.ts';
import type { Geotransform, Point } from './types.ts';

/** Where an image's pixels lie: as much of a georeference as placing needs. */
export interface Placement {
  geotransform: Geotransform;
  crs: string | null;
  /** proj4 definition of CRS → WGS 84, or null when it can't be had. */
  proj4: string | null;
}

/** Pixel of one image → pixel of another; [NaN, NaN] where a projection has no answer. */
export type PixelMap = (col: number, row: number) => Point;

/**
 * How pixels of `from` lie on `to`. In one CRS it is exactly affine; between two it goes through WGS 84. Null where either has
 * no place, or the CRSs differ and one has no known way to longitude and latitude.
 */
export function makePixelMap(from: Placement | null, to: Placement | null): PixelMap | null {
  if (!from || !to || !isUsableGeotransform(from.geotransform) || !isUsableGeotransform(to.geotransform)) return null;
  const toPixel = invertGeotransform(to.geotransform);
  const sameCrs = from.proj4 !== null ? from.proj4 === to.proj4 : from.crs !== null && from.crs === to.crs;
  if (sameCrs) return (col, row) => applyGeotransform(toPixel, ...applyGeotransform(from.geotransform, col, row));
  const toLonLat = makeToLonLat(from.proj4);
  const fromLonLat = makeFromLonLat(to.proj4);
  if (!toLonLat || !fromLonLat) return null;
  return (col, row) => {
    const lonLat = toLonLat(...applyGeotransform(from.geotransform, col, row));
    return applyGeotransform(toPixel, ...fromLonLat(...lonLat));
  };
}
