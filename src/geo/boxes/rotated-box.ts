import type { PixelWindow, Point, Quad, RotatedBox } from '../types.ts';
import { doubleSignedArea, intersectConvex } from './convex.ts';

/**
 * Corners in `Quad` order: (−w/2,−h/2), (+w/2,−h/2), (+w/2,+h/2), (−w/2,+h/2) in the box's own frame; clockwise on
 * screen.
 */
export function cornersOf(box: RotatedBox): Quad {
  const theta = (box.thetaDeg * Math.PI) / 180;
  const cos = Math.cos(theta);
  const sin = Math.sin(theta);
  const corner = (u: number, v: number) => [box.cx + u * cos - v * sin, box.cy + u * sin + v * cos] as const;
  const halfW = box.w / 2;
  const halfH = box.h / 2;
  return [corner(-halfW, -halfH), corner(halfW, -halfH), corner(halfW, halfH), corner(-halfW, halfH)];
}

/**
 * The box with these corners. Corner 0→1 is the w axis. If the points aren't quite a rectangle (rounded, or mapped by
 * an affine), opposite sides are averaged. θ is in [0,180).
 */
export function boxFromCorners(quad: Quad): RotatedBox {
  const [p0, p1, p2, p3] = quad;
  const wx = (p1[0] - p0[0] + p2[0] - p3[0]) / 2;
  const wy = (p1[1] - p0[1] + p2[1] - p3[1]) / 2;
  const hx = (p3[0] - p0[0] + p2[0] - p1[0]) / 2;
  const hy = (p3[1] - p0[1] + p2[1] - p1[1]) / 2;
  return {
    cx: (p0[0] + p1[0] + p2[0] + p3[0]) / 4,
    cy: (p0[1] + p1[1] + p2[1] + p3[1]) / 4,
    w: Math.hypot(wx, wy),
    h: Math.hypot(hx, hy),
    thetaDeg: normaliseTheta((Math.atan2(wy, wx) * 180) / Math.PI),
  };
}

/** The box that a map of the plane makes of this one; see `boxFromCorners` for maps that don't keep right angles. */
export function mapBox(box: RotatedBox, map: (point: Point) => Point): RotatedBox {
  const [a, b, c, d] = cornersOf(box);
  return boxFromCorners([map(a), map(b), map(c), map(d)]);
}

/** Degrees into [0,180): a rectangle turned by 180° is the same rectangle. */
export function normaliseTheta(thetaDeg: number): number {
  const wrapped = ((thetaDeg % 180) + 180) % 180;
  // −1e-17 + 180 rounds to 180.
  return wrapped >= 180 ? 0 : wrapped;
}

/** The smallest axis-aligned window around the corners. */
export function hullOf(quad: Quad): PixelWindow {
  const xs = quad.map((p) => p[0]);
  const ys = quad.map((p) => p[1]);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** Area in square pixels; 0 for a degenerate box. */
export function areaOf(quad: Quad): number {
  return Math.abs(doubleSignedArea(quad)) / 2;
}

/** Area shared by two convex quads, in square pixels. */
function intersectionArea(a: Quad, b: Quad): number {
  return Math.abs(doubleSignedArea(intersectConvex(a, b))) / 2;
}

/** Intersection over union of two rotated boxes, 0…1; 0 if either has no area. */
export function rotatedIou(a: Quad, b: Quad): number {
  const shared = intersectionArea(a, b);
  const union = areaOf(a) + areaOf(b) - shared;
  return shared > 0 && union > 0 ? Math.min(1, shared / union) : 0;
}

/** Intersection over the smaller of the two areas, 0…1; 1 if one box lies inside the other. */
export function intersectionOverSmaller(a: Quad, b: Quad): number {
  const shared = intersectionArea(a, b);
  const smaller = Math.min(areaOf(a), areaOf(b));
  return shared > 0 && smaller > 0 ? Math.min(1, shared / smaller) : 0;
}

/** IoU of two boxes, 0…1. */
export function overlapOf(a: RotatedBox, b: RotatedBox): number {
  const reach = (Math.hypot(a.w, a.h) + Math.hypot(b.w, b.h)) / 2;
  if (Math.hypot(a.cx - b.cx, a.cy - b.cy) >= reach) return 0;
  return rotatedIou(cornersOf(a), cornersOf(b));
}
