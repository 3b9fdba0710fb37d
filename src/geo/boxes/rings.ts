import type { Point } from '../types.ts';
import { clipHalfPlane, doubleSignedArea } from './convex.ts';

/** Rings are open here (the first point isn't repeated) unless a name says closed. */

/** Area enclosed, ≥ 0, in squared units of the coordinates. */
export function ringArea(ring: readonly Point[]): number {
  return Math.abs(doubleSignedArea(ring)) / 2;
}

/** Counter-clockwise in coordinates whose y points up, as RFC 7946 requires for outer rings (right-hand rule). */
export function orientCounterClockwise(ring: readonly Point[]): Point[] {
  return doubleSignedArea(ring) >= 0 ? [...ring] : [...ring].reverse();
}

/** Repeats the first point at the end. */
export function closeRing(ring: readonly Point[]): Point[] {
  const first = ring[0];
  return first ? [...ring, first] : [];
}

/**
 * Douglas–Peucker: drops points closer than `tolerance` to the line between the points that are kept. The two points
 * farthest apart along the ring are fixed. A ring that would become smaller than a triangle is returned unchanged.
 */
export function simplifyRing(ring: readonly Point[], tolerance: number): Point[] {
  if (ring.length <= 3 || !(tolerance > 0)) return [...ring];
  const start = ring[0]!;
  let far = 0;
  let farDistance = -1;
  ring.forEach((p, i) => {
    const d = Math.hypot(p[0] - start[0], p[1] - start[1]);
    if (d > farDistance) {
      farDistance = d;
      far = i;
    }
  });
  const there = simplifyLine(ring.slice(0, far + 1), tolerance);
  const back = simplifyLine([...ring.slice(far), start], tolerance);
  const simplified = [...there.slice(0, -1), ...back.slice(0, -1)];
  return simplified.length >= 3 ? simplified : [...ring];
}

function simplifyLine(line: readonly Point[], tolerance: number): Point[] {
  const keep = new Uint8Array(line.length);
  keep[0] = 1;
  keep[line.length - 1] = 1;
  // An explicit stack, because a traced mask can have more points than the call stack has frames.
  const spans: [number, number][] = [[0, line.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, to] = span;
    let worst = -1;
    let worstDistance = tolerance;
    for (let i = from + 1; i < to; i++) {
      const distance = distanceToSegment(line[i]!, line[from]!, line[to]!);
      if (distance > worstDistance) {
        worst = i;
        worstDistance = distance;
      }
    }
    if (worst > 0) {
      keep[worst] = 1;
      spans.push([from, worst], [worst, to]);
    }
  }
  return line.filter((_, i) => keep[i] === 1);
}

function distanceToSegment(p: Point, a: Point, b: Point): number {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const length2 = dx * dx + dy * dy;
  const t = length2 > 0 ? Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2)) : 0;
  return Math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy);
}

/**
 * Cuts a lon/lat ring that crosses the antimeridian into rings within [-180,180], as RFC 7946 section 3.1.9 requires. A
 * ring crosses if two consecutive points are more than 180° apart.
 */
export function splitAtAntimeridian(ring: readonly Point[]): Point[][] {
  const unwrapped: Point[] = [];
  let turn = 0;
  ring.forEach(([lon, lat], i) => {
    const previous = ring[i - 1];
    if (previous && lon - previous[0] > 180) turn -= 360;
    if (previous && lon - previous[0] < -180) turn += 360;
    unwrapped.push([lon + turn, lat]);
  });
  const lons = unwrapped.map((p) => p[0]);
  const west = Math.min(...lons);
  const east = Math.max(...lons);
  const parts: Point[][] = [];
  for (let world = Math.floor((west + 180) / 360); world * 360 - 180 < east; world++) {
    const left = world * 360 - 180;
    const part = clipHalfPlane(clipHalfPlane(unwrapped, 1, 0, -left), -1, 0, left + 360);
    if (ringArea(part) > 0) parts.push(part.map(([lon, lat]) => [lon - world * 360, lat] as const));
  }
  return parts.length > 0 ? parts : [[...ring]];
}
