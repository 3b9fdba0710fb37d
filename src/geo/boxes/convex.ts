import type { Point } from '../types.ts';

/** Twice the signed area of an open ring; positive when clockwise on screen (y down), which is counter-clockwise with y up. */
export function doubleSignedArea(ring: readonly Point[]): number {
  let sum = 0;
  for (let i = 0; i < ring.length; i++) {
    const [x0, y0] = ring[i]!;
    const [x1, y1] = ring[(i + 1) % ring.length]!;
    sum += x0 * y1 - x1 * y0;
  }
  return sum;
}

/** The part of the polygon `ring` where a·x + b·y + c ≥ 0 (Sutherland–Hodgman, one edge). Open rings. */
export function clipHalfPlane(ring: readonly Point[], a: number, b: number, c: number): Point[] {
  const kept: Point[] = [];
  for (let i = 0; i < ring.length; i++) {
    const p = ring[i]!;
    const q = ring[(i + 1) % ring.length]!;
    const dp = a * p[0] + b * p[1] + c;
    const dq = a * q[0] + b * q[1] + c;
    if (dp >= 0) kept.push(p);
    if (dp >= 0 !== dq >= 0) {
      const t = dp / (dp - dq);
      kept.push([p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])]);
    }
  }
  return kept;
}

/** Intersection of two convex open rings of either orientation; empty if they don't overlap. */
export function intersectConvex(subject: readonly Point[], clip: readonly Point[]): Point[] {
  const inside = doubleSignedArea(clip) >= 0 ? 1 : -1;
  let ring: Point[] = [...subject];
  for (let i = 0; i < clip.length && ring.length > 0; i++) {
    const [x0, y0] = clip[i]!;
    const [x1, y1] = clip[(i + 1) % clip.length]!;
    const a = inside * (y0 - y1);
    const b = inside * (x1 - x0);
    ring = clipHalfPlane(ring, a, b, -(a * x0 + b * y0));
  }
  return ring;
}

/**
 * Smallest convex open ring around the points, without points on its edges; fewer than three points if they lie on a
 * line.
 */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  // Andrew's monotone chain: one chain in sorted order, one in reverse.
  const there = chain(sorted);
  const back = chain(sorted.reverse());
  const hull = [...there.slice(0, -1), ...back.slice(0, -1)];
  return hull.length >= 3 ? hull : there;
}

function chain(sorted: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const p of sorted) {
    while (kept.length >= 2 && turn(kept[kept.length - 2]!, kept[kept.length - 1]!, p) <= 0) kept.pop();
    kept.push(p);
  }
  return kept;
}

/** Positive if a → b → c turns clockwise on screen. */
function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}
