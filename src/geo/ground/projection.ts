import proj4 from 'proj4';
import type { Point } from '../types.ts';
import { addProjections } from './more-projections.ts';

/**
 * CRS → WGS 84 for one scene: a function from CRS coordinates to [lonDeg, latDeg], with longitudes within ±180. Easting
 * or longitude comes first, as GeoTIFF stores it, unless the definition's `+axis` says otherwise. Null if there is no
 * definition or proj4 can't read it. Coordinates outside the projection's domain give [NaN, NaN]: check with
 * Number.isFinite before showing or writing them. Besides proj4's parameters a definition may contain `+to_degree`: the
 * size in degrees of a geographic CRS's unit.
 */
export function makeToLonLat(proj4Definition: string | null): ((x: number, y: number) => Point) | null {
  const read = converterOf(proj4Definition);
  if (!read) return null;
  const { converter, toEastNorth } = read;
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

/** WGS 84 → CRS: the inverse, for going to a typed place. Null and NaN as in `makeToLonLat`. */
export function makeFromLonLat(proj4Definition: string | null): ((lonDeg: number, latDeg: number) => Point) | null {
  const read = converterOf(proj4Definition);
  if (!read) return null;
  const { converter, fromEastNorth } = read;
  return (lonDeg, latDeg) => {
    try {
      const [east = Number.NaN, north = Number.NaN] = converter.inverse([lonDeg, latDeg]);
      return Number.isFinite(east) && Number.isFinite(north) ? fromEastNorth(east, north) : [Number.NaN, Number.NaN];
    } catch {
      return [Number.NaN, Number.NaN];
    }
  };
}

interface Read {
  converter: { forward(xy: [number, number]): number[]; inverse(lonLat: [number, number]): number[] };
  toEastNorth: Turn;
  fromEastNorth: Turn;
}

function converterOf(definition: string | null): Read | null {
  if (!definition) return null;
  addProjections();
  const { definition: scaled, degrees } = takeAngle(definition);
  const { definition: plain, toEastNorth, fromEastNorth } = takeAxis(scaled);
  try {
    const converter = proj4(plain, 'EPSG:4326');
    if (degrees === 1) return { converter, toEastNorth, fromEastNorth };
    return {
      converter,
      toEastNorth: (x, y) => toEastNorth(x * degrees, y * degrees),
      fromEastNorth: (east, north) => {
        const [x, y] = fromEastNorth(east, north);
        return [x / degrees, y / degrees];
      },
    };
  } catch {
    return null;
  }
}

/** proj4 supports only degrees for geographic coordinates. */
function takeAngle(definition: string): { definition: string; degrees: number } {
  const [found = '', size = '1'] = / ?\+to_degree=(\S+)/.exec(definition) ?? [];
  return { definition: definition.replace(found, ''), degrees: Number(size) };
}

/** Semi-major and semi-minor axis in metres of an ellipsoid in proj4's syntax (`+ellps=…`, `+a=… +rf=…`). */
export function ellipsoidOf(shape: string): [majorMetres: number, minorMetres: number] {
  const { a, b } = proj4.Proj(`+proj=longlat ${shape}`) as unknown as { a: number; b: number };
  return [a, b];
}

/** An image across the antimeridian continues its longitudes beyond 180. */
const wrapped = (lonDeg: number) => (Math.abs(lonDeg) <= 180 ? lonDeg : lonDeg - 360 * Math.round(lonDeg / 360));

type Turn = (x: number, y: number) => [number, number];
const AS_IS: Turn = (x, y) => [x, y];

/** We apply `+axis` here: proj4js applies it only on request, and not to Krovak. */
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
