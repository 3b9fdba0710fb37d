import type { WktNode } from './wkt.ts';

/** A proj4 definition without a datum shift, and what its base says of the datum. */
export interface PlainDefinition {
  proj4: string;
  datum: { name: string; geographicName: string; geographicCode: number | null; shift: string | null };
  semiMajorMetres: number;
  semiMinorMetres: number;
  unitMetres: number;
}

/** Parameter names of WKT 1 (OGC and ESRI) and WKT 2, all to proj4's. */
const PARAMETERS: Record<string, string> = {
  latitude_of_origin: 'lat_0',
  latitude_of_natural_origin: 'lat_0',
  latitude_of_false_origin: 'lat_0',
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
};

type Values = Partial<Record<string, number>>;

/** Method names (lower case, words joined by _) → the proj4 projection with the parameters it takes. */
const METHODS: Record<string, (v: Values) => string | null> = {};
function method(names: string[], write: (v: Values) => string | null): void {
  for (const name of names) METHODS[name] = write;
}
const put = (proj: string, keys: readonly string[], v: Values, fixed: Values = {}) =>
  [
    `+proj=${proj}`,
    ...[...keys, 'x_0', 'y_0'].map((key) => `+${key}=${fixed[key] ?? v[key] ?? (key === 'k_0' ? 1 : 0)}`),
  ].join(' ');
const simple =
  (proj: string, ...keys: string[]) =>
  (v: Values) =>
    put(proj, keys, v);

method(['transverse_mercator', 'gauss_kruger'], simple('tmerc', 'lat_0', 'lon_0', 'k_0'));
method(
  ['transverse_mercator_south_orientated', 'transverse_mercator_south_oriented'],
  (v) => `${put('tmerc', ['lat_0', 'lon_0', 'k_0'], v)} +axis=wsu`,
);
method(
  [
    'lambert_conformal_conic_2sp',
    'lambert_conic_conformal_2sp',
    'lambert_conformal_conic',
    'lambert_conformal_conic_1sp',
    'lambert_conic_conformal_1sp',
  ],
  (v) => {
    if (v.lat_2 !== undefined) return put('lcc', ['lat_0', 'lon_0', 'lat_1', 'lat_2', 'k_0'], v);
    const lat1 = v.lat_1 ?? v.lat_0 ?? 0;
    return put('lcc', ['lat_1', 'lat_0', 'lon_0', 'k_0'], v, { lat_1: lat1, lat_0: v.lat_0 ?? lat1 });
  },
);
method(['albers_conic_equal_area', 'albers_equal_area', 'albers'], simple('aea', 'lat_0', 'lon_0', 'lat_1', 'lat_2'));
method(['lambert_azimuthal_equal_area', 'lambert_azimuthal_equal_area_spherical'], simple('laea', 'lat_0', 'lon_0'));
method(['azimuthal_equidistant', 'modified_azimuthal_equidistant'], simple('aeqd', 'lat_0', 'lon_0'));
method(['equidistant_conic'], simple('eqdc', 'lat_0', 'lon_0', 'lat_1', 'lat_2'));
method(['cassini_soldner', 'cassini'], simple('cass', 'lat_0', 'lon_0'));
method(['mercator_1sp', 'mercator_variant_a', 'mercator', 'mercator_2sp', 'mercator_variant_b'], (v) =>
  v.lat_1 ? put('merc', ['lat_ts', 'lon_0'], v, { lat_ts: v.lat_1 }) : put('merc', ['lon_0', 'k_0'], v),
);
method(
  ['popular_visualisation_pseudo_mercator', 'mercator_auxiliary_sphere'],
  (v) => `${put('merc', ['lon_0'], v)} +a=6378137 +b=6378137 +nadgrids=@null`,
);
method(
  [
    'polar_stereographic',
    'polar_stereographic_variant_a',
    'polar_stereographic_variant_b',
    'stereographic_north_pole',
    'stereographic_south_pole',
  ],
  polarStereographic,
);
method(['oblique_stereographic', 'double_stereographic'], simple('sterea', 'lat_0', 'lon_0', 'k_0'));
method(['stereographic'], simple('stere', 'lat_0', 'lon_0', 'k_0'));
method(['equirectangular', 'equidistant_cylindrical', 'plate_carree', 'equidistant_cylindrical_spherical'], (v) =>
  put('eqc', ['lat_ts', 'lat_0', 'lon_0'], v, {
    lat_ts: v.lat_1 ?? 0,
    lat_0: v.lat_1 === undefined ? 0 : (v.lat_0 ?? 0),
  }),
);
method(['cylindrical_equal_area', 'lambert_cylindrical_equal_area'], (v) =>
  put('cea', ['lat_ts', 'lon_0'], v, { lat_ts: v.lat_1 ?? 0 }),
);
method(
  [
    'hotine_oblique_mercator',
    'hotine_oblique_mercator_variant_a',
    'hotine_oblique_mercator_azimuth_natural_origin',
    'rectified_skew_orthomorphic_natural_origin',
  ],
  (v) => obliqueMercator(v, ' +no_uoff'),
);
method(
  [
    'hotine_oblique_mercator_azimuth_center',
    'hotine_oblique_mercator_variant_b',
    'oblique_mercator',
    'rectified_skew_orthomorphic_center',
    'swiss_oblique_cylindrical',
    'swiss_oblique_mercator',
  ],
  (v) => obliqueMercator(v, ''),
);
method(['krovak', 'krovak_north_orientated'], (v) => put('krovak', ['lat_0', 'lon_0', 'alpha', 'k_0'], v));
method(['american_polyconic', 'polyconic'], simple('poly', 'lat_0', 'lon_0'));
method(['gnomonic'], simple('gnom', 'lat_0', 'lon_0'));
method(['orthographic'], simple('ortho', 'lat_0', 'lon_0'));
method(['miller_cylindrical'], simple('mill', 'lon_0'));
method(['robinson'], simple('robin', 'lon_0'));
method(['sinusoidal'], simple('sinu', 'lon_0'));
method(['mollweide'], simple('moll', 'lon_0'));
method(['vandergrinten', 'van_der_grinten', 'van_der_grinten_i'], simple('vandg', 'lon_0'));
method(['eckert_vi'], simple('eck6', 'lon_0'));
method(['equal_earth'], simple('eqearth', 'lon_0'));
method(['new_zealand_map_grid'], simple('nzmg', 'lat_0', 'lon_0'));
method(['bonne'], (v) => put('bonne', ['lat_1', 'lon_0'], v, { lat_1: v.lat_1 ?? v.lat_0 ?? 0 }));
method(['geostationary_satellite', 'geostationary_satellite_sweep_y'], (v) =>
  v.h ? `${put('geos', ['lon_0', 'h'], v)} +sweep=y` : null,
);
method(['geostationary_satellite_sweep_x'], (v) => (v.h ? `${put('geos', ['lon_0', 'h'], v)} +sweep=x` : null));

