import type { GeodesicClass } from 'geographiclib-geodesic';
import proj4 from 'proj4';
import { Geodesic } from './geodesic.ts';

/**
 * Corrections to proj4js 2.22. Each gap was found by comparing every projection with PROJ (cli/crs-table):
 * - geos, krovak and tpers ignore the false origin (x_0, y_0); so do sinu, eck6 and (at the equator) stere in the
 * forward direction.
 * - gnom and ortho use a sphere with the semi-major axis: up to 2 km off at 3° from the centre.
 * - mill and vandg do the same, while PROJ and GDAL use the sphere of equal area (+R_A): 4.5 km off at 40° north.
 * - tmerc fails on a sphere, as does the inverse of its approximate form.
 * We register corrected versions through proj4js's own interface. Remove a correction when proj4js has it.
 */
interface XY {
  x: number;
  y: number;
}
/** A projection as proj4js stores it: radians in, metres out. `this` holds the definition's parameters. */
interface Projection {
  names: string[];
  init?(this: Parameters): void;
  forward(this: Parameters, p: XY): XY;
  inverse(this: Parameters, p: XY): XY;
}
interface Parameters {
  a: number;
  b: number;
  es: number;
  x0?: number;
  y0?: number;
  lat0?: number;
  long0?: number;
  k0?: number;
  geodesic?: GeodesicClass;
}

const registry = (
  proj4 as unknown as { Proj: { projections: { get(name: string): Projection; add(projection: Projection): void } } }
).Proj.projections;
const DEGREE = Math.PI / 180;
/** Radians; proj4js's own tolerance. */
const EQUATOR = 1e-10;
const NOWHERE: XY = { x: Number.NaN, y: Number.NaN };

let added = false;

/** Call before the first definition is read. Later calls do nothing. */
export function addProjections(): void {
  if (added) return;
  added = true;
  for (const name of ['geos', 'tpers']) registry.add(withFalseOrigin(registry.get(name), 1));
  // PROJ's false origin for Krovak is positive to the south and west.
  registry.add(withFalseOrigin(registry.get('krovak'), -1));
  for (const name of ['sinu', 'eck6', 'stere']) registry.add(withFalseOriginForward(registry.get(name)));
  for (const name of ['mill', 'vandg']) registry.add(onAuthalicSphere(registry.get(name)));
  registry.add(onSpheresToo(registry.get('tmerc')));
  registry.add(ellipsoidal(registry.get('gnom'), gnomonic));
  registry.add(ellipsoidal(registry.get('ortho'), orthographic));
}

function withFalseOrigin(base: Projection, sign: 1 | -1): Projection {
  return {
    ...base,
    forward(p) {
      const { x, y } = base.forward.call(this, p);
      return { x: x + sign * (this.x0 ?? 0), y: y + sign * (this.y0 ?? 0) };
    },
    inverse(p) {
      return base.inverse.call(this, { x: p.x - sign * (this.x0 ?? 0), y: p.y - sign * (this.y0 ?? 0) });
    },
  };
}

function withFalseOriginForward(base: Projection): Projection {
  return {
    ...base,
    forward(p) {
      const { x, y } = base.forward.call(this, p);
      const isStereographic = base.names.includes('stere');
      if (isStereographic && !(this.es > 0 && Math.abs(Math.sin(this.lat0 ?? 0)) < EQUATOR)) return { x, y };
      return { x: isStereographic ? x : x + (this.x0 ?? 0), y: y + (this.y0 ?? 0) };
    },
  };
}

/** Keeps latitudes and uses the radius of the sphere of equal area. */
function onAuthalicSphere(base: Projection): Projection {
  return {
    ...base,
    init() {
      const es = 1 - (this.b / this.a) ** 2;
      const e = Math.sqrt(es);
      if (es > 0) this.a *= Math.sqrt((1 + ((1 - es) / (2 * e)) * Math.log((1 + e) / (1 - e))) / 2);
      base.init?.call(this);
    },
  };
}

/** The transverse Mercator with its closed formulas for a sphere (Snyder 1987, page 58). */
function onSpheresToo(base: Projection): Projection {
  const radiusOf = (p: Parameters) => p.a * (p.k0 ?? 1);
  return {
    ...base,
    init() {
      if (this.es > 0) base.init?.call(this);
      else Object.assign(this, { forward: sphereForward, inverse: sphereInverse });
    },
  };
  function sphereForward(this: Parameters, p: XY): XY {
    const turn = p.x - (this.long0 ?? 0);
    const along = Math.atan2(Math.tan(p.y), Math.cos(turn)) - (this.lat0 ?? 0);
    const across = Math.atanh(Math.cos(p.y) * Math.sin(turn));
    return { x: (this.x0 ?? 0) + radiusOf(this) * across, y: (this.y0 ?? 0) + radiusOf(this) * along };
  }
  function sphereInverse(this: Parameters, p: XY): XY {
    const across = (p.x - (this.x0 ?? 0)) / radiusOf(this);
    const along = (p.y - (this.y0 ?? 0)) / radiusOf(this) + (this.lat0 ?? 0);
    const lon = Math.atan2(Math.sinh(across), Math.cos(along));
    return { x: lon + (this.long0 ?? 0), y: Math.asin(Math.sin(along) / Math.cosh(across)) };
  }
}

