import { makeFromLonLat, makeToLonLat } from '../../../geo/ground/projection.ts';
import { isRefusal, type Refusal } from '../conversion.ts';
import { type CrsInfo, unitsOfDefinition } from '../crs-info.ts';
import { approximateNote, crsFromWkt, fromKnown, givesSameCoordinates } from '../crs-text.ts';
import { inUnit, metresOf, planeOfDefinition, shapeOfDefinition, writeDefinition } from '../definition.ts';
import { type Codes, loadCodes } from '../table/codes.ts';
import { type KnownCrs, lookUpCrs } from '../table/crs-table.ts';
import { type GeoKeys, USER_DEFINED } from './geo-keys.ts';
import { compareShape, type KeyBase, readBase } from './key-base.ts';
import { readProjection } from './key-projection.ts';
import { lengthName, sameUnit, statedLength, statedSize } from './key-units.ts';

const GEOCENTRIC = 3;
/**
 * Early writers' names for Web Mercator. Their keys describe a different (ellipsoidal) Mercator, so GDAL also goes by
 * the name.
 */
const WEB_MERCATOR_NAMES = /^(Google Maps Global Mercator|WGS ?84 \/ Pseudo-Mercator|Popular Visualisation CRS)/i;
const WEB_MERCATOR = 3857;
const ESRI_WKT_PREFIX = 'ESRI PE String = ';

/** The CRS from the GeoKeys. Definitions come from tables inside the app; nothing is looked up online. */
export async function readCrs(keys: GeoKeys): Promise<CrsInfo> {
  const projected = projectedCode(keys);
  const geographic = keys.code('GeographicTypeGeoKey');
  const model = keys.number('GTModelTypeGeoKey') ?? (projected ? 1 : geographic ? 2 : 0);
  const isGeographic = model === 2;
  const code = isGeographic ? geographic : projected;
  const notes = verticalNotes(keys);
  if (model === GEOCENTRIC) {
    notes.push('The file’s CRS is geocentric, which doesn’t place a flat image.');
    return withoutDefinition(keys, code, notes);
  }
  if (code) return addNotes(await byCode(keys, code, isGeographic), notes);
  const wkt = esriWkt(keys);
  const written = wkt ? await crsFromWkt(wkt) : null;
  if (written) return addNotes(written, notes);
  const describes = isGeographic || keys.number('ProjCoordTransGeoKey') || keys.code('ProjectionGeoKey');
  if (!describes) {
    if (model === USER_DEFINED)
      notes.push('The file’s CRS is an engineering (local) one, which has no place on Earth.');
    else if (model !== 0) notes.push(withoutPlace('The file’s GeoKeys neither name a CRS nor describe a projection.'));
    return withoutDefinition(keys, null, notes);
  }
  return addNotes(await described(keys, isGeographic), notes);
}

const addNotes = (info: CrsInfo, notes: string[]): CrsInfo => ({ ...info, notes: [...notes, ...info.notes] });
const withoutPlace = (reason: string) =>
  `${reason} Longitude and latitude aren’t available; you can choose the CRS yourself.`;

/** A stated CRS for which there is no definition. */
function withoutDefinition(keys: GeoKeys, code: number | null, notes: string[]): CrsInfo {
  const name = citedName(keys);
  return {
    crs: code ? `EPSG:${code}` : name,
    crsName: name,
    proj4: null,
    units: isGeographicModel(keys) ? 'unknown' : unitOfKeys(keys),
    notes,
    shiftBase: null,
  };
}

const isGeographicModel = (keys: GeoKeys) => keys.number('GTModelTypeGeoKey') === 2;

function verticalNotes(keys: GeoKeys): string[] {
  const vertical = keys.number('VerticalCSTypeGeoKey') ?? keys.number('VerticalGeoKey');
  if (!vertical) return [];
  const name = keys.text('VerticalCitationGeoKey') ?? (vertical === USER_DEFINED ? 'user-defined' : `EPSG:${vertical}`);
  return [`The vertical CRS (${name}) is ignored: Nadir places pixels in the plane.`];
}

/** A CRS by EPSG code, compared with the unit, geographic CRS and ellipsoid that the file also states. */
async function byCode(keys: GeoKeys, code: number, isGeographic: boolean): Promise<CrsInfo> {
  const known = await lookUpCrs(code);
  if (!known) {
    return withoutDefinition(keys, code, [withoutPlace(`EPSG:${code} isn’t in the app’s copy of EPSG’s list.`)]);
  }
  const codes = await loadCodes();
  const info = fromKnown(known);
  if (!isGeographic) {
    if (info.proj4 === null) return info;
    const rebased = await withStatedBase(keys, info, known, codes);
    return withStatedUnit(keys, rebased, codes);
  }
  const base = await readBase(keys, codes);
  if (isRefusal(base)) return { ...info, proj4: null, notes: [...info.notes, withoutPlace(base.refused)] };
  return geographicByCode(info, known, base, codes);
}

