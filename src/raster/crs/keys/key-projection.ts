import { isRefusal, type Parameter, planeOf, type Refusal, type Values } from '../conversion.ts';
import type { GeoKeys } from './geo-keys.ts';

/** The projection that the GeoKeys describe. */
export interface KeyProjection {
  /** `+proj=…` with its parameters. The false origin is in metres. */
  plane: string;
  notes: string[];
}

interface Transformation {
  /** The code's name in GeoTIFF. */
  name: string;
  /** The method's name in conversion.ts; null if Nadir has no formulas for it. */
  method: string | null;
}

/** ProjCoordTransGeoKey: GeoTIFF 1.0 section 6.3.3.3, and libgeotiff's 28 and 9815. */
const TRANSFORMATIONS: Record<number, Transformation> = {
  1: { name: 'Transverse Mercator', method: 'transverse_mercator' },
  2: { name: 'Transverse Mercator, modified for Alaska', method: null },
  3: { name: 'Oblique Mercator', method: 'hotine_oblique_mercator' },
  4: { name: 'Oblique Mercator by Laborde', method: null },
  5: { name: 'Oblique Mercator by Rosenmund', method: 'swiss_oblique_cylindrical' },
  6: { name: 'Oblique Mercator, spherical', method: null },
  7: { name: 'Mercator', method: 'mercator' },
  8: { name: 'Lambert Conformal Conic with two parallels', method: 'lambert_conformal_conic_2sp' },
  9: { name: 'Lambert Conformal Conic with one parallel', method: 'lambert_conformal_conic_1sp' },
  10: { name: 'Lambert Azimuthal Equal Area', method: 'lambert_azimuthal_equal_area' },
  11: { name: 'Albers Equal Area', method: 'albers' },
  12: { name: 'Azimuthal Equidistant', method: 'azimuthal_equidistant' },
  13: { name: 'Equidistant Conic', method: 'equidistant_conic' },
  14: { name: 'Stereographic', method: 'stereographic' },
  15: { name: 'Polar Stereographic', method: 'polar_stereographic' },
  16: { name: 'Oblique Stereographic', method: 'oblique_stereographic' },
  17: { name: 'Equirectangular', method: 'equirectangular' },
  18: { name: 'Cassini-Soldner', method: 'cassini_soldner' },
  19: { name: 'Gnomonic', method: 'gnomonic' },
  20: { name: 'Miller Cylindrical', method: 'miller_cylindrical' },
  21: { name: 'Orthographic', method: 'orthographic' },
  22: { name: 'Polyconic', method: 'polyconic' },
  23: { name: 'Robinson', method: 'robinson' },
  24: { name: 'Sinusoidal', method: 'sinusoidal' },
  25: { name: 'Van der Grinten', method: 'van_der_grinten' },
  26: { name: 'New Zealand Map Grid', method: 'new_zealand_map_grid' },
  27: { name: 'Transverse Mercator (South Orientated)', method: 'transverse_mercator_south_orientated' },
  28: { name: 'Cylindrical Equal Area', method: 'cylindrical_equal_area' },
  9815: { name: 'Oblique Mercator (azimuth at centre)', method: 'hotine_oblique_mercator_azimuth_center' },
};

/** Writers use different keys for the same parameter. The first one present is used, as in libgeotiff. */
const SPELLINGS: Partial<Record<Parameter, readonly string[]>> = {
  lon_0: ['ProjStraightVertPoleLong', 'ProjNatOriginLong', 'ProjFalseOriginLong', 'ProjCenterLong'],
  lat_0: ['ProjNatOriginLat', 'ProjFalseOriginLat', 'ProjCenterLat'],
  lat_1: ['ProjStdParallel1'],
  lat_2: ['ProjStdParallel2'],
  k_0: ['ProjScaleAtNatOrigin', 'ProjScaleAtCenter'],
  alpha: ['ProjAzimuthAngle'],
  gamma: ['ProjRectifiedGridAngle'],
  x_0: ['ProjFalseEasting', 'ProjCenterEasting', 'ProjFalseOriginEasting'],
  y_0: ['ProjFalseNorthing', 'ProjCenterNorthing', 'ProjFalseOriginNorthing'],
};

/**
 * The projection that ProjCoordTransGeoKey and its parameters describe; null if the keys name no method. Angles are in
 * the file's angular unit (`degreesPerUnit`), false eastings and northings in its linear unit (`metresPerUnit`).
 */
export function readProjection(
  keys: GeoKeys,
  degreesPerUnit: number,
  metresPerUnit: number,
): KeyProjection | Refusal | null {
  const code = keys.number('ProjCoordTransGeoKey');
  if (!code) return null;
  const transformation = TRANSFORMATIONS[code];
  if (!transformation?.method) {
    return {
      refused: `Nadir has no formulas for the projection “${transformation?.name ?? `ProjCoordTrans ${code}`}”.`,
    };
  }
  const notes: string[] = [];
  const values = readParameters(keys, degreesPerUnit, metresPerUnit, notes);
  const plane = planeOf(transformation.method, adjustForMethod(code, values, notes));
  return isRefusal(plane) ? plane : { plane, notes };
}

function readParameters(keys: GeoKeys, degreesPerUnit: number, metresPerUnit: number, notes: string[]): Values {
  const values: Values = {};
  for (const [parameter, spellings] of Object.entries(SPELLINGS) as [Parameter, readonly string[]][]) {
    const stated = spellings.flatMap((name) => {
      const value = keys.number(`${name}GeoKey`);
      return value === null ? [] : [{ name, value }];
    });
    const [first, ...others] = stated;
    if (!first) continue;
    const other = others.find(({ value }) => value !== first.value);
    if (other) {
      notes.push(
        `The file states its projection twice: ${first.name} ${first.value} and ${other.name} ${other.value}. Nadir uses the first, as GDAL does.`,
      );
    }
    const isLength = parameter === 'x_0' || parameter === 'y_0';
    values[parameter] = parameter === 'k_0' ? first.value : first.value * (isLength ? metresPerUnit : degreesPerUnit);
  }
  return values;
}

/** The parameters adjusted to what the method's formulas expect. */
function adjustForMethod(code: number, values: Values, notes: string[]): Values {
  // GeoTIFF 1.0's oblique Mercator has no rectified grid angle. libgeotiff assumes a right angle.
  if (code === 3 && values.gamma === undefined) {
    notes.push('The file’s oblique Mercator states no rectified grid angle. Nadir assumes 90°, as GDAL does.');
    return { ...values, gamma: 90 };
  }
  // A Mercator projection with a standard parallel needs no scale. Some writers give both, with a scale of 1.
  if (code === 9 && values.lat_0 === undefined && values.lat_1 !== undefined) return { ...values, lat_0: values.lat_1 };
  return values;
}
