/**
 * Map projections by their names in WKT 1 (OGC and ESRI), WKT 2 and EPSG, as proj4 definitions. GeoKeys and WKT both
 * use this table, so each method is written once. Source: EPSG guidance note 7-2 and GeoTIFF 1.1, annex on projections.
 */

/**
 * Projection parameters by their proj4 names. Angles are in degrees; x_0, y_0 and h in metres; k_0, x_scale and y_scale
 * are factors.
 */
export type Parameter =
  | 'lat_0'
  | 'lon_0'
  | 'lat_false'
  | 'lat_1'
  | 'lat_2'
  | 'k_0'
  | 'x_0'
  | 'y_0'
  | 'alpha'
  | 'gamma'
  | 'h'
  | 'pseudo'
  | 'x_scale'
  | 'y_scale'
  | 'sphere_type';
export type Values = Partial<Record<Parameter, number>>;

/** Why a CRS has no definition, as a whole sentence for the user. */
export interface Refusal {
  refused: string;
}
export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'refused' in value;
const refuse = (refused: string): Refusal => ({ refused });

const TITLES: Record<Parameter, string> = {
  lat_0: 'latitude of origin',
  lat_false: 'latitude of false origin',
  lon_0: 'central meridian',
  lat_1: 'first standard parallel',
  lat_2: 'second standard parallel',
  k_0: 'scale factor',
  x_0: 'false easting',
  y_0: 'false northing',
  alpha: 'azimuth',
  gamma: 'rectified grid angle',
  h: 'satellite height',
  pseudo: 'pseudo standard parallel',
  x_scale: 'X scale',
  y_scale: 'Y scale',
  sphere_type: 'auxiliary sphere type',
};

interface Method {
  /** Parameters that the method uses, apart from the false easting and northing. */
  takes: readonly Parameter[];
  /** The ones it can't do without. */
  needs: readonly Parameter[];
  write(values: Values): string | Refusal;
}

const METHODS = new Map<string, Method>();
function method(
  names: readonly string[],
  takes: readonly Parameter[],
  write: Method['write'],
  needs: readonly Parameter[] = [],
) {
  for (const name of names) METHODS.set(name, { takes, needs, write });
}

/** A factor of 1 changes nothing; nor does 0 for any other parameter. */
const isNeutral = (parameter: Parameter, value: number) =>
  value === (['k_0', 'x_scale', 'y_scale'].includes(parameter) ? 1 : 0);

/**
 * The proj4 definition of the plane (`+proj=… +x_0=… +y_0=…`), without ellipsoid, datum and units. Refuses by name: an
 * unknown method, a missing parameter, and a non-neutral parameter that the method doesn't use.
 */
export function planeOf(name: string, values: Values): string | Refusal {
  const found = METHODS.get(normalName(name));
  if (!found) return refuse(`Nadir has no formulas for the projection “${name.replaceAll('_', ' ')}”.`);
  const given = Object.entries(values) as [Parameter, number][];
  const unused = given.find(
    ([key, value]) => key !== 'x_0' && key !== 'y_0' && !found.takes.includes(key) && !isNeutral(key, value),
  );
  if (unused) {
    return refuse(
      `The projection “${name.replaceAll('_', ' ')}” has no ${TITLES[unused[0]]}, but the CRS states one (${unused[1]}).`,
    );
  }
  const missing = found.needs.find((key) => values[key] === undefined);
  if (missing) return refuse(`The projection “${name.replaceAll('_', ' ')}” lacks its ${TITLES[missing]}.`);
  if (values.k_0 !== undefined && !(values.k_0 > 0)) return refuse(`The scale factor ${values.k_0} is impossible.`);
  return found.write(values);
}

/**
 * Methods whose formulas are for a sphere of the ellipsoid's area. proj4js lacks the spherical form, and its
 * ellipsoidal formulas are up to 20 km off, so these methods are refused on an ellipsoid.
 */
export const isSpherical = (name: string) =>
  ['lambert_azimuthal_equal_area_spherical', 'lambert_cylindrical_equal_area_spherical'].includes(normalName(name));

/** "Lambert Conic Conformal (2SP)" and "Lambert_Conic_Conformal_2SP" are the same. */
export const normalName = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');

/** proj4js treats a parallel of 0 as missing. A parallel a hundredth of a millimetre off the equator avoids that. */
const parallel = (degrees: number | undefined) => (degrees === 0 ? 1e-10 : degrees);

function put(
  proj: string,
  keys: readonly string[],
  values: Values,
  fixed: Record<string, number | undefined> = {},
): string {
  const all: Record<string, number | undefined> = { ...values, ...fixed };
  const parts = [...keys, 'x_0', 'y_0'].map((key) => `+${key}=${all[key] ?? (key === 'k_0' ? 1 : 0)}`);
  return [`+proj=${proj}`, ...parts].join(' ');
}

/** A method whose parameters have the same names in proj4. */
function simple(names: readonly string[], proj: string, takes: readonly Parameter[], needs: readonly Parameter[] = []) {
  method(names, takes, (values) => put(proj, takes, values), needs);
}

