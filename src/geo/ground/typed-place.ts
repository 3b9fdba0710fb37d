import type { Point } from '../types.ts';
import { parseCoordinates } from './coordinates.ts';

/** What two typed numbers may mean. */
export type TypedPlace =
  | { system: 'lonlat'; lonDeg: number; latDeg: number }
  /** In the image's own CRS, or in a zone of UTM on WGS 84 that was named. */
  | { system: 'crs'; x: number; y: number; utm: { zone: number; isSouth: boolean } | null }
  | { system: 'pixel'; col: number; row: number };

export interface FoundPlace {
  /** The likeliest first; empty if the numbers can't be read as a place. */
  meanings: TypedPlace[];
  /** The words of the place, as typed. */
  text: string;
  /** The words without it. */
  rest: string;
}

const NUMBER = '[-+−]?\\d+(?:\\.\\d+)?';
const DEGREES = '°|度|º|\\bdeg(?:rees?)?\\b';
const PARTS = `(?:\\s*\\d+(?:\\.\\d+)?\\s*['′’分])?(?:\\s*\\d+(?:\\.\\d+)?\\s*(?:"|″|”|''|秒))?`;
const ANGLE = `${NUMBER}\\s*(?:${DEGREES})?${PARTS}`;
const MARKED_ANGLE = `${NUMBER}\\s*(?:${DEGREES})${PARTS}`;
const SEPARATOR = '\\s*(?:[,，;；/、和]|\\band\\b)?\\s*';

/** Each pattern finds two numbers, `a` and `b`; the first that fits counts. */
const forms: readonly { pattern: RegExp; read(found: RegExpExecArray, zone: Zone): TypedPlace[] }[] = [
  // "34.2° N, 117.5° W", "N34.2 W117.5", "34°12'36" N 118°26'28" W", "北纬34.2度，西经117.5度".
  {
    pattern: new RegExp(
      `(?:(?<![a-z])[nsew]\\s*${ANGLE}${SEPARATOR}[nsew]\\s*${ANGLE}|${ANGLE}\\s*[nsew](?![a-z])${SEPARATOR}${ANGLE}\\s*[nsew](?![a-z]))`,
      'i',
    ),
    read: ([text], zone) => lettered(text, zone),
  },
  // "34.2°, -117.5°".
  {
    pattern: new RegExp(`${MARKED_ANGLE}${SEPARATOR}${MARKED_ANGLE}`, 'i'),
    read: ([text]) => geographic(text),
  },
  // "latitude 34.2, longitude -117.5", "经度-117.5，纬度34.2".
  {
    pattern: new RegExp(
      `(?<first>lat(?:itude)?|lon(?:gitude)?|lng|纬度|经度)\\s*(?:is|of|为|=|:|：)?\\s*(?<a>${NUMBER})${SEPARATOR}(?:lat(?:itude)?|lon(?:gitude)?|lng|纬度|经度)\\s*(?:is|of|为|=|:|：)?\\s*(?<b>${NUMBER})`,
      'i',
    ),
    read: ({ groups }) => {
      const [a, b] = pair(groups);
      return lonLat(...(/^(lat|纬)/i.test(groups!.first!) ? ([b, a] as const) : ([a, b] as const)));
    },
  },
  // "easting 371623, northing 4136146", "东坐标371623，北坐标4136146".
  {
    pattern: new RegExp(
      `(?:easting|东坐标|东向)\\s*[=:：为]?\\s*(?<a>${NUMBER})${SEPARATOR}(?:northing|北坐标|北向)\\s*[=:：为]?\\s*(?<b>${NUMBER})`,
      'i',
    ),
    read: ({ groups }, zone) => projected(...pair(groups), zone),
  },
  // "column 500, row 300", "第500列第300行", "x=500 y=300".
  {
    pattern: new RegExp(
      `(?:col(?:umn)?|列|(?<![a-z])x)\\s*[=:：]?\\s*(?<a>${NUMBER})${SEPARATOR}(?:row|行|(?<![a-z])y)\\s*[=:：]?\\s*(?<b>${NUMBER})|第?(?<c>${NUMBER})列${SEPARATOR}第?(?<d>${NUMBER})行`,
      'i',
    ),
    read: ({ groups }) => pixel(...pair(groups)),
  },
  {
    pattern: new RegExp(
      `row\\s*[=:]?\\s*(?<b>${NUMBER})${SEPARATOR}col(?:umn)?\\s*[=:]?\\s*(?<a>${NUMBER})|第?(?<d>${NUMBER})行${SEPARATOR}第?(?<c>${NUMBER})列`,
      'i',
    ),
    read: ({ groups }) => pixel(...pair(groups)),
  },
  // "34.2, -117.5", "(500, 300)", "371623 4136146": nothing says which.
  {
    pattern: new RegExp(
      `(?<![\\w.])[(（[]?\\s*(?<a>${NUMBER})(?:\\s*[,，;；、]\\s*|\\s+)(?<b>${NUMBER})\\s*[)）\\]]?(?![\\d.]*\\d)`,
    ),
    read: ({ groups }, zone) => {
      const [a, b] = pair(groups);
      if (zone) return projected(a, b, zone);
      return [...lonLat(b, a), ...lonLat(a, b), ...projected(a, b, null), ...pixel(a, b)];
    },
  },
];

