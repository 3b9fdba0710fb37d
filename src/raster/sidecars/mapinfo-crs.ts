import { type CrsInfo, NO_CRS } from '../crs/crs-info.ts';
import { crsFromText } from '../crs/crs-text.ts';

/** A projection's WKT name and the meaning of its numbers, in MapInfo's order. */
interface Projection {
  wkt: string;
  parameters: readonly string[];
}

const LON = 'central_meridian';
const LAT = 'latitude_of_origin';
const EASTING = 'false_easting';
const NORTHING = 'false_northing';
const SCALE = 'scale_factor';
const TWO_PARALLELS = [LON, LAT, 'standard_parallel_1', 'standard_parallel_2', EASTING, NORTHING];
const CENTRE = [LON, LAT, EASTING, NORTHING];

/** By the number after "Projection". */
const PROJECTIONS: Readonly<Record<number, Projection>> = {
  2: { wkt: 'Cylindrical_Equal_Area', parameters: [LON, 'standard_parallel_1'] },
  3: { wkt: 'Lambert_Conformal_Conic_2SP', parameters: TWO_PARALLELS },
  6: { wkt: 'Equidistant_Conic', parameters: TWO_PARALLELS },
  8: { wkt: 'Transverse_Mercator', parameters: [LON, LAT, SCALE, EASTING, NORTHING] },
  9: { wkt: 'Albers_Conic_Equal_Area', parameters: TWO_PARALLELS },
  10: { wkt: 'Mercator_1SP', parameters: [LON] },
  11: { wkt: 'Miller_Cylindrical', parameters: [LON] },
  12: { wkt: 'Robinson', parameters: [LON] },
  13: { wkt: 'Mollweide', parameters: [LON] },
  16: { wkt: 'Sinusoidal', parameters: [LON] },
  20: { wkt: 'Stereographic', parameters: [LON, LAT, SCALE, EASTING, NORTHING] },
  25: { wkt: 'Swiss_Oblique_Cylindrical', parameters: CENTRE },
  26: { wkt: 'Mercator_2SP', parameters: [LON, 'standard_parallel_1'] },
  27: { wkt: 'Polyconic', parameters: CENTRE },
  28: { wkt: 'Azimuthal_Equidistant', parameters: [LON, LAT] },
  29: { wkt: 'Lambert_Azimuthal_Equal_Area', parameters: [LON, LAT] },
  30: { wkt: 'Cassini_Soldner', parameters: CENTRE },
  31: { wkt: 'Oblique_Stereographic', parameters: [LON, LAT, SCALE, EASTING, NORTHING] },
};

/** For these, MapInfo writes an extent after the parameters. It doesn't affect the projection. */
const RANGED = new Set([28, 29]);
const LONGITUDE_LATITUDE = 1;
const WEB_MERCATOR_SPHERE = 157;

const UNIT_METRES: Readonly<Record<string, number>> = {
  m: 1,
  km: 1000,
  cm: 0.01,
  mm: 0.001,
  ft: 0.3048,
  'survey ft': 1200 / 3937,
  yd: 0.9144,
  in: 0.0254,
  mi: 1609.344,
  nmi: 1852,
  li: 0.201168,
  ch: 20.1168,
  rd: 5.0292,
};

/** Why a CRS isn't supported, as the end of a sentence: "… projection 18". */
class NotUnderstood extends Error {}

/**
 * The CRS of a MapInfo CoordSys clause. An unsupported one is named in `notes` and has no proj4. Datum and projection
 * numbers have GDAL's meaning.
 */
export async function crsFromCoordSys(clause: string): Promise<CrsInfo> {
  try {
    const text = await wktOf(clause);
    const crs = await crsFromText(text);
    if (crs) return crs;
    throw new NotUnderstood('a form that Nadir can’t read');
  } catch (thrown) {
    if (!(thrown instanceof NotUnderstood)) throw thrown;
    const shown = clause.replace(/\s+/g, ' ').slice(0, 120);
    return {
      ...NO_CRS,
      notes: [`MapInfo’s “${shown}” has ${thrown.message}, so its CRS is unknown. Choose the CRS by hand.`],
    };
  }
}

