import { ellipsoidOf } from '../../../geo/ground/projection.ts';
import type { Refusal } from '../conversion.ts';
import { type DatumShift, datumShift, NO_SHIFT, shiftOf } from '../datum-shift.ts';
import { isEarthCentred } from '../datums.ts';
import { type Base, shapeOf, shapeOfDefinition } from '../definition.ts';
import type { Codes } from '../table/codes.ts';
import { geographicByName, type KnownCrs, lookUpCrs } from '../table/crs-table.ts';
import type { GeoKeys } from './geo-keys.ts';
import { angleName, sameUnit, statedAngle, statedAxisLength } from './key-units.ts';

const WGS_84 = 4326;
/** Ellipsoids whose axes differ by less than this are the same one, written with fewer digits. */
const SAME_AXIS_METRES = 0.1;

export interface KeyBase extends Base {
  /** Null if the datum's shift to WGS 84 is unknown. */
  shift: DatumShift | null;
  /** The datum's name, for messages. */
  name: string;
  notes: string[];
}

/**
 * The geographic CRS that the GeoKeys state, alone or as the base of a projected one: by code, by the datum's code, or
 * by its ellipsoid. Values beside a code are compared with it. As in GDAL, the file's prime meridian and angular unit
 * override the code's, while its ellipsoid and shift don't. A note says so.
 */
export async function readBase(keys: GeoKeys, codes: Codes): Promise<KeyBase | Refusal> {
  const notes: string[] = [];
  const code = keys.code('GeographicTypeGeoKey');
  const datum = keys.code('GeogGeodeticDatumGeoKey');
  const known = await geographicOf(code, datum, codes);
  if (code && !known) return { refused: `EPSG:${code} isn’t a geographic CRS in the app’s copy of EPSG’s list.` };
  const found = known ? await byKnown(known, codes) : await byEllipsoid(keys, codes, notes);
  if ('refused' in found) return found;
  if (known) compareShape(keys, found.shape, known.name, codes, notes);
  const angle = angleOf(keys, codes, code, found.degreesPerUnit, notes);
  if (typeof angle !== 'number') return angle;
  const meridianDeg = meridianOf(keys, codes, known, found.meridianDeg, angle, notes);
  if (typeof meridianDeg !== 'number') return meridianDeg;
  return { ...found, shift: ownShift(keys, known, found.shift, notes), meridianDeg, degreesPerUnit: angle, notes };
}

async function geographicOf(code: number | null, datum: number | null, codes: Codes): Promise<KnownCrs | null> {
  if (code) {
    const known = await lookUpCrs(code);
    return known?.geographic ? known : null;
  }
  const onDatum = datum && codes.datums[datum];
  return onDatum ? lookUpCrs(onDatum) : null;
}

type Found = Base & Pick<KeyBase, 'shift' | 'name'>;

async function byKnown(known: KnownCrs, codes: Codes): Promise<Found | Refusal> {
  const [ellipsoid, meridian] = codes.geographic[known.code] ?? [];
  const axes = ellipsoid ? codes.ellipsoids[ellipsoid] : undefined;
  const shape = known.proj4 ? shapeOfDefinition(known.proj4) : axes && shapeOf(...axes);
  if (!shape) return { refused: `The ellipsoid of ${known.name} isn’t known.` };
  return {
    shape,
    meridianDeg: (meridian && codes.meridians[meridian]) ?? 0,
    degreesPerUnit: codes.units[known.code] ?? 1,
    shift: shiftOf(known) ?? (await shiftWithoutMeridian(known)) ?? centredShift(axes),
    name: known.name,
  };
}

/** "NTF (Paris)" has the shift of NTF; only its longitudes start at Paris. */
async function shiftWithoutMeridian(known: KnownCrs): Promise<DatumShift | null> {
  const plain = /^(.+) \([A-Z][a-z]+\)$/.exec(known.name)?.[1];
  const greenwich = plain ? await geographicByName(plain) : null;
  return greenwich && shiftOf(greenwich);
}

const centredShift = (axes: readonly [number, number] | undefined): DatumShift | null =>
  axes && isEarthCentred(axes[0], minorOf(...axes)) ? NO_SHIFT : null;

const minorOf = (major: number, inverse: number) => (inverse === 0 ? major : major * (1 - 1 / inverse));

/** A datum that is described only by its ellipsoid. */
async function byEllipsoid(keys: GeoKeys, codes: Codes, notes: string[]): Promise<Found | Refusal> {
  const code = keys.code('GeogEllipsoidGeoKey');
  const listed = code ? codes.ellipsoids[code] : undefined;
  const stated = statedAxes(keys, codes);
  if (stated && 'refused' in stated) return stated;
  const axes = stated ?? listed;
  if (!axes) {
    if (code) return { refused: `The ellipsoid EPSG:${code} isn’t in the app’s copy of EPSG’s list.` };
    notes.push('The file states neither datum nor ellipsoid. Nadir assumes WGS 84, as GDAL does.');
    return { shape: '+ellps=WGS84', meridianDeg: 0, degreesPerUnit: 1, shift: NO_SHIFT, name: 'WGS 84' };
  }
  if (stated && listed && Math.abs(stated[0] - listed[0]) > SAME_AXIS_METRES) {
    notes.push(
      `The file’s ellipsoid (semi-major axis ${stated[0]} m) differs from its code EPSG:${code}. Nadir uses the stated axes, as GDAL does.`,
    );
  }
  const citation = keys.text('GeogCitationGeoKey') ?? '';
  const cited = (title: string) => new RegExp(`${title} = ([^|\\n]+)`).exec(citation)?.[1]?.trim() ?? '';
  const named = { name: cited('Datum'), geographicName: cited('GCS Name') || (citation.split('|')[0] ?? '') };
  const datum = { ...named, geographicCode: null, shift: null };
  const shift = await datumShift({ datum, semiMajorMetres: axes[0], semiMinorMetres: minorOf(...axes) });
  const name = named.name || named.geographicName || 'the file';
  return { shape: shapeOf(...axes), meridianDeg: 0, degreesPerUnit: 1, shift, name };
}

