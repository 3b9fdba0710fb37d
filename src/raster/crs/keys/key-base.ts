import { ellipsoidOf } from '../../../geo/projection.ts';
import type { Refusal } from '../conversion.ts';
import { type DatumShift, datumShift, NO_SHIFT, shiftOf } from '../datum-shift.ts';
import { isEarthCentred } from '../datums.ts';
import { type Base, shapeOf, shapeOfDefinition } from '../definition.ts';
import type { Codes } from '../table/codes.ts';
import { geographicByName, type KnownCrs, lookUpCrs } from '../table/crs-table.ts';
import type { GeoKeys } from './geo-keys.ts';
import { angleName, sameUnit, statedAngle, statedAxisLength } from './key-units.ts';

const WGS_84 = 4326;
/** Ellipsoids whose axes differ by less are the same one, written with fewer digits. */
const SAME_AXIS_METRES = 0.1;

export interface KeyBase extends Base {
  /** Null where the datum's relation to WGS 84 isn't known. */
  shift: DatumShift | null;
  /** The datum in words, for messages. */
  name: string;
  notes: string[];
}

/**
 * The geographic CRS that the GeoKeys state, of itself or below a projected one: by code, by the datum's code, or by its ellipsoid. What
 * the file states beside a code is compared with it: a prime meridian and a unit of angle count more than the code's, an ellipsoid and a
 * shift less, as in GDAL, and a note says so.
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

/** "NTF (Paris)" is NTF, counted from Paris. */
async function shiftWithoutMeridian(known: KnownCrs): Promise<DatumShift | null> {
  const plain = /^(.+) \([A-Z][a-z]+\)$/.exec(known.name)?.[1];
  const greenwich = plain ? await geographicByName(plain) : null;
  return greenwich && shiftOf(greenwich);
}

const centredShift = (axes: readonly [number, number] | undefined): DatumShift | null =>
  axes && isEarthCentred(axes[0], minorOf(...axes)) ? NO_SHIFT : null;

const minorOf = (major: number, inverse: number) => (inverse === 0 ? major : major * (1 - 1 / inverse));

/** A datum that only its ellipsoid describes. */
async function byEllipsoid(keys: GeoKeys, codes: Codes, notes: string[]): Promise<Found | Refusal> {
  const code = keys.code('GeogEllipsoidGeoKey');
  const listed = code ? codes.ellipsoids[code] : undefined;
  const stated = statedAxes(keys, codes);
  if (stated && 'refused' in stated) return stated;
  const axes = stated ?? listed;
  if (!axes) {
    if (code) return { refused: `The ellipsoid EPSG:${code} isn’t in the app’s copy of EPSG’s list.` };
    notes.push('The file states neither datum nor ellipsoid. As in GDAL, WGS 84 is taken.');
    return { shape: '+ellps=WGS84', meridianDeg: 0, degreesPerUnit: 1, shift: NO_SHIFT, name: 'WGS 84' };
  }
  if (stated && listed && Math.abs(stated[0] - listed[0]) > SAME_AXIS_METRES) {
    notes.push(
      `The file’s ellipsoid (semi-major axis ${stated[0]} m) isn’t the one of its code EPSG:${code}. As in GDAL, its axes count.`,
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

/** Semi-major axis in metres and inverse flattening (0 for a sphere), as far as the keys give them. */
function statedAxes(keys: GeoKeys, codes: Codes): [number, number] | Refusal | null {
  const major = keys.number('GeogSemiMajorAxisGeoKey');
  if (major === null) return null;
  const unit = statedAxisLength(keys, codes);
  if (unit && Number.isNaN(unit.size))
    return { refused: `The ellipsoid’s axes are in ${unit.words}, which isn’t known.` };
  const metres = major * (unit?.size ?? 1);
  const minor = keys.number('GeogSemiMinorAxisGeoKey');
  const inverse = keys.number('GeogInvFlatteningGeoKey');
  if (!(metres > 6e6 && metres < 7e6)) {
    return { refused: `The ellipsoid’s semi-major axis of ${metres} m isn’t that of the Earth.` };
  }
  if (inverse !== null) return [metres, inverse];
  if (minor === null) return { refused: 'The ellipsoid states one axis and no flattening.' };
  return [metres, minor === major ? 0 : major / (major - minor)];
}

/** Notes where the file's own ellipsoid isn't that of `shape`. */
export function compareShape(keys: GeoKeys, shape: string, name: string, codes: Codes, notes: string[]): void {
  const stated = statedAxes(keys, codes);
  if (!stated || 'refused' in stated) return;
  const [major, minor] = ellipsoidOf(shape);
  if (Math.abs(stated[0] - major) > SAME_AXIS_METRES || Math.abs(minorOf(...stated) - minor) > SAME_AXIS_METRES) {
    notes.push(
      `The file states another ellipsoid (semi-major axis ${stated[0]} m) than that of ${name}. As in GDAL, the code counts.`,
    );
  }
}

/** A unit of angle of its own counts more than the code's; for EPSG:4326 GDAL makes an exception. */
function angleOf(keys: GeoKeys, codes: Codes, code: number | null, own: number, notes: string[]): number | Refusal {
  const stated = statedAngle(keys, codes);
  if (!stated) return own;
  if (Number.isNaN(stated.size))
    return { refused: `The file’s angles are in ${stated.words}, which Nadir doesn’t know.` };
  if (!code || sameUnit(stated.size, own)) return stated.size;
  const isWgs84 = code === WGS_84;
  notes.push(
    `The file states its angles in ${stated.words}, EPSG:${code} counts in ${angleName(own)}. As in GDAL, ${isWgs84 ? 'the code counts' : 'the file’s own unit counts'}.`,
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
      `The file’s prime meridian lies at ${stated}°, that of ${known.name} at ${own}°. As in GDAL, ${codeCounts ? 'the CRS’s counts' : 'the file’s own counts'}.`,
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
    notes.push(`The file states another shift to WGS 84 than EPSG’s for ${known.name}. As in GDAL, EPSG’s counts.`);
  }
  return shift ?? { ...NO_SHIFT, shift: values.join(',') };
}
