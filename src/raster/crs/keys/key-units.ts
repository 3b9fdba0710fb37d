import type { Codes } from '../table/codes.ts';
import { type GeoKeys, USER_DEFINED } from './geo-keys.ts';

/**
 * A unit as the file states it: its size in metres or degrees, and its name for messages. Null if the file states none.
 */
export interface StatedUnit {
  /** NaN for an unknown code, and for a user-defined unit without a size. */
  size: number;
  words: string;
}

/**
 * ProjLinearUnitsGeoKey, in metres. A size without a code is used only if nothing else gives a unit, as in GDAL: see
 * `statedSize`.
 */
export const statedLength = (keys: GeoKeys, codes: Codes) =>
  statedUnit(keys, 'ProjLinearUnitsGeoKey', 'ProjLinearUnitSizeGeoKey', codes.lengths, 1);

/** GeogAngularUnitsGeoKey, in degrees. */
export const statedAngle = (keys: GeoKeys, codes: Codes) =>
  statedUnit(keys, 'GeogAngularUnitsGeoKey', 'GeogAngularUnitSizeGeoKey', codes.angles, 180 / Math.PI);

/** GeogLinearUnitsGeoKey, in metres: the unit of the ellipsoid's axes. */
export const statedAxisLength = (keys: GeoKeys, codes: Codes) =>
  statedUnit(keys, 'GeogLinearUnitsGeoKey', 'GeogLinearUnitSizeGeoKey', codes.lengths, 1);

function statedUnit(
  keys: GeoKeys,
  codeKey: string,
  sizeKey: string,
  sizes: Readonly<Record<string, number>>,
  perSize: number,
): StatedUnit | null {
  const code = keys.number(codeKey);
  const size = keys.number(sizeKey);
  if (!code) return null;
  if (code !== USER_DEFINED) {
    const known = sizes[code];
    return { size: known ?? Number.NaN, words: known ? unitName(known, perSize) : `unit ${code}` };
  }
  const own = size !== null && size > 0 ? size * perSize : Number.NaN;
  return { size: own, words: Number.isNaN(own) ? 'a user-defined unit without a size' : unitName(own, perSize) };
}

/** ProjLinearUnitSizeGeoKey without a unit code, in metres; else null. */
export function statedSize(keys: GeoKeys): number | null {
  const size = keys.number('ProjLinearUnitSizeGeoKey');
  return keys.number('ProjLinearUnitsGeoKey') === null && size !== null && size > 0 ? size : null;
}

const LENGTH_NAMES: readonly [number, string][] = [
  [1, 'metres'],
  [0.3048, 'feet'],
  [1200 / 3937, 'US survey feet'],
  [1000, 'kilometres'],
];
const ANGLE_NAMES: readonly [number, string][] = [
  [1, 'degrees'],
  [0.9, 'grads'],
  [180 / Math.PI, 'radians'],
  [1 / 60, 'minutes of arc'],
  [1 / 3600, 'seconds of arc'],
];

export const sameUnit = (a: number, b: number) => Math.abs(a / b - 1) < 1e-9;

/** "US survey feet"; "units of 0.2 m" for one without a common name. */
export const lengthName = (metres: number) => unitName(metres, 1);

function unitName(size: number, perSize: number): string {
  const names = perSize === 1 ? LENGTH_NAMES : ANGLE_NAMES;
  return names.find(([known]) => sameUnit(known, size))?.[1] ?? `units of ${size} ${perSize === 1 ? 'm' : '°'}`;
}

/** "grads"; "units of 0.25 °" for one without a common name. */
export const angleName = (degrees: number) => unitName(degrees, 180 / Math.PI);
