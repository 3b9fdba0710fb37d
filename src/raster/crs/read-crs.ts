import { makeToLonLat } from '../../geo/projection.ts';
import { type CrsInfo, unitsOfDefinition } from './crs-info.ts';
import { lookUpCrs } from './crs-table.ts';
import { approximateNote, crsFromWkt, fromKnown } from './crs-text.ts';
import { NO_SHIFT, shiftOf } from './datum-shift.ts';
import { farDatumShift, isEarthCentred } from './datums.ts';
import type { GeoKeys } from './geo-keys.ts';

const USER_DEFINED = 32767;
/** Web Mercator under the names of its early writers, whose keys describe a different (ellipsoidal) Mercator. GDAL knows it by name, too. */
const WEB_MERCATOR_NAMES = /^(Google Maps Global Mercator|WGS ?84 \/ Pseudo-Mercator|Popular Visualisation CRS)/i;
const WEB_MERCATOR = 3857;
const ESRI_WKT_PREFIX = 'ESRI PE String = ';

/** What the GeoKeys say about the CRS. Definitions come from tables inside the app; nothing is looked up online. */
export async function readCrs(keys: GeoKeys): Promise<CrsInfo> {
  const projected = projectedCode(keys);
  const geographic = knownCode(keys.number('GeographicTypeGeoKey'));
  const model = keys.number('GTModelTypeGeoKey') ?? (projected ? 1 : geographic ? 2 : 0);
  const isGeographic = model === 2;
  const code = isGeographic ? geographic : projected;
  const notes = notesOf(keys, model);
  const known = code && model !== 3 ? await lookUpCrs(code) : null;
  if (known?.proj4) return addNotes(fromKnown(known), notes);
  const wkt = esriWkt(keys);
  const written = wkt ? await crsFromWkt(wkt) : null;
  if (written) return addNotes(written, notes);
  const name = citedName(keys);
  const found = model === 3 || known ? null : await definitionFromKeys(keys, isGeographic);
  const definition = found && makeToLonLat(found.proj4) ? found.proj4 : null;
  if (!definition && model !== 3 && model !== USER_DEFINED && !known && (code || name)) {
    notes.push(
      code
        ? `EPSG:${code} isn’t in the app’s copy of EPSG’s list, so that no longitude and latitude are given. You can choose the CRS yourself.`
        : `How the user-defined CRS “${name}” lies to WGS 84 isn’t known (its projection or its datum), so that no longitude and latitude are given.`,
    );
  }
  if (definition && found?.approximateMetres) notes.push(approximateNote(name ?? 'the CRS', found.approximateMetres));
  return {
    crs: code ? `EPSG:${code}` : (name ?? (definition ? 'user-defined' : null)),
    crsName: known?.name ?? name,
    proj4: definition,
    units: unitsOf(keys, isGeographic, definition),
    notes: known ? [...notes, ...fromKnown(known).notes] : notes,
    shiftBase: found?.shiftBase ?? null,
  };
}

const addNotes = (info: CrsInfo, notes: string[]): CrsInfo => ({ ...info, notes: [...notes, ...info.notes] });

function notesOf(keys: GeoKeys, model: number): string[] {
  const notes: string[] = [];
  const vertical = keys.number('VerticalCSTypeGeoKey') ?? keys.number('VerticalGeoKey');
  if (vertical) {
    const name =
      keys.text('VerticalCitationGeoKey') ?? (vertical === USER_DEFINED ? 'user-defined' : `EPSG:${vertical}`);
    notes.push(`The vertical CRS (${name}) is ignored: Nadir places pixels in the plane.`);
  }
  if (model === 3) notes.push('The file’s CRS is geocentric, which doesn’t place a flat image.');
  if (model === USER_DEFINED) notes.push('The file’s CRS is an engineering (local) one, which has no place on Earth.');
  return notes;
}

function citedName(keys: GeoKeys): string | null {
  const citation = [
    keys.text('PCSCitationGeoKey'),
    keys.text('GTCitationGeoKey'),
    keys.text('GeogCitationGeoKey'),
  ].find((text) => text && !text.startsWith('ESRI PE String'));
  return firstPart(citation ?? null);
}

/** ArcGIS writes a user-defined CRS as WKT into a citation. */
function esriWkt(keys: GeoKeys): string | null {
  if (knownCode(keys.number('ProjectedCSTypeGeoKey'))) return null;
  const text = [keys.text('PCSCitationGeoKey'), keys.text('GTCitationGeoKey')].find((cited) =>
    cited?.startsWith(ESRI_WKT_PREFIX),
  );
  return text?.slice(ESRI_WKT_PREFIX.length).trim() ?? null;
}

interface KeyDefinition {
  proj4: string;
  approximateMetres: number | null;
  shiftBase: number | null;
}

