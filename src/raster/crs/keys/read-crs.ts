import { makeFromLonLat, makeToLonLat } from '../../../geo/projection.ts';
import { isRefusal, type Refusal } from '../conversion.ts';
import { type CrsInfo, unitsOfDefinition } from '../crs-info.ts';
import { approximateNote, crsFromWkt, fromKnown, placeAlike } from '../crs-text.ts';
import { inUnit, metresOf, planeOfDefinition, shapeOfDefinition, writeDefinition } from '../definition.ts';
import { type Codes, loadCodes } from '../table/codes.ts';
import { type KnownCrs, lookUpCrs } from '../table/crs-table.ts';
import { type GeoKeys, USER_DEFINED } from './geo-keys.ts';
import { compareShape, type KeyBase, readBase } from './key-base.ts';
import { readProjection } from './key-projection.ts';
import { lengthName, sameUnit, statedLength, statedSize } from './key-units.ts';

const GEOCENTRIC = 3;
/** Web Mercator under the names of its early writers, whose keys describe a different (ellipsoidal) Mercator. GDAL knows it by name, too. */
const WEB_MERCATOR_NAMES = /^(Google Maps Global Mercator|WGS ?84 \/ Pseudo-Mercator|Popular Visualisation CRS)/i;
const WEB_MERCATOR = 3857;
const ESRI_WKT_PREFIX = 'ESRI PE String = ';

/** What the GeoKeys say about the CRS. Definitions come from tables inside the app; nothing is looked up online. */
export async function readCrs(keys: GeoKeys): Promise<CrsInfo> {
  const projected = projectedCode(keys);
  const geographic = keys.code('GeographicTypeGeoKey');
  const model = keys.number('GTModelTypeGeoKey') ?? (projected ? 1 : geographic ? 2 : 0);
  const isGeographic = model === 2;
  const code = isGeographic ? geographic : projected;
  const notes = verticalNotes(keys);
  if (model === GEOCENTRIC) {
    notes.push('The file’s CRS is geocentric, which doesn’t place a flat image.');
    return nameless(keys, code, notes);
  }
  if (code) return addNotes(await byCode(keys, code, isGeographic), notes);
  const wkt = esriWkt(keys);
  const written = wkt ? await crsFromWkt(wkt) : null;
  if (written) return addNotes(written, notes);
  const describes = isGeographic || keys.number('ProjCoordTransGeoKey') || keys.code('ProjectionGeoKey');
  if (!describes) {
    if (model === USER_DEFINED)
      notes.push('The file’s CRS is an engineering (local) one, which has no place on Earth.');
    else if (model !== 0) notes.push(withoutPlace('The file’s GeoKeys name no CRS and describe no projection.'));
    return nameless(keys, null, notes);
  }
  return addNotes(await described(keys, isGeographic), notes);
}

const addNotes = (info: CrsInfo, notes: string[]): CrsInfo => ({ ...info, notes: [...notes, ...info.notes] });
const withoutPlace = (reason: string) =>
  `${reason} No longitude and latitude are given; you can choose the CRS yourself.`;

/** A CRS that is stated but can't be computed with. */
function nameless(keys: GeoKeys, code: number | null, notes: string[]): CrsInfo {
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

/** A CRS by EPSG code, compared with what else the file states of it: its unit, its geographic CRS, its ellipsoid. */
async function byCode(keys: GeoKeys, code: number, isGeographic: boolean): Promise<CrsInfo> {
  const known = await lookUpCrs(code);
  if (!known) {
    return nameless(keys, code, [withoutPlace(`EPSG:${code} isn’t in the app’s copy of EPSG’s list.`)]);
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

/** With the prime meridian and the unit of angle that the file states, where they aren't the code's. */
function geographicByCode(info: CrsInfo, known: KnownCrs, base: KeyBase, codes: Codes): CrsInfo {
  const [, meridian] = codes.geographic[known.code] ?? [];
  const own = (meridian && codes.meridians[meridian]) ?? 0;
  const isOwn = base.meridianDeg === own && sameUnit(base.degreesPerUnit, codes.units[known.code] ?? 1);
  if (info.proj4 && isOwn) return { ...info, notes: [...info.notes, ...base.notes] };
  return { ...define(base, null, 1, known.name), crs: info.crs, crsName: info.crsName };
}

/** GDAL puts the geographic CRS that the file states below a projected one of another. Where both place pixels alike nothing is said. */
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
        `The file states another prime meridian (EPSG:${meridian}) than that of ${known.name}. As in GDAL, the code counts.`,
      );
    }
    return { ...info, notes };
  }
  const base = await readBase(keys, codes);
  if (isRefusal(base)) return { ...info, proj4: null, notes: [...info.notes, withoutPlace(base.refused)] };
  const other = define(base, planeOfDefinition(info.proj4), metresOf(info.proj4), base.name);
  if (sameGround(info.proj4, other.proj4)) return info;
  const note = `The file names EPSG:${stated} as the geographic CRS of EPSG:${known.code}, which stands on EPSG:${own}. As in GDAL, the file’s own counts.`;
  return { ...other, crs: info.crs, crsName: info.crsName, notes: [...info.notes, ...other.notes, note] };
}

