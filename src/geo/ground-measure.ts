import { Geodesic } from './geodesic.ts';
import type { Point } from './types.ts';

/** Lengths and areas on the WGS 84 ellipsoid by GeographicLib (Karney, 2013); points are [lonDeg, latDeg]. */

/** Sum of the geodesics between neighbouring points; 0 for fewer than two. */
export function pathLengthMetres(path: readonly Point[]): number {
  let metres = 0;
  for (let i = 1; i < path.length; i++) {
    const [a, b] = [path[i - 1]!, path[i]!];
    metres += Geodesic.WGS84.Inverse(a[1], a[0], b[1], b[0]).s12 ?? Number.NaN;
  }
  return metres;
}

/** Area within the ring's geodesic edges, ≥ 0, whichever way round it goes; 0 for fewer than three points. Open or closed ring. */
export function ringAreaSquareMetres(ring: readonly Point[]): number {
  if (ring.length < 3) return 0;
  const polygon = Geodesic.WGS84.Polygon(false);
  for (const [lonDeg, latDeg] of ring) polygon.AddPoint(latDeg, lonDeg);
  return Math.abs(polygon.Compute(false, true).area ?? Number.NaN);
}
