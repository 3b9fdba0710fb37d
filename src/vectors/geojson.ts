import type { Feature, Geometry } from 'geojson';
import { NadirError } from '../lib/errors.ts';
import type { VectorFormat } from './vector-format.ts';

/** Larger files would block the page while they are parsed. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * RFC 7946: a FeatureCollection, a Feature or a geometry, in WGS 84. The older `crs` member is accepted if it says the
 * same. Any other coordinate system is refused, as are coordinates that can't be degrees.
 */
export const geojson: VectorFormat = {
  id: 'geojson',
  label: 'GeoJSON',
  extensions: ['geojson'],
  read: async (file) => {
    if (file.size > MAX_BYTES) {
      throw invalid(
        `${file.name} has ${Math.round(file.size / 2 ** 20)} MiB; up to ${MAX_BYTES / 2 ** 20} MiB are read. Clip it to the image first (ogr2ogr -clipsrc).`,
      );
    }
    return readGeoJson(parse(await file.text(), file.name), file.name);
  },
};

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw invalid(`${name} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}.`, cause);
  }
}

function readGeoJson(json: unknown, name: string): Feature[] {
  if (!isRecord(json)) throw invalid(`${name} doesn’t contain a GeoJSON object.`);
  checkCrs(json, name);
  const features = json.type === 'FeatureCollection' ? json.features : [json];
  if (!Array.isArray(features)) throw invalid(`${name} is a FeatureCollection without a list of features.`);
  return features.map((each: unknown, index) => {
    const at = features.length === 1 ? name : `Feature ${index + 1} of ${name}`;
    if (!isRecord(each)) throw invalid(`${at} isn’t a GeoJSON object.`);
    if (each.type !== 'Feature') return feature(geometryAt(each, at), {});
    const properties = isRecord(each.properties) ? each.properties : {};
    // RFC 7946 allows a feature without geometry ("unlocated").
    return feature(each.geometry === null ? null : geometryAt(each.geometry, at), properties);
  });
}

/** In GeoJSON `geometry` may be null; the types allow that only for a Feature of `Geometry | null`. */
const feature = (geometry: Geometry | null, properties: Record<string, unknown>): Feature =>
  ({ type: 'Feature', geometry, properties }) as Feature;

/** Nesting depth of a position. */
const DEPTH: Record<Exclude<Geometry['type'], 'GeometryCollection'>, number> = {
  Point: 0,
  MultiPoint: 1,
  LineString: 1,
  MultiLineString: 2,
  Polygon: 2,
  MultiPolygon: 3,
};

function geometryAt(json: unknown, at: string): Geometry {
  const type = isRecord(json) ? json.type : undefined;
  if (isRecord(json) && type === 'GeometryCollection' && Array.isArray(json.geometries)) {
    return { type, geometries: json.geometries.map((each) => geometryAt(each, at)) };
  }
  const depth = typeof type === 'string' && Object.hasOwn(DEPTH, type) ? DEPTH[type as keyof typeof DEPTH] : null;
  if (!isRecord(json) || depth === null) throw invalid(`${at} has a geometry of type ${JSON.stringify(type)}.`);
  checkPositions(json.coordinates, depth, at);
  return { type, coordinates: json.coordinates } as Geometry;
}

/** A third number, the height, is allowed. */
function checkPositions(value: unknown, depth: number, at: string): void {
  if (!Array.isArray(value)) throw invalid(`${at} has coordinates that aren’t a list.`);
  if (depth > 0) {
    for (const each of value) checkPositions(each, depth - 1, at);
    return;
  }
  const [lon, lat] = value as unknown[];
  if (!Number.isFinite(lon) || !Number.isFinite(lat)) {
    throw invalid(`${at} has the position ${JSON.stringify(value)}, where two numbers were expected.`);
  }
  // Some writers continue longitudes beyond 180 to avoid cutting a shape.
  if (Math.abs(lon as number) > 360 || Math.abs(lat as number) > 90) {
    throw new NadirError(
      'CRS_UNSUPPORTED',
      `${at} has the position ${String(lon)}, ${String(lat)}, which isn’t a longitude and latitude: the file is in another coordinate system, or in pixels. ${REMEDY}`,
    );
  }
}

const REMEDY = 'Convert it: ogr2ogr -t_srs EPSG:4326 -lco RFC7946=YES out.geojson in.geojson.';
/** WGS 84 in GeoJSON has the longitude first, whatever the code's definition says; GDAL writes and reads it so. */
const WGS84 = /(^|[:/])(EPSG:+4326|EPSG\/0\/4326|OGC:1\.3:CRS84|OGC:+CRS84|CRS84)$/i;

/** Errors: CRS_UNSUPPORTED. */
function checkCrs({ crs, nadir }: Record<string, unknown>, name: string): void {
  if (isRecord(nadir) && nadir.coordinates === 'pixel') {
    throw new NadirError(
      'CRS_UNSUPPORTED',
      `${name} was exported from an image without a place: its coordinates are pixels, not longitude and latitude. Place the image and export again.`,
    );
  }
  if (crs === undefined || crs === null) return;
  const stated = isRecord(crs) && isRecord(crs.properties) ? crs.properties.name : undefined;
  if (typeof stated === 'string' && WGS84.test(stated)) return;
  throw new NadirError(
    'CRS_UNSUPPORTED',
    `${name} is in ${typeof stated === 'string' ? stated : 'an unnamed coordinate system'}. Nadir reads only longitude and latitude in WGS 84. ${REMEDY}`,
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (message: string, cause?: unknown) =>
  new NadirError('VECTOR_INVALID', message, cause === undefined ? {} : { cause });
