import {
  isRefusal,
  isSpherical,
  normalName,
  type Parameter,
  planeOf,
  type Refusal,
  type Values,
} from '../conversion.ts';
import { shapeOf, writeDefinition } from '../definition.ts';
import type { WktNode } from './wkt.ts';

/** A proj4 definition without a datum shift, and the datum and units that the WKT states. */
export interface PlainDefinition {
  proj4: string;
  datum: { name: string; geographicName: string; geographicCode: number | null; shift: string | null };
  semiMajorMetres: number;
  semiMinorMetres: number;
  unitMetres: number;
}

/** Parameter names of WKT 1 (OGC and ESRI) and WKT 2, mapped to proj4's. */
const PARAMETERS: Record<string, Parameter> = {
  latitude_of_origin: 'lat_0',
  latitude_of_natural_origin: 'lat_0',
  latitude_of_center: 'lat_0',
  latitude_of_projection_centre: 'lat_0',
  latitude_of_topocentric_origin: 'lat_0',
  central_parallel: 'lat_0',
  central_meridian: 'lon_0',
  longitude_of_natural_origin: 'lon_0',
  longitude_of_false_origin: 'lon_0',
  longitude_of_center: 'lon_0',
  longitude_of_projection_centre: 'lon_0',
  longitude_of_origin: 'lon_0',
  scale_factor: 'k_0',
  scale_factor_at_natural_origin: 'k_0',
  scale_factor_on_initial_line: 'k_0',
  scale_factor_at_projection_centre: 'k_0',
  scale_factor_on_pseudo_standard_parallel: 'k_0',
  false_easting: 'x_0',
  easting_at_false_origin: 'x_0',
  easting_at_projection_centre: 'x_0',
  false_northing: 'y_0',
  northing_at_false_origin: 'y_0',
  northing_at_projection_centre: 'y_0',
  standard_parallel_1: 'lat_1',
  latitude_of_1st_standard_parallel: 'lat_1',
  latitude_of_standard_parallel: 'lat_1',
  standard_parallel_2: 'lat_2',
  latitude_of_2nd_standard_parallel: 'lat_2',
  azimuth: 'alpha',
  azimuth_of_initial_line: 'alpha',
  azimuth_at_projection_centre: 'alpha',
  co_latitude_of_cone_axis: 'alpha',
  rectified_grid_angle: 'gamma',
  angle_from_rectified_to_skew_grid: 'gamma',
  xy_plane_rotation: 'gamma',
  satellite_height: 'h',
  longitude_of_standard_parallel: 'lon_0',
  pseudo_standard_parallel_1: 'pseudo',
  latitude_of_pseudo_standard_parallel: 'pseudo',
  x_scale: 'x_scale',
  y_scale: 'y_scale',
  auxiliary_sphere_type: 'sphere_type',
};

const METRE_UNITS = ['LENGTHUNIT', 'UNIT'];
const ANGLE_UNITS = ['ANGLEUNIT', 'UNIT'];
const DEGREE = Math.PI / 180;

/**
 * The proj4 definition of a PROJCS/PROJCRS or GEOGCS/GEOGCRS node. Easting comes first, whatever the AXIS order.
 * Refused if a number is missing, or if Nadir doesn't know the projection or a parameter. `meridians` are EPSG's, in
 * degrees.
 */
export function definitionOf(node: WktNode, meridians: readonly number[]): PlainDefinition | Refusal {
  const projected = node.keyword.startsWith('PROJ');
  const base = projected ? child(node, 'GEOGCS', 'BASEGEOGCRS', 'BASEGEODCRS') : node;
  const datum = base && child(base, 'DATUM', 'ENSEMBLE', 'GEODETICDATUM', 'TRF');
  const ellipsoid = datum && child(datum, 'SPHEROID', 'ELLIPSOID');
  if (!base || !datum || !ellipsoid) return { refused: 'The CRS’s text states no ellipsoid.' };
  const [, majorStated, inverse] = ellipsoid.values;
  const semiMajorMetres = Number(majorStated) * (unitOf(ellipsoid, METRE_UNITS) ?? 1);
  if (!(semiMajorMetres > 0) || typeof inverse !== 'number')
    return { refused: 'The CRS’s text doesn’t give the ellipsoid’s axes.' };
  const meridian = child(base, 'PRIMEM', 'PRIMEMERIDIAN');
  const angle = unitOf(base, ANGLE_UNITS) ?? axisUnit(base, ANGLE_UNITS) ?? DEGREE;
  const unitMetres = projected ? (unitOf(node, METRE_UNITS) ?? axisUnit(node, METRE_UNITS) ?? 1) : 1;
  const plane = projected ? projection(node, angle, unitMetres, inverse === 0) : null;
  if (isRefusal(plane)) return plane;
  const towgs84 = child(datum, 'TOWGS84') ?? child(base, 'TOWGS84');
  const written = {
    shape: shapeOf(semiMajorMetres, inverse),
    meridianDeg: meridian ? meridianOf(meridian, angle, meridians) : 0,
    degreesPerUnit: scaled(1, angle / DEGREE),
  };
  return {
    proj4: writeDefinition(written, plane && withAxes(plane, node), unitMetres),
    datum: {
      name: String(datum.values[0] ?? ''),
      geographicName: String(base.values[0] ?? ''),
      geographicCode: codeOf(base),
      shift: towgs84 ? towgs84.values.map(Number).join(',') : null,
    },
    semiMajorMetres,
    semiMinorMetres: inverse === 0 ? semiMajorMetres : semiMajorMetres * (1 - 1 / inverse),
    unitMetres,
  };
}

