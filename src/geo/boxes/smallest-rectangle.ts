import type { Point, RotatedBox } from '../types.ts';
import { convexHull } from './convex.ts';
import { normaliseTheta } from './rotated-box.ts';

/** Areas and angles closer than this (relative, degrees) are equal, so that rounding doesn't decide. */
const SAME = 1e-6;

/**
 * The rectangle of least area around some points, in their units; null if they don't span an area. A rectangle has four
 * equivalent descriptions: this takes the one whose w axis is nearest to `nearDeg`, mod 180 (of two at 45°, the
 * clockwise one). The same rule chooses between rectangles of equal area.
 */
export function smallestRectangle(points: readonly Point[], nearDeg = 0): RotatedBox | null {
  const hull = convexHull(points);
  if (hull.length < 3) return null;
  // One side of the smallest rectangle lies along an edge of the hull.
  const candidates = hull.map(([x0, y0], i) => {
    const [x1, y1] = hull[(i + 1) % hull.length]!;
    const turnDeg = quarterTurn((Math.atan2(y1 - y0, x1 - x0) * 180) / Math.PI - nearDeg);
    const box = rectangleAt(hull, nearDeg + turnDeg);
    return { box, turnDeg, area: box.w * box.h };
  });
  const least = Math.min(...candidates.map(({ area }) => area)) * (1 + SAME);
  const [nearest] = candidates
    .filter(({ area }) => area <= least)
    .sort((a, b) => {
      const closer = Math.abs(a.turnDeg) - Math.abs(b.turnDeg);
      return Math.abs(closer) > SAME ? closer : b.turnDeg - a.turnDeg;
    });
  // No candidate if a coordinate is NaN.
  return nearest?.box ?? null;
}

/** Degrees into (−45,45]: a rectangle's axes repeat every quarter turn. */
function quarterTurn(deg: number): number {
  const turn = deg - 90 * Math.round(deg / 90);
  return turn <= -45 + SAME ? turn + 90 : turn;
}

/** The rectangle around the points whose w axis lies at this angle. */
function rectangleAt(points: readonly Point[], thetaDeg: number): RotatedBox {
  const theta = (thetaDeg * Math.PI) / 180;
  const cos = Math.cos(theta);
  const sin = Math.sin(theta);
  let [minU, maxU, minV, maxV] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [x, y] of points) {
    const u = x * cos + y * sin;
    const v = y * cos - x * sin;
    minU = Math.min(minU, u);
    maxU = Math.max(maxU, u);
    minV = Math.min(minV, v);
    maxV = Math.max(maxV, v);
  }
  const u = (minU + maxU) / 2;
  const v = (minV + maxV) / 2;
  return {
    cx: u * cos - v * sin,
    cy: u * sin + v * cos,
    w: maxU - minU,
    h: maxV - minV,
    thetaDeg: normaliseTheta(thetaDeg),
  };
}