/** Applies the file's own prime meridian and angular unit if they differ from the code's. */
function geographicByCode(info: CrsInfo, known: KnownCrs, base: KeyBase, codes: Codes): CrsInfo {
  const [, meridian] = codes.geographic[known.code] ?? [];
  const own = (meridian && codes.meridians[meridian]) ?? 0;
  const isOwn = base.meridianDeg === own && sameUnit(base.degreesPerUnit, codes.units[known.code] ?? 1);
  if (info.proj4 && isOwn) return { ...info, notes: [...info.notes, ...base.notes] };
  return { ...define(base, null, 1, known.name), crs: info.crs, crsName: info.crsName };
}

/**
 * As in GDAL, the geographic CRS that the file states replaces the projected CRS's own. No note if both place pixels
 * alike.
 */
async function withStatedBase(keys: GeoKeys, info: CrsInfo, known: KnownCrs, codes: Codes): Promise<CrsInfo> {
  if (info.proj4 === null || known.code === WEB_MERCATOR) return info;
  const own = codes.bases[known.code] ?? 0;
  const stated = keys.code('GeographicTypeGeoKey');
  if (!stated || stated === own) {
    const notes = [...info.notes];
    compareShape(keys, shapeOfDefinition(info.proj4), known.name, codes, notes);
    const meridian = keys.code('GeogPrimeMeridianGeoKey');
    if (meridian && meridian !== (codes.geographic[own]?.[1] ?? meridian)) {
      notes.push(
        `The file’s prime meridian (EPSG:${meridian}) differs from that of ${known.name}. Nadir uses the code, as GDAL does.`,
      );
    }
    return { ...info, notes };
  }
  const base = await readBase(keys, codes);
  if (isRefusal(base)) return { ...info, proj4: null, notes: [...info.notes, withoutPlace(base.refused)] };
  const other = define(base, planeOfDefinition(info.proj4), metresOf(info.proj4), base.name);
  if (sameGround(info.proj4, other.proj4)) return info;
  const note = `The file names EPSG:${stated} as the geographic CRS of EPSG:${known.code}, which is based on EPSG:${own}. Nadir uses the file’s, as GDAL does.`;
  return { ...other, crs: info.crs, crsName: info.crsName, notes: [...info.notes, ...other.notes, note] };
}

/** Whether two definitions of one plane put a point on the same ground, within a metre. */
function sameGround(a: string, b: string | null): boolean {
  const [toLonLat, fromLonLat] = [makeToLonLat(a), makeFromLonLat(b)];
  const origin = (key: string) => Number(new RegExp(`\\+${key}=(\\S+)`).exec(a)?.[1] ?? 0) / metresOf(a);
  const [x, y] = /\+proj=utm/.test(a) ? [500_000, 5_000_000] : [origin('x_0'), origin('y_0')];
  const place = toLonLat?.(x, y);
  const back = place && fromLonLat?.(...place);
  return back != null && Math.hypot(back[0] - x, back[1] - y) * metresOf(a) < 1;
}

/** The file's linear unit overrides the code's, as in GDAL. The false origin stays where the code puts it. */
function withStatedUnit(keys: GeoKeys, info: CrsInfo, codes: Codes): CrsInfo {
  if (info.proj4 === null) return info;
  const own = metresOf(info.proj4);
  const withNote = (note: string): CrsInfo => ({ ...info, notes: [...info.notes, note] });
  const size = statedSize(keys);
  if (size !== null && !sameUnit(size, own)) {
    return withNote(
      `The file states a unit of ${size} m without naming it; ${info.crs} is in ${lengthName(own)}. Nadir uses the code’s unit, as GDAL does.`,
    );
  }
  const stated = statedLength(keys, codes);
  if (!stated || sameUnit(stated.size, own)) return info;
  if (Number.isNaN(stated.size)) {
    if (keys.number('ProjLinearUnitsGeoKey') === USER_DEFINED) {
      return withNote(
        `The file states ${stated.words}. Nadir uses the unit of ${info.crs} (${lengthName(own)}), as GDAL does.`,
      );
    }
    return {
      ...withNote(withoutPlace(`The file’s coordinates are in ${stated.words}, which Nadir doesn’t know.`)),
      proj4: null,
      units: 'unknown',
    };
  }
  const proj4 = inUnit(info.proj4, stated.size);
  const note = `The file’s coordinates are in ${stated.words}, those of ${info.crs} in ${lengthName(own)}. Nadir uses the file’s unit, as GDAL does.`;
  return { ...withNote(note), proj4, units: unitsOfDefinition(proj4, false) };
}

/** A user-defined CRS, built from its parameters. */
async function described(keys: GeoKeys, isGeographic: boolean): Promise<CrsInfo> {
  const codes = await loadCodes();
  const base = await readBase(keys, codes);
  if (isRefusal(base)) return refused(keys, base);
  const name = citedName(keys);
  const title = { crs: name ?? 'user-defined', crsName: name };
  if (isGeographic) return { ...define(base, null, 1, base.name), ...title };
  const unit = statedLength(keys, codes);
  const metres = unit?.size ?? statedSize(keys) ?? 1;
  if (Number.isNaN(metres))
    return refused(keys, { refused: `The file’s coordinates are in ${unit?.words}, which Nadir doesn’t know.` });
  const plane = await planeOfKeys(keys, base, metres, codes);
  if (isRefusal(plane)) return refused(keys, plane);
  const info = define(base, plane.plane, metres, base.name);
  return { ...info, ...title, notes: [...plane.notes, ...info.notes] };
}