type Zone = Extract<TypedPlace, { system: 'crs' }>['utm'];

/** The place that a text names by its coordinates; null if it has none. `meanings` is empty where numbers can't be read. */
export function findTypedPlace(text: string): FoundPlace | null {
  const { plain, zone } = withoutZone(text);
  for (const { pattern, read } of forms) {
    const found = pattern.exec(plain);
    if (!found) continue;
    const rest = `${plain.slice(0, found.index)} ${plain.slice(found.index + found[0].length)}`;
    // Three numbers are no place.
    if (new RegExp(`^\\s*[,，;]?\\s*${NUMBER}`).test(plain.slice(found.index + found[0].length))) continue;
    const words = narrowedBy(rest, read(found, zone));
    return { meanings: words.meanings, text: found[0].trim(), rest: words.rest };
  }
  return null;
}

/** Words elsewhere in the question that say what its numbers are. */
const HINTS: readonly [RegExp, TypedPlace['system']][] = [
  [/\b(pixels?|px|columns? (and|,) rows?|image coordinates?)\b|像素(坐标)?|像元(坐标)?|行列号?/gi, 'pixel'],
  [/\b(lat(itude)?[ /,]*(and )?lon(gitude)?s?|wgs ?84|degrees?)\b|经纬度?/gi, 'lonlat'],
  [/\b(eastings?|northings?|utm|projected|map coordinates?|(?<=in )met(re|er)s)\b|投影坐标|东北坐标/gi, 'crs'],
];

function narrowedBy(words: string, meanings: TypedPlace[]): Pick<FoundPlace, 'meanings' | 'rest'> {
  if (new Set(meanings.map(({ system }) => system)).size < 2) return { meanings, rest: words };
  for (const [pattern, system] of HINTS) {
    // "the pixel value at 34.2, -117.5" asks for a value, and doesn't say what the numbers are.
    const rest = words.replace(pattern, (word, ...about) => {
      const at = about.find((each) => typeof each === 'number') as number;
      return /^\s*(values?|值)/i.test(words.slice(at + word.length)) ? word : ' ';
    });
    if (rest !== words) return { meanings: meanings.filter((each) => each.system === system), rest };
  }
  return { meanings, rest: words };
}

