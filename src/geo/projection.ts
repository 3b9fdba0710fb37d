import proj4 from 'proj4';
import type { Point } from './types.ts';

/**
 * CRS → WGS 84 for one scene: a function from CRS coordinates (easting/longitude first, as GeoTIFF stores them) to
 * [lonDeg, latDeg], or null where there is no definition or proj4 can't read it. Coordinates outside the projection's
 * domain give [NaN, NaN]: check with Number.isFinite before showing or writing them.
 */
export function makeToLonLat(proj4Definition: string | null): ((x: number, y: number) => Point) | null {
  if (!proj4Definition) return null;
  let converter: { forward(xy: [number, number]): number[] };
  try {
    converter = proj4(proj4Definition, 'EPSG:4326');
  } catch {
    return null;
  }
  return (x, y) => {
    try {
      const [lon = Number.NaN, lat = Number.NaN] = converter.forward([x, y]);
      const inDomain = Number.isFinite(lon) && Math.abs(lat) <= 90 + 1e-9;
      return inDomain ? [lon, lat] : [Number.NaN, Number.NaN];
    } catch {
      return [Number.NaN, Number.NaN];
    }
  };
}
