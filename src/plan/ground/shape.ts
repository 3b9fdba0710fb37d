import { ringArea } from '../../geo/boxes/rings.ts';
import { cornersOf } from '../../geo/boxes/rotated-box.ts';
import { smallestRectangle } from '../../geo/boxes/smallest-rectangle.ts';
import type { Point } from '../../geo/types.ts';
import type { EvidenceThing } from '../evidence.ts';
import { type Ground, toGround } from './ground.ts';

/** Open rings in source pixels; a point is inside if it lies in an odd number of them. */
export type Shape = readonly (readonly Point[])[];

/** A thing's outline, or its box where it has none. */
export function shapeOf({ rings, box }: Pick<EvidenceThing, 'rings' | 'box'>): Shape {
  const usable = rings?.filter((ring) => ring.length >= 3) ?? [];
  return usable.length > 0 ? usable : [cornersOf(box)];
}

export const hasOutline = (thing: Pick<EvidenceThing, 'rings'>): boolean =>
  thing.rings?.some((ring) => ring.length >= 3) ?? false;

/** In the ground's units; outlines are outer rings, whose areas add up. */
export function areaOf(thing: EvidenceThing, ground: Ground): number {
  return shapeOf(thing).reduce((sum, ring) => sum + ground.area(ring), 0);
}

export function perimeterOf(thing: EvidenceThing, ground: Ground): number {
  return shapeOf(thing).reduce((sum, ring) => sum + ground.length([...ring, ring[0]!]), 0);
}

/**
 * The longer side of the smallest rectangle around the thing on the ground. Of a line with an outline (a road, maybe
 * bent): the length of the straight ribbon with the outline's perimeter and area.
 */
export function lengthOf(thing: EvidenceThing, ground: Ground, isLine: boolean): number {
  const frame = ground.frameAt(thing.box.cx, thing.box.cy);
  const rings = shapeOf(thing).map((ring) => ring.map((p) => toGround(frame, p)));
  if (isLine && hasOutline(thing)) return rings.reduce((sum, ring) => sum + ribbonLength(ring), 0);
  const box = smallestRectangle(rings.flat());
  return box ? Math.max(box.w, box.h) : 0;
}

/** From perimeter P = 2(l + w) and area A = l·w. */
function ribbonLength(ring: readonly Point[]): number {
  const perimeter = ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length]!;
    return sum + Math.hypot(nextX - x, nextY - y);
  }, 0);
  // A disc has the least perimeter for its area; it is no ribbon, and the root would be of a negative number.
  return (perimeter + Math.sqrt(Math.max(0, perimeter ** 2 - 16 * ringArea(ring)))) / 4;
}

/** Whether the point lies inside, by the number of edges to its right; a point on a border belongs to one of two neighbours. */
export function isInside(shape: Shape, [x, y]: Point): boolean {
  let inside = false;
  for (const ring of shape) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi, yi] = ring[i]!;
      const [xj, yj] = ring[j]!;
      if (yi > y !== yj > y && x < xi + ((y - yi) * (xj - xi)) / (yj - yi)) inside = !inside;
    }
  }
  return inside;
}

/** Centre of the thing's box. */
export const centreOf = ({ box }: Pick<EvidenceThing, 'box'>): Point => [box.cx, box.cy];

/** An upright rectangle, in source pixels. */
export interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The smallest upright rectangle around the shape. */
export function boundsOf(shape: Shape): Bounds {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of shape) {
    for (const [x, y] of ring) {
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return { left, top, right, bottom };
}