simple(['transverse_mercator', 'gauss_kruger'], 'tmerc', ['lat_0', 'lon_0', 'k_0']);
method(
  ['transverse_mercator_south_orientated', 'transverse_mercator_south_oriented'],
  ['lat_0', 'lon_0', 'k_0'],
  // The false origin is given positive along the axes, west and south. proj4 adds it before it turns the axes.
  (v) =>
    `${put('tmerc', ['lat_0', 'lon_0', 'k_0'], v, { x_0: -(v.x_0 ?? 0) || 0, y_0: -(v.y_0 ?? 0) || 0 })} +axis=wsu`,
);
method(
  [
    'lambert_conformal_conic_2sp',
    'lambert_conic_conformal_2sp',
    'lambert_conformal_conic',
    'lambert_conformal_conic_1sp',
    'lambert_conic_conformal_1sp',
  ],
  ['lat_0', 'lon_0', 'lat_1', 'lat_2', 'k_0'],
  (v) => {
    if (v.lat_1 === undefined && v.lat_0 === undefined)
      return refuse('A conic projection states no standard parallel.');
    const lat1 = v.lat_1 ?? v.lat_0;
    const parallels = { lat_1: parallel(lat1), lat_2: parallel(v.lat_2), lat_0: v.lat_0 ?? lat1 };
    return v.lat_2 === undefined
      ? put('lcc', ['lat_1', 'lat_0', 'lon_0', 'k_0'], v, parallels)
      : put('lcc', ['lat_0', 'lon_0', 'lat_1', 'lat_2', 'k_0'], v, parallels);
  },
);
method(
  ['lambert_conic_conformal_1sp_variant_b'],
  ['lat_0', 'lat_false', 'lon_0', 'k_0'],
  (v) => put('lcc', ['lat_1', 'lat_0', 'lon_0', 'k_0'], v, { lat_1: parallel(v.lat_0), lat_0: v.lat_false }),
  ['lat_0', 'lat_false'],
);
function conic(names: readonly string[], proj: string) {
  method(
    names,
    ['lat_0', 'lon_0', 'lat_1', 'lat_2'],
    (v) => put(proj, ['lat_0', 'lon_0', 'lat_1', 'lat_2'], v, { lat_1: parallel(v.lat_1), lat_2: parallel(v.lat_2) }),
    ['lat_1', 'lat_2'],
  );
}
conic(['albers_conic_equal_area', 'albers_equal_area', 'albers'], 'aea');
conic(['equidistant_conic'], 'eqdc');
simple(['lambert_azimuthal_equal_area'], 'laea', ['lat_0', 'lon_0']);
simple(['lambert_azimuthal_equal_area_spherical'], 'laea', ['lat_0', 'lon_0']);
simple(['azimuthal_equidistant', 'modified_azimuthal_equidistant'], 'aeqd', ['lat_0', 'lon_0']);
simple(['cassini_soldner', 'cassini'], 'cass', ['lat_0', 'lon_0']);
method(
  ['mercator_1sp', 'mercator_variant_a', 'mercator', 'mercator_2sp', 'mercator_variant_b'],
  ['lon_0', 'k_0', 'lat_1'],
  (v) => {
    if (!v.lat_1) return put('merc', ['lon_0', 'k_0'], v);
    if ((v.k_0 ?? 1) !== 1) return refuse('A Mercator projection states both a standard parallel and a scale factor.');
    return put('merc', ['lat_ts', 'lon_0'], v, { lat_ts: v.lat_1 });
  },
);
method(
  ['popular_visualisation_pseudo_mercator', 'mercator_auxiliary_sphere'],
  ['lon_0', 'lat_1', 'sphere_type'],
  (v) => {
    if (v.lat_1) return refuse('Nadir doesn’t support a Web Mercator with a standard parallel.');
    return `${put('merc', ['lon_0'], v)} +a=6378137 +b=6378137 +nadgrids=@null`;
  },
);
method(
  [
    'polar_stereographic',
    'polar_stereographic_variant_a',
    'polar_stereographic_variant_b',
    'stereographic_north_pole',
    'stereographic_south_pole',
  ],
  ['lat_0', 'lat_1', 'lon_0', 'k_0'],
  polarStereographic,
);
simple(['oblique_stereographic', 'double_stereographic'], 'sterea', ['lat_0', 'lon_0', 'k_0']);
simple(['stereographic'], 'stere', ['lat_0', 'lon_0', 'k_0']);
method(
  ['equirectangular', 'equidistant_cylindrical', 'plate_carree', 'equidistant_cylindrical_spherical'],
  ['lat_1', 'lat_0', 'lon_0'],
  (v) => put('eqc', ['lat_ts', 'lat_0', 'lon_0'], v, { lat_ts: v.lat_1 }),
);
method(
  ['cylindrical_equal_area', 'lambert_cylindrical_equal_area', 'lambert_cylindrical_equal_area_spherical'],
  ['lat_1', 'lon_0'],
  (v) => put('cea', ['lat_ts', 'lon_0'], v, { lat_ts: v.lat_1 }),
);
/** The cylindrical equal-area projection with its standard parallel at 30°. */
method(['behrmann'], ['lat_1', 'lon_0'], (v) => put('cea', ['lat_ts', 'lon_0'], v, { lat_ts: v.lat_1 ?? 30 }));
method(
  [
    'hotine_oblique_mercator',
    'hotine_oblique_mercator_variant_a',
    'hotine_oblique_mercator_azimuth_natural_origin',
    'rectified_skew_orthomorphic_natural_origin',
  ],
  ['lat_0', 'lon_0', 'alpha', 'gamma', 'k_0'],
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
  ['lat_0', 'lon_0', 'alpha', 'gamma', 'k_0'],
  (v) => obliqueMercator(v, ''),
);
method(
  ['krovak', 'krovak_north_orientated'],
  ['lat_0', 'lon_0', 'alpha', 'k_0', 'pseudo', 'x_scale', 'y_scale', 'gamma'],
  krovak,
);
simple(['american_polyconic', 'polyconic'], 'poly', ['lat_0', 'lon_0']);
simple(['gnomonic'], 'gnom', ['lat_0', 'lon_0']);
simple(['orthographic'], 'ortho', ['lat_0', 'lon_0']);
/** These are always centred on the equator. */
for (const [names, proj] of [
  [['miller_cylindrical'], 'mill'],
  [['robinson'], 'robin'],
  [['sinusoidal'], 'sinu'],
  [['mollweide'], 'moll'],
  [['vandergrinten', 'van_der_grinten', 'van_der_grinten_i'], 'vandg'],
  [['eckert_vi'], 'eck6'],
  [['equal_earth'], 'eqearth'],
] as const) {
  method(names, ['lon_0'], (v) => put(proj, ['lon_0'], v));
}
simple(['new_zealand_map_grid'], 'nzmg', ['lat_0', 'lon_0']);
method(['bonne'], ['lat_1', 'lat_0', 'lon_0'], (v) =>
  put('bonne', ['lat_1', 'lon_0'], v, { lat_1: v.lat_1 ?? v.lat_0 }),
);
method(
  ['geostationary_satellite', 'geostationary_satellite_sweep_y'],
  ['lon_0', 'h'],
  (v) => `${put('geos', ['lon_0', 'h'], v)} +sweep=y`,
  ['h'],
);
method(['geostationary_satellite_sweep_x'], ['lon_0', 'h'], (v) => `${put('geos', ['lon_0', 'h'], v)} +sweep=x`, ['h']);