/** A user-defined CRS, parameter by parameter. */
async function definitionFromKeys(keys: GeoKeys, isGeographic: boolean): Promise<KeyDefinition | null> {
  const raw: Record<string, unknown> = keys.all();
  const code = projectedCode(keys);
  if (!isGeographic && code) raw.ProjectedCSTypeGeoKey = code;
  // The library prefers the geographic CRS where both are set; for a projected image it is only its base.
  const projected = code ?? keys.number('ProjectedCSTypeGeoKey');
  if (!isGeographic && projected) delete raw.GeographicTypeGeoKey;
  if (!isGeographic && projected === USER_DEFINED && keys.number('GeographicTypeGeoKey')) {
    raw.GeographicTypeGeoKey = keys.number('GeographicTypeGeoKey');
    delete raw.ProjectedCSTypeGeoKey;
  }
  // 1.4 MB of definitions: loaded with the first georeferenced file. Should that fail, the image opens without lon/lat.
  const library = await import('geotiff-geokeys-to-proj4').catch(() => null);
  if (!library) return null;
  const { toProj4 } = library;
  const result = toProj4(raw as unknown as Parameters<typeof toProj4>[0]);
  const errors = Object.keys(result.errors).filter(
    (key) => !key.startsWith('vertical') && key !== 'bothGCSAndPCSAreSet',
  );
  if (errors.length > 0 || result.isGCS !== isGeographic) return null;
  return completeDefinition(result.proj4, result.coordinatesConversionParameters.x, keys, isGeographic);
}

/** Turns the library's string into one that proj4 reads in the file's own units and axis order, with a datum shift. */
async function completeDefinition(
  definition: string,
  unitFactor: number,
  keys: GeoKeys,
  isGeographic: boolean,
): Promise<KeyDefinition | null> {
  const parts = definition
    .trim()
    .split(/\s+/)
    .filter((part) => !/^\+(axis|no_defs|pm=0$)/.test(part) && !/undefined|NaN/.test(part));
  const value = (key: string) => Number(parts.find((part) => part.startsWith(`+${key}=`))?.slice(key.length + 2));
  // Polar stereographic by standard parallel: the library leaves the pole to be inferred from it, proj4 takes the equator.
  const standardParallel = value('lat_ts');
  if (parts.includes('+proj=stere') && Number.isNaN(value('lat_0')) && standardParallel) {
    parts.push(`+lat_0=${standardParallel < 0 ? -90 : 90}`);
  }
  // GeoTIFF coordinates are always easting/longitude first, whatever axis order EPSG gives the CRS.
  if (unitFactor !== 1) {
    // proj4 knows no unit for angles but degrees.
    if (isGeographic) return null;
    if (!parts.some((part) => part.startsWith('+to_meter='))) parts.push(`+to_meter=${unitFactor}`);
  }
  const base = keys.number('GeographicTypeGeoKey') ?? 0;
  const datum = keys.number('GeogGeodeticDatumGeoKey') ?? 0;
  // EPSG numbers a datum 2000 above its geographic CRS, as far as GeoTIFF 1.0 lists them.
  const known = (await lookUpCrs(base)) ?? (await lookUpCrs(datum - 2000));
  const shift = (known && shiftOf(known)) ?? {
    ...NO_SHIFT,
    shift: farDatumShift(projectedCode(keys) ?? 0, base, datum) ?? '',
  };
  const hasShift = parts.some((part) => part.startsWith('+towgs84='));
  if (shift.shift && !hasShift) parts.push(`+towgs84=${shift.shift}`);
  else if (!shift.shift && !hasShift && !known?.proj4 && !isEarthCentred(value('a'), value('b'))) return null;
  const proj4 = [...parts, '+no_defs'].join(' ');
  return { proj4, approximateMetres: shift.approximateMetres, shiftBase: hasShift ? null : shift.shiftBase };
}

function unitsOf(keys: GeoKeys, isGeographic: boolean, definition: string | null): CrsInfo['units'] {
  if (isGeographic) {
    const angular = keys.number('GeogAngularUnitsGeoKey') ?? 9102;
    return angular === 9102 || angular === 9122 ? 'degree' : 'unknown';
  }
  const stated = { 9001: 'metre', 9002: 'foot', 9003: 'us-foot' } as const;
  const code = keys.number('ProjLinearUnitsGeoKey');
  return (code && stated[code as keyof typeof stated]) || unitsOfDefinition(definition, false);
}

function projectedCode(keys: GeoKeys): number | null {
  const stated = knownCode(keys.number('ProjectedCSTypeGeoKey'));
  const name = keys.text('PCSCitationGeoKey') ?? keys.text('GTCitationGeoKey') ?? '';
  const isWebMercator = stated === 900913 || stated === 102100 || (!stated && WEB_MERCATOR_NAMES.test(name));
  return isWebMercator ? WEB_MERCATOR : stated;
}

const knownCode = (code: number | null) => (code && code !== USER_DEFINED ? code : null);

/** Citations look like "NAD83 / UTM zone 11N|NAD83|" or "PCS Name = x|…". */
function firstPart(citation: string | null): string | null {
  const part = citation?.split('|').find((text) => text.trim().length > 0);
  // ERDAS Imagine puts its copyright and a version before the name, on lines of their own.
  const named = part && /^(?:PCS Name|GCS Name|Projection Name|Projection) = (.+)$/m.exec(part)?.[1];
  const name = (named ?? part)?.replace(/\s+/g, ' ').trim() ?? null;
  return name && /^(unknown|unnamed)$/i.test(name) ? null : name;
}