/** A place in radians (longitude from the central meridian) → plane coordinates from the centre, in metres. */
type Forward = (parameters: Parameters, deltaLon: number, lat: number) => XY;

function ellipsoidal(sphere: Projection, forward: Forward): Projection {
  return {
    ...sphere,
    forward(p) {
      if (!(this.es > 0)) return sphere.forward.call(this, p);
      const turn = p.x - (this.long0 ?? 0);
      const { x, y } = forward(this, turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI)), p.y);
      return { x: x + (this.x0 ?? 0), y: y + (this.y0 ?? 0) };
    },
    inverse(p) {
      const start = sphere.inverse.call(this, { ...p });
      if (!(this.es > 0)) return start;
      const wanted = { x: p.x - (this.x0 ?? 0), y: p.y - (this.y0 ?? 0) };
      const found = solve((lon, lat) => forward(this, lon, lat), wanted, {
        x: start.x - (this.long0 ?? 0),
        y: start.y,
      });
      return { x: found.x + (this.long0 ?? 0), y: found.y };
    },
  };
}

const STEP = 1e-6;
const CLOSE_METRES = 1e-6;
const MAX_STEPS = 12;

/** Newton's method in two variables with a numerical Jacobian; NaN if it doesn't converge. */
function solve(forward: (lon: number, lat: number) => XY, wanted: XY, start: XY): XY {
  let { x: lon, y: lat } = start;
  for (let step = 0; step < MAX_STEPS; step++) {
    const here = forward(lon, lat);
    const [dx, dy] = [wanted.x - here.x, wanted.y - here.y];
    if (Math.hypot(dx, dy) < CLOSE_METRES) return { x: lon, y: lat };
    // At a pole, longitude has no effect; one step away from the pole both coordinates do.
    const inward = lat > 0 ? -STEP : STEP;
    const east = forward(lon + STEP, lat);
    const north = forward(lon, lat + inward);
    const [a, c] = [(east.x - here.x) / STEP, (east.y - here.y) / STEP];
    const [b, d] = [(north.x - here.x) / inward, (north.y - here.y) / inward];
    const determinant = a * d - b * c;
    if (!(Math.abs(determinant) > 0)) break;
    lon += (d * dx - b * dy) / determinant;
    lat = Math.max(-Math.PI / 2, Math.min(Math.PI / 2, lat + (a * dy - c * dx) / determinant));
  }
  return NOWHERE;
}

/** EPSG guidance note 7-2, method 9840: the Earth seen from infinitely far above the centre point. */
function orthographic(p: Parameters, deltaLon: number, lat: number): XY {
  const lat0 = p.lat0 ?? 0;
  const [sin, cos, sin0, cos0] = [Math.sin(lat), Math.cos(lat), Math.sin(lat0), Math.cos(lat0)];
  if (sin * sin0 + cos * cos0 * Math.cos(deltaLon) < 0) return NOWHERE;
  const nu = p.a / Math.sqrt(1 - p.es * sin * sin);
  const nu0 = p.a / Math.sqrt(1 - p.es * sin0 * sin0);
  return {
    x: nu * cos * Math.sin(deltaLon),
    y: nu * (sin * cos0 - cos * sin0 * Math.cos(deltaLon)) + p.es * (nu0 * sin0 - nu * sin) * cos0,
  };
}

/**
 * Karney, Algorithms for geodesics (2013), section 8: distance m₁₂ / M₁₂ from the centre, along the geodesic's azimuth.
 */
function gnomonic(p: Parameters, deltaLon: number, lat: number): XY {
  p.geodesic ??= new Geodesic.Geodesic(p.a, 1 - p.b / p.a);
  const mask = Geodesic.AZIMUTH | Geodesic.REDUCEDLENGTH | Geodesic.GEODESICSCALE;
  const line = p.geodesic.Inverse((p.lat0 ?? 0) / DEGREE, 0, lat / DEGREE, deltaLon / DEGREE, mask);
  const { azi1 = Number.NaN, m12 = Number.NaN, M12 = Number.NaN } = line;
  if (!(M12 > 0)) return NOWHERE;
  const rho = m12 / M12;
  return { x: rho * Math.sin(azi1 * DEGREE), y: rho * Math.cos(azi1 * DEGREE) };
}