function polarStereographic(v: Values): string {
  const stated = v.lat_1 ?? v.lat_0 ?? 90;
  const pole = stated < 0 ? -90 : 90;
  return Math.abs(Math.abs(stated) - 90) < 1e-9
    ? put('stere', ['lat_0', 'lon_0', 'k_0'], v, { lat_0: pole })
    : put('stere', ['lat_0', 'lat_ts', 'lon_0'], v, { lat_0: pole, lat_ts: stated });
}

function obliqueMercator(v: Values, variant: string): string {
  const alpha = v.alpha ?? 90;
  const gamma = v.gamma ?? alpha;
  // Swiss: the azimuth of 90° makes omerc's formulas divide by zero; it has a projection of its own.
  if (alpha === 90 && gamma === 90) return put('somerc', ['lat_0', 'lon_0', 'k_0'], v);
  const named = put('omerc', ['lat_0', 'lonc', 'alpha', 'gamma', 'k_0'], v, { lonc: v.lon_0 ?? 0, alpha, gamma });
  return named.replace('+proj=omerc', `+proj=omerc${variant}`);
}

const METRE_UNITS = ['LENGTHUNIT', 'UNIT'];
const ANGLE_UNITS = ['ANGLEUNIT', 'UNIT'];
const DEGREE = Math.PI / 180;

/**
 * The proj4 definition of a PROJCS/PROJCRS or GEOGCS/GEOGCRS node, easting first whatever its AXIS order; null where the projection
 * isn't one that proj4js has, or a number is missing.
 */
