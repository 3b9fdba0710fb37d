import type { Geotransform, Point } from '../types.ts';
import { applyGeotransform, invertGeotransform, isUsableGeotransform } from './affine.ts';
import { makeFromLonLat, makeToLonLat } from './projection.ts';

/** Where an image's pixels lie: the part of a georeference that placing needs. */
export interface Placement {
  geotransform: Geotransform;
  crs: string | null;
  /** proj4 definition of CRS → WGS 84; null if there is none. */
  proj4: string | null;
}

/** Pixel of one image → pixel of another; [NaN, NaN] outside a projection's domain. */
export type PixelMap = (col: number, row: number) => Point;

/**
 * Maps pixels of `from` to pixels of `to`. Within one CRS the map is exactly affine; between two it goes through WGS
 * 84. Null if either has no place, or if the CRSs differ and one can't be converted to longitude and latitude.
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