async function wktOf(clause: string): Promise<string> {
  const plain = clause.replace(/\s+Bounds\s*\(.*$/is, '');
  if (!/^\s*CoordSys\s+Earth\b/i.test(plain)) {
    throw new NotUnderstood('no place on Earth (a NonEarth, Table or Layout system)');
  }
  const projected = /\bProjection\s+(.*)$/is.exec(plain)?.[1];
  if (!projected) throw new NotUnderstood('no projection');
  const words = tokensOf(projected);
  const affine = words.findIndex((word) => /^affine\b/i.test(word)) >= 0;
  const stated = numberAt(words, 0);
  // 1000: an affine follows; 2000: bounds follow; 3000: both.
  const kind = stated % 1000;
  if (affine || Math.floor(stated / 1000) % 2 === 1) throw new NotUnderstood('an affine transformation of its own');
  const { geographic, datum, next } = await readDatum(words);
  if (kind === LONGITUDE_LATITUDE) return geographic;
  if (kind === 10 && datum === WEB_MERCATOR_SPHERE) {
    if (numberAt(words, next + 1) === 0) return 'EPSG:3857';
    throw new NotUnderstood('a Web Mercator whose meridian isn’t Greenwich');
  }
  const projection = PROJECTIONS[kind];
  if (!projection) throw new NotUnderstood(`projection ${kind}, which Nadir has no formulas for`);
  const unit = words[next]?.replace(/"/g, '').toLowerCase() ?? '';
  const metres = UNIT_METRES[unit];
  if (metres === undefined) throw new NotUnderstood(`the unit “${unit}”`);
  const given = words.slice(next + 1);
  const { wkt, parameters } = projection;
  if (given.length !== parameters.length + (RANGED.has(kind) ? 1 : 0)) {
    throw new NotUnderstood(`${given.length} parameters for projection ${kind}, which takes ${parameters.length}`);
  }
  const values = parameters.map((name, i) => `PARAMETER["${name}",${numberAt(given, i)}]`).join(',');
  return `PROJCS["MapInfo CoordSys ${kind}, ${datum}",${geographic},PROJECTION["${wkt}"],${values},UNIT["${unit}",${metres}]${codeOf(kind, datum, given, metres)}]`;
}

/** Splits at commas; "m" keeps its quotes. The Affine clause has no comma before it. */
const tokensOf = (text: string): string[] =>
  text
    .replace(/\s+(affine\b)/i, ',$1')
    .split(',')
    .map((word) => word.trim());

function numberAt(words: readonly string[], index: number): number {
  const word = words[index] ?? '';
  const value = word === '' ? Number.NaN : Number(word);
  if (!Number.isFinite(value)) throw new NotUnderstood(`“${word}” where a number should be`);
  return value;
}

/** The geographic base as WKT, and the index in `words` where the unit follows. */
async function readDatum(words: readonly string[]): Promise<{ geographic: string; datum: number; next: number }> {
  const { MAPINFO_DATUMS, MAPINFO_ELLIPSOIDS } = await import('./mapinfo-data.ts');
  const datum = numberAt(words, 1);
  if (datum === 999 || datum === 9999) {
    const row = rowOf(MAPINFO_ELLIPSOIDS, numberAt(words, 2));
    if (!row) throw new NotUnderstood(`ellipsoid ${words[2]}`);
    const shift = [3, 4, 5].map((at) => numberAt(words, at));
    const isFull = datum === 9999;
    // MapInfo's rotations have the opposite sign of WKT's TOWGS84.
    const turns = isFull ? [6, 7, 8].map((at) => 0 - numberAt(words, at)) : [0, 0, 0];
    const scale = isFull ? numberAt(words, 9) : 0;
    const meridianDeg = isFull ? numberAt(words, 10) : 0;
    const [, a, rf] = row;
    const node = `DATUM["MapInfo datum ${datum}",SPHEROID["MapInfo ellipsoid ${words[2]}",${a},${rf}],TOWGS84[${[...shift, ...turns, scale]}]]`;
    return { geographic: geographicOf(node, `"stated",${meridianDeg}`, ''), datum, next: isFull ? 11 : 6 };
  }
  const row = rowOf(MAPINFO_DATUMS, datum);
  if (!row) throw new NotUnderstood(`datum ${datum}`);
  const [, name, a, rf, code = '', meridian = ''] = row;
  const [meridianName = 'Greenwich', meridianDeg = '0'] = meridian ? meridian.split(' ') : [];
  const node = `DATUM["${name}",SPHEROID["${name}",${a},${rf}]]`;
  // EPSG's codes of old datums are 2000 above those of the geographic systems on them.
  const authority = code ? `,AUTHORITY["EPSG","${Number(code) - 2000}"]` : '';
  return { geographic: geographicOf(node, `"${meridianName}",${meridianDeg}`, authority), datum, next: 2 };
}

const geographicOf = (datum: string, meridian: string, authority: string) =>
  `GEOGCS["${/"([^"]*)"/.exec(datum)?.[1]}",${datum},PRIMEM[${meridian}],UNIT["degree",0.0174532925199433]${authority}]`;

const rowOf = (table: string, number: number): string[] | undefined =>
  table
    .split('\n')
    .map((line) => line.split('\t'))
    .find(([first]) => Number(first) === number);

/** UTM zones of the most common datums, to give them their EPSG names. */
const UTM_BASES: Readonly<Record<number, { north: number; south: number | null; first: number; last: number }>> = {
  104: { north: 32600, south: 32700, first: 1, last: 60 },
  74: { north: 26900, south: null, first: 1, last: 23 },
  115: { north: 25800, south: null, first: 28, last: 38 },
};

function codeOf(kind: number, datum: number, given: readonly string[], metres: number): string {
  const [lon, lat, scale, easting, northing] = given.map(Number);
  const base = UTM_BASES[datum];
  const zone = (lon! + 183) / 6;
  if (kind !== 8 || !base || metres !== 1 || !(zone >= base.first && zone <= base.last) || !Number.isInteger(zone)) {
    return '';
  }
  if (lat !== 0 || scale !== 0.9996 || easting !== 500_000) return '';
  const start = northing === 0 ? base.north : northing === 10_000_000 ? base.south : null;
  return start === null ? '' : `,AUTHORITY["EPSG","${start + zone}"]`;
}