/**
 * Variant A gives the pole as latitude of origin and a scale factor there. Variant B gives a standard parallel, either
 * as such or in place of the latitude of origin.
 */
function polarStereographic(v: Values): string | Refusal {
  const isPole = (lat: number) => Math.abs(Math.abs(lat) - 90) < 1e-9;
  const origin = v.lat_0 || undefined;
  if (origin !== undefined && v.lat_1 !== undefined && !isPole(origin) && Math.abs(origin - v.lat_1) > 1e-9) {
    return refuse(`A polar stereographic projection states two latitudes of true scale, ${origin} and ${v.lat_1}.`);
  }
  const trueScale = v.lat_1 ?? origin;
  if (!trueScale) return refuse('A polar stereographic projection states neither its pole nor a standard parallel.');
  const pole = trueScale < 0 ? -90 : 90;
  if (origin !== undefined && origin * pole < 0) {
    return refuse('A polar stereographic projection has its pole and its standard parallel in different hemispheres.');
  }
  if (isPole(trueScale)) return put('stere', ['lat_0', 'lon_0', 'k_0'], v, { lat_0: pole });
  if ((v.k_0 ?? 1) !== 1) {
    return refuse(
      `A polar stereographic projection states both a standard parallel (${trueScale}) and a scale factor (${v.k_0}).`,
    );
  }
  return put('stere', ['lat_0', 'lat_ts', 'lon_0'], v, { lat_0: pole, lat_ts: trueScale });
}

function obliqueMercator(v: Values, variant: string): string {
  const alpha = v.alpha ?? 90;
  const gamma = v.gamma ?? alpha;
  // Swiss oblique Mercator: an azimuth of 90° makes omerc's formulas divide by zero, so it uses its own projection.
  if (alpha === 90 && gamma === 90) return put('somerc', ['lat_0', 'lon_0', 'k_0'], v);
  const named = put('omerc', ['lat_0', 'lonc', 'alpha', 'gamma', 'k_0'], v, { lonc: v.lon_0 ?? 0, alpha, gamma });
  return named.replace('+proj=omerc', `+proj=omerc${variant}`);
}

/** ESRI turns Krovak's axes by scales and a rotation. These two combinations mean east and north. */
function krovak(v: Values): string | Refusal {
  const turned = [v.x_scale ?? -1, v.y_scale ?? 1, v.gamma ?? 90].join();
  if (turned !== '-1,1,90') return refuse('Nadir supports Krovak only with axes that point east and north.');
  if (v.pseudo !== undefined && v.pseudo !== 78.5)
    return refuse(`Nadir doesn’t support Krovak with a pseudo standard parallel of ${v.pseudo}°.`);
  return put('krovak', ['lat_0', 'lon_0', 'alpha', 'k_0'], v);
}