const refused = (keys: GeoKeys, { refused: reason }: Refusal) => withoutDefinition(keys, null, [withoutPlace(reason)]);

/** The projection from its parameters or, without any, from the code of an EPSG conversion. */
async function planeOfKeys(keys: GeoKeys, base: KeyBase, metresPerUnit: number, codes: Codes) {
  const written = readProjection(keys, base.degreesPerUnit, metresPerUnit);
  const code = keys.code('ProjectionGeoKey');
  const listed = code ? await planeOfConversion(code, codes) : null;
  if (!written) {
    if (listed) return { plane: listed, notes: [] };
    return { refused: code ? `Nadir has no formulas for EPSG’s conversion ${code}.` : 'The file names no projection.' };
  }
  if (isRefusal(written) || !listed) return written;
  const same = givesSameCoordinates(`${written.plane} ${base.shape}`, `${listed} ${base.shape}`);
  if (same) return written;
  const note = `The file’s projection parameters differ from the conversion that it names (EPSG:${code}). Nadir uses the parameters, as GDAL does.`;
  return { plane: written.plane, notes: [...written.notes, note] };
}

async function planeOfConversion(code: number, codes: Codes): Promise<string | null> {
  const user = codes.conversions[code];
  const known = user ? await lookUpCrs(user) : null;
  return known?.proj4 ? planeOfDefinition(known.proj4) : null;
}

/** A full definition with the datum's shift; no definition if the shift is unknown. `name` is the datum's. */
function define(base: KeyBase, plane: string | null, metresPerUnit: number, name: string): CrsInfo {
  const notes = [...base.notes];
  const bare = writeDefinition(base, plane, metresPerUnit);
  const units = plane === null && base.degreesPerUnit !== 1 ? 'unknown' : unitsOfDefinition(bare, plane === null);
  const info: CrsInfo = {
    crs: null,
    crsName: null,
    proj4: null,
    units,
    notes,
    shiftBase: base.shift?.shiftBase ?? null,
  };
  if (!base.shift) {
    notes.push(withoutPlace(`The datum of “${name}” has no known shift to WGS 84.`));
    return info;
  }
  if (base.shift.approximateMetres !== null) notes.push(approximateNote(name, base.shift.approximateMetres));
  const proj4 = `${bare}${base.shift.shift ? ` +towgs84=${base.shift.shift}` : ''} +no_defs`;
  if (makeToLonLat(proj4)) return { ...info, proj4 };
  notes.push(withoutPlace('Nadir has no formulas for this projection on this ellipsoid.'));
  return info;
}

function citedName(keys: GeoKeys): string | null {
  const citation = [
    keys.text('PCSCitationGeoKey'),
    keys.text('GTCitationGeoKey'),
    keys.text('GeogCitationGeoKey'),
  ].find((text) => text && !text.startsWith('ESRI PE String'));
  return firstPart(citation ?? null);
}

/** ArcGIS and GDAL put a CRS that GeoKeys can't express into a citation, as WKT. */
function esriWkt(keys: GeoKeys): string | null {
  const text = [keys.text('PCSCitationGeoKey'), keys.text('GTCitationGeoKey')].find((cited) =>
    cited?.startsWith(ESRI_WKT_PREFIX),
  );
  return text?.slice(ESRI_WKT_PREFIX.length).trim() ?? null;
}

function unitOfKeys(keys: GeoKeys): CrsInfo['units'] {
  const stated = { 9001: 'metre', 9002: 'foot', 9003: 'us-foot' } as const;
  return stated[keys.number('ProjLinearUnitsGeoKey') as keyof typeof stated] ?? 'unknown';
}

function projectedCode(keys: GeoKeys): number | null {
  const stated = keys.code('ProjectedCSTypeGeoKey');
  const name = keys.text('PCSCitationGeoKey') ?? keys.text('GTCitationGeoKey') ?? '';
  const isWebMercator = stated === 900913 || stated === 102100 || (!stated && WEB_MERCATOR_NAMES.test(name));
  return isWebMercator ? WEB_MERCATOR : stated;
}

/** Citations look like "NAD83 / UTM zone 11N|NAD83|" or "PCS Name = x|…". */
function firstPart(citation: string | null): string | null {
  const part = citation?.split('|').find((text) => text.trim().length > 0);
  // ERDAS Imagine puts its copyright and version on separate lines before the name.
  const named = part && /^(?:PCS Name|GCS Name|Projection Name|Projection) = (.+)$/m.exec(part)?.[1];
  const name = (named ?? part)?.replace(/\s+/g, ' ').trim() ?? null;
  return name && /^(unknown|unnamed)$/i.test(name) ? null : name;
}
