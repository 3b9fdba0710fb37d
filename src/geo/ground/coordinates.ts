import { NadirError } from '../../lib/errors.ts';
import type { Point } from '../types.ts';

export type CoordinateSystem = 'latlon' | 'crs' | 'pixel';

/**
 * Parses two numbers as people write them. `latlon`: latitude first unless letters say otherwise; degrees with or
 * without minutes and seconds; N S E W or signs; returns [lonDeg, latDeg]. `crs`: easting, northing. `pixel`: column,
 * row. Errors: COORDINATES_INVALID.
 */
export function parseCoordinates(text: string, system: CoordinateSystem): Point {
  if (system === 'latlon') return parseLatLon(text);
  // Digits may be grouped by thin or ordinary spaces, as in the status line.
  const parts = text
    .replace(/\b([EN])\b/gi, ' ')
    .replace(/(\d)[\u202f\u00a0](?=\d{3})/g, '$1')
    .split(/[\s,;]+/)
    .filter((part) => part !== '');
  const numbers = parts.map((part) => Number(part.replace('−', '-')));
  const [first, second] = numbers;
  if (numbers.length !== 2 || !Number.isFinite(first) || !Number.isFinite(second)) {
    throw unread(
      text,
      system === 'crs' ? 'two numbers such as 371623.4, 4136146' : 'a column and a row such as 512, 300',
    );
  }
  return [first!, second!];
}

const SIZE = /([-+−]?\d+(?:\.\d+)?)\s*°?(?:\s*(\d+(?:\.\d+)?)\s*['′])?(?:\s*(\d+(?:\.\d+)?)\s*(?:"|″|''))?/.source;
/** The letter stands before or after its angle, not both: in "N34 E10" the E belongs to the 10. */
const ANGLE = new RegExp(`([NSEW])\\s*${SIZE}|${SIZE}\\s*([NSEW])?`, 'gi');

function parseLatLon(text: string): Point {
  const example = 'a latitude and a longitude such as 34.2101, -118.4412 or 34°12\'36" N 118°26\'28" W';
  const angles = [...text.matchAll(ANGLE)].map(([, before, ...parts]) => {
    const [degrees = '', minutes, seconds] = before ? parts : parts.slice(3);
    const letter = (before ?? parts[6])?.toUpperCase() ?? null;
    const size = Math.abs(Number(degrees.replace('−', '-'))) + Number(minutes ?? 0) / 60 + Number(seconds ?? 0) / 3600;
    const isNegative = /^[-−]/.test(degrees) || letter === 'S' || letter === 'W';
    return { letter, value: isNegative ? -size : size };
  });
  const rest = text.replace(ANGLE, '').replace(/[\s,;]/g, '');
  const [first, second] = angles;
  if (angles.length !== 2 || rest !== '' || !first || !second) throw unread(text, example);
  const lonFirst = first.letter === 'E' || first.letter === 'W' || second.letter === 'N' || second.letter === 'S';
  const latFirst = first.letter === 'N' || first.letter === 'S' || second.letter === 'E' || second.letter === 'W';
  if (lonFirst && latFirst) throw unread(text, example);
  const [lon, lat] = lonFirst ? [first.value, second.value] : [second.value, first.value];
  if (Math.abs(lat) > 90 || Math.abs(lon) > 360) {
    throw new NadirError(
      'COORDINATES_INVALID',
      `Latitude ${lat}, longitude ${lon}: a latitude must be between −90 and 90.`,
    );
  }
  return [lon, lat];
}

function unread(text: string, expected: string): NadirError {
  const said = text.trim() === '' ? 'Nothing was typed' : `“${text.trim().slice(0, 60)}” can’t be read`;
  return new NadirError('COORDINATES_INVALID', `${said}: ${expected} is expected.`);
}
