import { makeToLonLat } from '../geo/projection.ts';
import { farDatumShift, farDatumShiftByName, isEarthCentred } from './datums.ts';
import type { GeoKeys } from './geo-keys.ts';

export interface CrsInfo {
  /** "EPSG:26911", a name for a user-defined CRS, or null. */
  crs: string | null;
  crsName: string | null;
  /** proj4 definition to WGS 84, easting first, in the CRS's own units; null where none can be had. */
  proj4: string | null;
  units: 'metre' | 'degree' | 'foot' | 'us-foot' | 'unknown';
}

const USER_DEFINED = 32767;
/** Web Mercator under the names of its early writers, whose keys describe a different (ellipsoidal) Mercator. GDAL knows it by name, too. */
const WEB_MERCATOR_NAMES = /^(Google Maps Global Mercator|WGS ?84 \/ Pseudo-Mercator|Popular Visualisation CRS)/i;
const WEB_MERCATOR = 3857;
const ESRI_WKT_PREFIX = 'ESRI PE String = ';

/** What the GeoKeys say about the CRS. Definitions come from a database inside the app; nothing is looked up online. */
export async function readCrs(keys: GeoKeys): Promise<CrsInfo> {
  const projected = projectedCode(keys);
  const geographic = knownCode(keys.number('GeographicTypeGeoKey'));
  const model = keys.number('GTModelTypeGeoKey') ?? (projected ? 1 : geographic ? 2 : 0);
  const citation = [
    keys.text('PCSCitationGeoKey'),
    keys.text('GTCitationGeoKey'),
    keys.text('GeogCitationGeoKey'),
  ].find((text) => text && !text.startsWith('ESRI PE String'));
  const isGeographic = model === 2;
  const code = isGeographic ? geographic : projected;
  const name = firstPart(citation ?? null);
  const definition = model === 3 ? null : (esriWkt(keys) ?? (await definitionFromKeys(keys, isGeographic)));
  return {
    crs: code ? `EPSG:${code}` : (name ?? (definition ? 'user-defined' : null)),
    crsName: name,
    proj4: definition && makeToLonLat(definition) ? definition : null,
    units: unitsOf(keys, isGeographic, definition),
  };
}

/** ArcGIS writes a user-defined CRS as WKT into a citation; proj4 reads WKT. */
function esriWkt(keys: GeoKeys): string | null {
  if (knownCode(keys.number('ProjectedCSTypeGeoKey'))) return null;
  const text = keys.text('PCSCitationGeoKey') ?? keys.text('GTCitationGeoKey');
  return text?.startsWith(ESRI_WKT_PREFIX) ? withDatumShift(text.slice(ESRI_WKT_PREFIX.length).trim()) : null;
}

/** ArcGIS leaves the datum's shift out. Null where the datum is far from WGS 84 and its shift isn't known. */
function withDatumShift(wkt: string): string | null {
  const spheroid = /SPHEROID\["[^"]*",([\d.]+),([\d.]+)\]/.exec(wkt);
  const datum = /DATUM\["([^"]*)"/.exec(wkt)?.[1];
  if (!spheroid || !datum || wkt.includes('TOWGS84')) return wkt;
  const a = Number(spheroid[1]);
  const inverseFlattening = Number(spheroid[2]);
  const b = inverseFlattening === 0 ? a : a * (1 - 1 / inverseFlattening);
  const shift = farDatumShiftByName(datum);
  if (shift) return wkt.replace(spheroid[0], `${spheroid[0]},TOWGS84[${shift}]`);
  return isEarthCentred(a, b) ? wkt : null;
}

async function definitionFromKeys(keys: GeoKeys, isGeographic: boolean): Promise<string | null> {
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
function completeDefinition(
  definition: string,
  unitFactor: number,
  keys: GeoKeys,
  isGeographic: boolean,
): string | null {
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
  const datum = keys.number('GeogGeodeticDatumGeoKey') ?? 0;
  const projected = projectedCode(keys) ?? 0;
  const shift = farDatumShift(projected, keys.number('GeographicTypeGeoKey') ?? 0, datum);
  const hasShift = parts.some((part) => part.startsWith('+towgs84='));
  if (shift && !hasShift) parts.push(`+towgs84=${shift}`);
  else if (!shift && !hasShift && !isEarthCentred(value('a'), value('b'))) return null;
  return [...parts, '+no_defs'].join(' ');
}

function unitsOf(keys: GeoKeys, isGeographic: boolean, definition: string | null): CrsInfo['units'] {
  if (isGeographic) {
    const angular = keys.number('GeogAngularUnitsGeoKey') ?? 9102;
    return angular === 9102 || angular === 9122 ? 'degree' : 'unknown';
  }
  const stated = keys.number('ProjLinearUnitsGeoKey');
  const toMetre = Number(/\+to_meter=(\S+)/.exec(definition ?? '')?.[1] ?? (definition ? 1 : Number.NaN));
  if (stated === 9002 || Math.abs(toMetre - 0.3048) < 1e-9) return 'foot';
  if (stated === 9003 || Math.abs(toMetre - 1200 / 3937) < 1e-9) return 'us-foot';
  if (stated === 9001 || toMetre === 1) return 'metre';
  return 'unknown';
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