/** Semi-major axis in metres and inverse flattening (0 for a sphere), if the keys give them. */
function statedAxes(keys: GeoKeys, codes: Codes): [number, number] | Refusal | null {
  const major = keys.number('GeogSemiMajorAxisGeoKey');
  if (major === null) return null;
  const unit = statedAxisLength(keys, codes);
  if (unit && Number.isNaN(unit.size))
    return { refused: `The ellipsoid’s axes are in ${unit.words}, which Nadir doesn’t know.` };
  const metres = major * (unit?.size ?? 1);
  const minor = keys.number('GeogSemiMinorAxisGeoKey');
  const inverse = keys.number('GeogInvFlatteningGeoKey');
  if (!(metres > 6e6 && metres < 7e6)) {
    return { refused: `The ellipsoid’s semi-major axis of ${metres} m isn’t the Earth’s.` };
  }
  if (inverse !== null) return [metres, inverse];
  if (minor === null) return { refused: 'The ellipsoid states one axis and no flattening.' };
  return [metres, minor === major ? 0 : major / (major - minor)];
}

/** Adds a note if the file's own ellipsoid differs from `shape`. */
export function compareShape(keys: GeoKeys, shape: string, name: string, codes: Codes, notes: string[]): void {
  const stated = statedAxes(keys, codes);
  if (!stated || 'refused' in stated) return;
  const [major, minor] = ellipsoidOf(shape);
  if (Math.abs(stated[0] - major) > SAME_AXIS_METRES || Math.abs(minorOf(...stated) - minor) > SAME_AXIS_METRES) {
    notes.push(
      `The file’s ellipsoid (semi-major axis ${stated[0]} m) differs from that of ${name}. Nadir uses the code, as GDAL does.`,
    );
  }
}

/** The file's angular unit overrides the code's. EPSG:4326 is GDAL's exception. */
function angleOf(keys: GeoKeys, codes: Codes, code: number | null, own: number, notes: string[]): number | Refusal {
  const stated = statedAngle(keys, codes);
  if (!stated) return own;
  if (Number.isNaN(stated.size))
    return { refused: `The file’s angles are in ${stated.words}, which Nadir doesn’t know.` };
  if (!code || sameUnit(stated.size, own)) return stated.size;
  const isWgs84 = code === WGS_84;
  notes.push(
    `The file’s angles are in ${stated.words}, those of EPSG:${code} in ${angleName(own)}. Nadir uses ${isWgs84 ? 'the code’s unit' : 'the file’s unit'}, as GDAL does.`,
  );
  return isWgs84 ? own : stated.size;
}

function meridianOf(
  keys: GeoKeys,
  codes: Codes,
  known: KnownCrs | null,
  own: number,
  degreesPerUnit: number,
  notes: string[],
): number | Refusal {
  const code = keys.code('GeogPrimeMeridianGeoKey');
  const longitude = keys.number('GeogPrimeMeridianLongGeoKey');
  const listed = code ? codes.meridians[code] : undefined;
  if (code && listed === undefined)
    return { refused: `The prime meridian EPSG:${code} isn’t in the app’s copy of EPSG’s list.` };
  const stated = listed ?? (longitude === null ? null : longitude * degreesPerUnit);
  if (stated === null || Math.abs(stated - own) < 1e-6) return own;
  const byCode = keys.code('GeographicTypeGeoKey') !== null;
  const codeCounts = byCode && listed === undefined;
  if (known && byCode) {
    notes.push(
      `The file’s prime meridian lies at ${stated}°, that of ${known.name} at ${own}°. Nadir uses ${codeCounts ? 'the CRS’s' : 'the file’s'}, as GDAL does.`,
    );
  }
  return codeCounts ? own : stated;
}

function ownShift(keys: GeoKeys, known: KnownCrs | null, shift: DatumShift | null, notes: string[]): DatumShift | null {
  const values = keys.numbers('GeogTOWGS84GeoKey');
  if (!values || (values.length !== 3 && values.length !== 7)) return shift;
  if (!known) return { ...NO_SHIFT, shift: values.join(',') };
  const numbers = (shift?.shift ?? '').split(',').map(Number);
  if (shift && values.some((value, i) => Math.abs(value - (numbers[i] ?? 0)) > 1e-3)) {
    notes.push(`The file’s shift to WGS 84 differs from EPSG’s for ${known.name}. Nadir uses EPSG’s, as GDAL does.`);
  }
  return shift ?? { ...NO_SHIFT, shift: values.join(',') };
}