export function definitionOf(node: WktNode): PlainDefinition | null {
  const projected = node.keyword.startsWith('PROJ');
  const base = projected ? child(node, 'GEOGCS', 'BASEGEOGCRS', 'BASEGEODCRS') : node;
  const datum = base && child(base, 'DATUM', 'ENSEMBLE', 'GEODETICDATUM', 'TRF');
  const ellipsoid = datum && child(datum, 'SPHEROID', 'ELLIPSOID');
  if (!base || !datum || !ellipsoid) return null;
  const [, majorStated, inverse] = ellipsoid.values;
  const semiMajorMetres = Number(majorStated) * (unitOf(ellipsoid, METRE_UNITS) ?? 1);
  if (!(semiMajorMetres > 0) || typeof inverse !== 'number') return null;
  const semiMinorMetres = inverse === 0 ? semiMajorMetres : semiMajorMetres * (1 - 1 / inverse);
  const meridian = child(base, 'PRIMEM', 'PRIMEMERIDIAN');
  const meridianDeg =
    (Number(meridian?.values[1] ?? 0) * ((meridian && unitOf(meridian, ['ANGLEUNIT', 'UNIT'])) ?? DEGREE)) / DEGREE;
  const angle = unitOf(base, ANGLE_UNITS) ?? axisUnit(base, ANGLE_UNITS) ?? DEGREE;
  const unitMetres = projected ? (unitOf(node, METRE_UNITS) ?? axisUnit(node, METRE_UNITS) ?? 1) : 1;
  const plane = projected
    ? projection(node, angle, unitMetres)
    : Math.abs(angle / DEGREE - 1) < 1e-9
      ? '+proj=longlat'
      : null;
  if (!plane) return null;
  const shape = / \+a=/.test(plane)
    ? ''
    : ` +a=${semiMajorMetres} +${inverse === 0 ? `b=${semiMajorMetres}` : `rf=${inverse}`}`;
  const prime = Math.abs(meridianDeg) > 1e-12 ? ` +pm=${meridianDeg}` : '';
  const unit = unitMetres === 1 ? '' : ` +to_meter=${unitMetres}`;
  const towgs84 = child(datum, 'TOWGS84') ?? child(base, 'TOWGS84');
  return {
    proj4: `${plane}${shape}${prime}${unit}`,
    datum: {
      name: String(datum.values[0] ?? ''),
      geographicName: String(base.values[0] ?? ''),
      geographicCode: codeOf(base),
      shift: towgs84 ? towgs84.values.map(Number).join(',') : null,
    },
    semiMajorMetres,
    semiMinorMetres,
    unitMetres,
  };
}

function projection(node: WktNode, baseAngle: number, unitMetres: number): string | null {
  const conversion = child(node, 'CONVERSION');
  const holder = conversion ?? node;
  const name = child(holder, 'METHOD', 'PROJECTION')?.values[0];
  if (typeof name !== 'string') return null;
  const values: Values = {};
  for (const parameter of holder.children.filter(({ keyword }) => keyword === 'PARAMETER')) {
    const key = PARAMETERS[normal(String(parameter.values[0]))];
    const value = Number(parameter.values[1]);
    if (!key || !Number.isFinite(value)) continue;
    const isAngle = !['x_0', 'y_0', 'k_0', 'h'].includes(key);
    const factor =
      key === 'k_0'
        ? 1
        : isAngle
          ? (unitOf(parameter, ANGLE_UNITS) ?? baseAngle) / DEGREE
          : (unitOf(parameter, METRE_UNITS) ?? (conversion ? 1 : unitMetres));
    // Degrees stay as written: a factor of one in floating point isn't always one.
    values[key] = Math.abs(factor - 1) < 1e-12 ? value : value * factor;
  }
  return METHODS[normal(name)]?.(values) ?? null;
}

const normal = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');

function child(node: WktNode, ...keywords: string[]): WktNode | null {
  return node.children.find(({ keyword }) => keywords.includes(keyword)) ?? null;
}

function unitOf(node: WktNode, keywords: readonly string[]): number | null {
  const factor = child(node, ...keywords)?.values[1];
  return typeof factor === 'number' && factor > 0 ? factor : null;
}

/** WKT 2 may give the unit with each axis. */
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
