import type { Geotransform, Point } from '../types.ts';
import { applyGeotransform } from './affine.ts';
import { makeToLonLat } from './projection.ts';

/**
 * Ground sample distance at one pixel, in metres along the image's columns (`x`) and rows (`y`). It is the true
 * distance on the WGS 84 ellipsoid, so it is right for degrees and for Web Mercator's stretched metres. Null if the
 * pixel lies outside the projection's domain.
 */
export function gsdAt(
  geotransform: Geotransform,
  toLonLat: (x: number, y: number) => Point,
  col: number,
  row: number,
): { x: number; y: number } | null {
  const place = (c: number, r: number) => toLonLat(...applyGeotransform(geotransform, c, r));
  const x = groundDistanceMetres(place(col - 0.5, row), place(col + 0.5, row));
  const y = groundDistanceMetres(place(col, row - 0.5), place(col, row + 0.5));
  return Number.isFinite(x) && Number.isFinite(y) ? { x, y } : null;
}

/** The part of a georeference that the ground sample distance depends on. */
export interface Measured {
  geotransform: Geotransform;
  proj4: string | null;
  units: 'metre' | 'degree' | 'foot' | 'us-foot' | 'unknown';
}

/**
 * Metres per pixel at an image's centre, per axis: ground distance if the CRS converts to longitude and latitude, else
 * from the CRS's own units; null if neither is possible.
 */
export function gsdOfImage(placed: Measured, width: number, height: number): { x: number; y: number } | null {
  const g = placed.geotransform;
  const toLonLat = makeToLonLat(placed.proj4);
  const ground = toLonLat && gsdAt(g, toLonLat, width / 2, height / 2);
  if (ground) return ground;
  const metres = { metre: 1, foot: 0.3048, 'us-foot': 1200 / 3937, degree: null, unknown: null }[placed.units];
  return metres === null ? null : { x: Math.hypot(g[1], g[4]) * metres, y: Math.hypot(g[2], g[5]) * metres };
}

const SEMI_MAJOR_METRES = 6378137;
const ECCENTRICITY_2 = 0.00669437999014;

/**
 * Distance between two nearby lon/lat points, from the local radii of the WGS 84 ellipsoid; accurate to 1e-6 at pixel
 * size.
 */
export function groundDistanceMetres(a: Point, b: Point): number {
  const radians = Math.PI / 180;
  const lat = ((a[1] + b[1]) / 2) * radians;
  const w2 = 1 - ECCENTRICITY_2 * Math.sin(lat) ** 2;
  const meridian = (SEMI_MAJOR_METRES * (1 - ECCENTRICITY_2)) / w2 ** 1.5;
  const parallel = (SEMI_MAJOR_METRES / Math.sqrt(w2)) * Math.cos(lat);
  const turn = b[0] - a[0];
  const dLon = turn - 360 * Math.round(turn / 360);
  return Math.hypot(dLon * radians * parallel, (b[1] - a[1]) * radians * meridian);
}
