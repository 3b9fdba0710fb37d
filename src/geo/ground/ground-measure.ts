import type { Point } from '../types.ts';
import { Geodesic } from './geodesic.ts';

/** Lengths and areas on the WGS 84 ellipsoid, by GeographicLib (Karney, 2013). Points are [lonDeg, latDeg]. */

/** Sum of the geodesics between consecutive points; 0 for fewer than two. */
export function pathLengthMetres(path: readonly Point[]): number {
  let metres = 0;
  for (let i = 1; i < path.length; i++) {
    const [a, b] = [path[i - 1]!, path[i]!];
    metres += Geodesic.WGS84.Inverse(a[1], a[0], b[1], b[0]).s12 ?? Number.NaN;
  }
  return metres;
}

/**
 * Area inside the ring's geodesic edges, ≥ 0 for either orientation; 0 for fewer than three points. The ring may be
 * open or closed.
 */
export function ringAreaSquareMetres(ring: readonly Point[]): number {
  if (ring.length < 3) return 0;
  const polygon = Geodesic.WGS84.Polygon(false);
  for (const [lonDeg, latDeg] of ring) polygon.AddPoint(latDeg, lonDeg);
  return Math.abs(polygon.Compute(false, true).area ?? Number.NaN);
}