/** "UTM zone 11N" and its like. */
function withoutZone(text: string): { plain: string; zone: Zone } {
  const chinese = text
    .replace(/([北南])纬\s*(\S[\d.°度′'分″"秒\s]*)/g, (_, way, angle) => `${angle.trim()} ${way === '北' ? 'N' : 'S'} `)
    .replace(
      /([东西東])[经經]\s*(\S[\d.°度′'分″"秒\s]*)/g,
      (_, way, angle) => `${angle.trim()} ${way === '西' ? 'W' : 'E'} `,
    );
  const found = /\b(?:utm\s*)?(?:zone|带)\s*(\d{1,2})\s*([ns])?(?![a-z])|\butm\s*(\d{1,2})\s*([ns])(?![a-z])/i.exec(
    chinese,
  );
  const zone = Number(found?.[1] ?? found?.[3]);
  if (!found || !(zone >= 1 && zone <= 60)) return { plain: chinese, zone: null };
  const plain = `${chinese.slice(0, found.index)} ${chinese.slice(found.index + found[0].length)}`;
  return { plain, zone: { zone, isSouth: (found[2] ?? found[4])?.toLowerCase() === 's' } };
}

const toNumber = (text: string | undefined) => Number((text ?? '').replace('−', '-'));

function pair(groups: Record<string, string | undefined> | undefined): [number, number] {
  return [toNumber(groups?.a ?? groups?.c), toNumber(groups?.b ?? groups?.d)];
}

/** Letters of compass directions: degrees, or metres east and north where the numbers are too large for degrees. */
function lettered(text: string, zone: Zone): TypedPlace[] {
  const numbers = [...text.matchAll(new RegExp(NUMBER, 'g'))].map(([number]) => toNumber(number));
  if (numbers.length === 2 && numbers.some((number) => Math.abs(number) > 360)) {
    const isNorthFirst = /^\s*n|^[^a-z]*n(?=[^a-z])/i.test(text);
    const [first, second] = numbers as [number, number];
    return projected(...(isNorthFirst ? ([second, first] as const) : ([first, second] as const)), zone);
  }
  return geographic(text);
}

function geographic(text: string): TypedPlace[] {
  const plain = text
    .replaceAll(/[度º]|\bdeg(?:rees?)?\b/gi, '°')
    .replaceAll(/[’分]/g, "'")
    .replaceAll(/[”秒]/g, '"')
    .replaceAll(/[，；、和/]|\band\b/gi, ' ');
  try {
    return lonLat(...parseCoordinates(plain, 'latlon'));
  } catch {
    return [];
  }
}

function lonLat(lonDeg: number, latDeg: number): TypedPlace[] {
  return Math.abs(latDeg) <= 90 && Math.abs(lonDeg) <= 360 ? [{ system: 'lonlat', lonDeg, latDeg }] : [];
}

const projected = (x: number, y: number, utm: Zone): TypedPlace[] => [{ system: 'crs', x, y, utm }];
const pixel = (col: number, row: number): TypedPlace[] => [{ system: 'pixel', col, row }];

/** The proj4 definition of a zone of UTM on WGS 84. */
export const utmDefinition = ({ zone, isSouth }: NonNullable<Zone>): string =>
  `+proj=utm +zone=${zone}${isSouth ? ' +south' : ''} +datum=WGS84 +units=m +no_defs`;

/** As a question may state it: it is found as itself again. */
export function writeTypedPlace(place: TypedPlace): string {
  switch (place.system) {
    case 'lonlat': {
      const { latDeg, lonDeg } = place;
      return `${Math.abs(latDeg)}° ${latDeg < 0 ? 'S' : 'N'} ${Math.abs(lonDeg)}° ${lonDeg < 0 ? 'W' : 'E'}`;
    }
    case 'crs':
      return `easting ${place.x}, northing ${place.y}`;
    case 'pixel':
      return `column ${place.col}, row ${place.row}`;
  }
}

/** Both numbers as whole points in the place's own system. */
export const pointOf = (place: TypedPlace): Point =>
  place.system === 'lonlat'
    ? [place.lonDeg, place.latDeg]
    : place.system === 'crs'
      ? [place.x, place.y]
      : [place.col, place.row];
