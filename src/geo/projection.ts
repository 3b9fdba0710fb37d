import proj4 from 'proj4';
import type { Point } from './types.ts';

/**
 * CRS → WGS 84 for one scene: a function from CRS coordinates (easting/longitude first, as GeoTIFF stores them; first and second
 * as `+axis` says where a definition has one) to [lonDeg, latDeg], longitudes within ±180; or null where there is no definition
 * or proj4 can't read it. Coordinates outside the projection's domain give [NaN, NaN]: check with Number.isFinite before showing
 * or writing them.
 */
export function makeToLonLat(proj4Definition: string | null): ((x: number, y: number) => Point) | null {
  if (!proj4Definition) return null;
  const { definition, toEastNorth } = takeAxis(proj4Definition);
  let converter: { forward(xy: [number, number]): number[] };
  try {
    converter = proj4(definition, 'EPSG:4326');
  } catch {
    return null;
  }
  return (x, y) => {
    try {
      const [lon = Number.NaN, lat = Number.NaN] = converter.forward(toEastNorth(x, y));
      const inDomain = Number.isFinite(lon) && Math.abs(lat) <= 90 + 1e-9;
      return inDomain ? [wrapped(lon), lat] : [Number.NaN, Number.NaN];
    } catch {
      return [Number.NaN, Number.NaN];
    }
  };
}

/**
 * WGS 84 → CRS: the inverse, for going to a typed place. Null and NaN as above.
 */
export function makeFromLonLat(proj4Definition: string | null): ((lonDeg: number, latDeg: number) => Point) | null {
  if (!proj4Definition) return null;
  const { definition, fromEastNorth } = takeAxis(proj4Definition);
  let converter: { forward(lonLat: [number, number]): number[] };
  try {
    converter = proj4('EPSG:4326', definition);
  } catch {
    return null;
  }
  return (lonDeg, latDeg) => {
    try {
      const [east = Number.NaN, north = Number.NaN] = converter.forward([lonDeg, latDeg]);
      return Number.isFinite(east) && Number.isFinite(north) ? fromEastNorth(east, north) : [Number.NaN, Number.NaN];
    } catch {
      return [Number.NaN, Number.NaN];
    }
  };
}

/** An image over the antimeridian counts its longitudes on past 180. */
const wrapped = (lonDeg: number) => (Math.abs(lonDeg) <= 180 ? lonDeg : lonDeg - 360 * Math.round(lonDeg / 360));

type Turn = (x: number, y: number) => [number, number];
const AS_IS: Turn = (x, y) => [x, y];

/** `+axis` is done here: proj4js applies it only on request, and then not to Krovak. */
function takeAxis(definition: string): { definition: string; toEastNorth: Turn; fromEastNorth: Turn } {
  const axis = /\+axis=([nsew])([nsew])u?/.exec(definition);
  const [found, first = 'e', second = 'n'] = axis ?? [];
  if (!found) return { definition, toEastNorth: AS_IS, fromEastNorth: AS_IS };
  const firstSign = first === 'e' || first === 'n' ? 1 : -1;
  const secondSign = second === 'e' || second === 'n' ? 1 : -1;
  const swapped = first === 'n' || first === 's';
  return {
    definition: definition.replace(found, ''),
    toEastNorth: (x, y) => (swapped ? [y * secondSign, x * firstSign] : [x * firstSign, y * secondSign]),
    fromEastNorth: (east, north) =>
      swapped ? [north * firstSign, east * secondSign] : [east * firstSign, north * secondSign],
  };
}