/**
 * OGC's WKT 1 gives the meridian in the unit of the CRS, but GDAL and ESRI always write degrees. As in PROJ, a number
 * that equals one of EPSG's meridians in degrees is read as degrees.
 */
function meridianOf(meridian: WktNode, angle: number, meridians: readonly number[]): number {
  const stated = Number(meridian.values[1] ?? 0);
  const own = unitOf(meridian, ANGLE_UNITS);
  const inDegrees = own === null && meridians.some((known) => Math.abs(known - stated) < 1e-6);
  return inDegrees ? stated : scaled(stated, (own ?? angle) / DEGREE);
}

/** Keeps degrees unchanged: a unit written as 0.0174532925199433 isn't exactly one degree. */
const scaled = (value: number, factor: number) => (Math.abs(factor - 1) < 1e-9 ? value : value * factor);

function projection(node: WktNode, baseAngle: number, unitMetres: number, onSphere: boolean): string | Refusal {
  const conversion = child(node, 'CONVERSION');
  const holder = conversion ?? node;
  const name = child(holder, 'METHOD', 'PROJECTION')?.values[0];
  if (typeof name !== 'string') return { refused: 'The CRS’s text names no projection.' };
  const values: Values = {};
  for (const parameter of holder.children.filter(({ keyword }) => keyword === 'PARAMETER')) {
    const [title, stated] = parameter.values;
    const key = parameterOf(normalName(String(title)), name);
    const value = Number(stated);
    if (!key || !Number.isFinite(value)) {
      return {
        refused: `Nadir doesn’t know the parameter “${title}” of the projection “${name.replaceAll('_', ' ')}”.`,
      };
    }
    const read = scaled(value, unitFactor(key, parameter, baseAngle, conversion ? 1 : unitMetres));
    if ((values[key] ?? read) !== read) {
      return {
        refused: `The projection “${name.replaceAll('_', ' ')}” states “${title}” twice with different values.`,
      };
    }
    values[key] = read;
  }
  if (isSpherical(name) && !onSphere) {
    return { refused: `Nadir has no formulas for “${name.replaceAll('_', ' ')}” on an ellipsoid.` };
  }
  return planeOf(name, values);
}

/** The latitude of false origin is the latitude of origin, except in the one method that has both. */
function parameterOf(title: string, method: string): Parameter | undefined {
  if (title !== 'latitude_of_false_origin') return PARAMETERS[title];
  return /variant.?b/i.test(method) ? 'lat_false' : 'lat_0';
}

const POINTS: Record<string, string> = { NORTH: 'n', SOUTH: 's', EAST: 'e', WEST: 'w' };

/**
 * Writes `+axis` if the axes point west or south. Their order then matters, as in GDAL. The order of east and north
 * doesn't, because rasters store the easting first. Around a pole both axes point along meridians, so they give no
 * direction.
 */
function withAxes(plane: string, node: WktNode): string {
  if (plane.includes('+axis=')) return plane;
  const system = child(node, 'CS');
  const axes = node.children.filter(({ keyword }) => keyword === 'AXIS');
  const points = axes.map((axis) => POINTS[axis.children[0]?.keyword ?? ''] ?? '').join('');
  const isTurned = /^([ew][ns]|[ns][ew])$/.test(points) && /[sw]/.test(points);
  return isTurned && (system === null || axes.length === 2) ? `${plane} +axis=${points}u` : plane;
}

const FACTORS: readonly Parameter[] = ['k_0', 'x_scale', 'y_scale', 'sphere_type'];
const LENGTHS: readonly Parameter[] = ['x_0', 'y_0', 'h'];

function unitFactor(key: Parameter, parameter: WktNode, baseAngle: number, metres: number): number {
  if (FACTORS.includes(key)) return 1;
  if (LENGTHS.includes(key)) return unitOf(parameter, METRE_UNITS) ?? metres;
  return (unitOf(parameter, ANGLE_UNITS) ?? baseAngle) / DEGREE;
}

function child(node: WktNode, ...keywords: string[]): WktNode | null {
  return node.children.find(({ keyword }) => keywords.includes(keyword)) ?? null;
}

function unitOf(node: WktNode, keywords: readonly string[]): number | null {
  const factor = child(node, ...keywords)?.values[1];
  return typeof factor === 'number' && factor > 0 ? factor : null;
}

/** In WKT 2 each axis may state the unit. */
function axisUnit(node: WktNode, keywords: readonly string[]): number | null {
  const axis = child(node, 'AXIS');
  return axis && unitOf(axis, keywords);
}

function codeOf(node: WktNode): number | null {
  const id = node.children.find(
    ({ keyword, values }) => (keyword === 'AUTHORITY' || keyword === 'ID') && values[0] === 'EPSG',
  );
  const code = Number(id?.values[1]);
  return Number.isInteger(code) ? code : null;
}