/** Whether two definitions of one plane put a place in it on the same ground, within a metre. */
function sameGround(a: string, b: string | null): boolean {
  const [toLonLat, fromLonLat] = [makeToLonLat(a), makeFromLonLat(b)];
  const origin = (key: string) => Number(new RegExp(`\\+${key}=(\\S+)`).exec(a)?.[1] ?? 0) / metresOf(a);
  const [x, y] = /\+proj=utm/.test(a) ? [500_000, 5_000_000] : [origin('x_0'), origin('y_0')];
  const place = toLonLat?.(x, y);
  const back = place && fromLonLat?.(...place);
  return back != null && Math.hypot(back[0] - x, back[1] - y) * metresOf(a) < 1;
}

/** A unit of length of its own counts more than the code's, as in GDAL; the false origin stays where the code puts it. */
function withStatedUnit(keys: GeoKeys, info: CrsInfo, codes: Codes): CrsInfo {
  if (info.proj4 === null) return info;
  const own = metresOf(info.proj4);
  const say = (note: string): CrsInfo => ({ ...info, notes: [...info.notes, note] });
  const size = statedSize(keys);
  if (size !== null && !sameUnit(size, own)) {
    return say(
      `The file states a unit of ${size} m without naming it, ${info.crs} counts in ${lengthName(own)}. As in GDAL, the code counts.`,
    );
  }
  const stated = statedLength(keys, codes);
  if (!stated || sameUnit(stated.size, own)) return info;
  if (Number.isNaN(stated.size)) {
    if (keys.number('ProjLinearUnitsGeoKey') === USER_DEFINED) {
      return say(`The file states ${stated.words}. As in GDAL, the unit of ${info.crs} counts (${lengthName(own)}).`);
    }
    return {
      ...say(withoutPlace(`The file counts in ${stated.words}, which Nadir doesn’t know.`)),
      proj4: null,
      units: 'unknown',
    };
  }
  const proj4 = inUnit(info.proj4, stated.size);
  const note = `The file states its coordinates in ${stated.words}, ${info.crs} counts in ${lengthName(own)}. As in GDAL, the file’s own unit counts.`;
  return { ...say(note), proj4, units: unitsOfDefinition(proj4, false) };
}

/** A user-defined CRS, parameter by parameter. */
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
    return refused(keys, { refused: `The file counts in ${unit?.words}, which Nadir doesn’t know.` });
  const plane = await planeOfKeys(keys, base, metres, codes);
  if (isRefusal(plane)) return refused(keys, plane);
  const info = define(base, plane.plane, metres, base.name);
  return { ...info, ...title, notes: [...plane.notes, ...info.notes] };
}

const refused = (keys: GeoKeys, { refused: reason }: Refusal) => nameless(keys, null, [withoutPlace(reason)]);

/** The projection by its parameters or, without them, by the code of an EPSG conversion. */
async function planeOfKeys(keys: GeoKeys, base: KeyBase, metresPerUnit: number, codes: Codes) {
  const written = readProjection(keys, base.degreesPerUnit, metresPerUnit);
  const code = keys.code('ProjectionGeoKey');
  const listed = code ? await planeOfConversion(code, codes) : null;
  if (!written) {
    if (listed) return { plane: listed, notes: [] };
    return { refused: code ? `Nadir has no formulas for EPSG’s conversion ${code}.` : 'The file names no projection.' };
  }
  if (isRefusal(written) || !listed) return written;
  const same = placeAlike(`${written.plane} ${base.shape}`, `${listed} ${base.shape}`);
  if (same) return written;
  const note = `The file’s projection parameters aren’t those of the conversion that it names (EPSG:${code}). As in GDAL, the parameters count.`;
  return { plane: written.plane, notes: [...written.notes, note] };
}

async function planeOfConversion(code: number, codes: Codes): Promise<string | null> {
  const user = codes.conversions[code];
  const known = user ? await lookUpCrs(user) : null;
  return known?.proj4 ? planeOfDefinition(known.proj4) : null;
}

/** A whole definition, with the datum's shift; without one where its relation to WGS 84 isn't known. `name` is the datum's. */
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
    notes.push(withoutPlace(`How the datum of “${name}” lies to WGS 84 isn’t known.`));
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

/** ArcGIS and GDAL write a CRS that GeoKeys can't express as WKT into a citation. */
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
  // ERDAS Imagine puts its copyright and a version before the name, on lines of their own.
  const named = part && /^(?:PCS Name|GCS Name|Projection Name|Projection) = (.+)$/m.exec(part)?.[1];
  const name = (named ?? part)?.replace(/\s+/g, ' ').trim() ?? null;
  return name && /^(unknown|unnamed)$/i.test(name) ? null : name;
}
