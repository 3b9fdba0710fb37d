import type { Point } from '../../geo/types.ts';
import { distanceIn, type Frame, type Ground, toGround } from './ground.ts';
import { boundsOf, isInside, type Shape } from './shape.ts';

/** The two points, in pixels, at which two shapes are nearest. */
interface Nearest {
  from: Point;
  to: Point;
  /** In the ground's units; 0 if the shapes touch or overlap. */
  distance: number;
}

/** A shape prepared for measuring distances: its middle and the radius of a circle around it, in pixels. */
export interface Placed {
  shape: Shape;
  middle: Point;
  radiusPx: number;
}

export function placed(shape: Shape): Placed {
  const { left, top, right, bottom } = boundsOf(shape);
  const middle: Point = [(left + right) / 2, (top + bottom) / 2];
  const radiusPx = Math.max(...shape.flat().map(([x, y]) => Math.hypot(x - middle[0], y - middle[1])));
  return { shape, middle, radiusPx };
}

/** Distance from edge to edge. */
export function distanceBetween(a: Placed, b: Placed, ground: Ground): number {
  const frame = ground.frameAt((a.middle[0] + b.middle[0]) / 2, (a.middle[1] + b.middle[1]) / 2);
  return exactly(nearestPoints(a, b, frame), ground);
}

/** A frame chooses the points; the ground measures between them. */
function exactly({ from, to, distance }: Nearest, ground: Ground): number {
  return distance === 0 ? 0 : ground.length([from, to]);
}

function nearestPoints(a: Placed, b: Placed, frame: Frame): Nearest {
  if (isInside(b.shape, a.shape[0]![0]!) || isInside(a.shape, b.shape[0]![0]!)) {
    return { from: a.middle, to: a.middle, distance: 0 };
  }
  let best: Nearest = { from: a.middle, to: b.middle, distance: Infinity };
  for (const ringA of a.shape) {
    for (const ringB of b.shape) {
      for (let i = 0; i < ringA.length; i++) {
        const edgeA: Edge = [ringA[i]!, ringA[(i + 1) % ringA.length]!];
        for (let j = 0; j < ringB.length; j++) {
          const edgeB: Edge = [ringB[j]!, ringB[(j + 1) % ringB.length]!];
          if (cross(edgeA, edgeB)) return { from: edgeA[0], to: edgeA[0], distance: 0 };
          const near = nearestOnEdges(edgeA, edgeB, frame);
          if (near.distance < best.distance) best = near;
        }
      }
    }
  }
  return best;
}

type Edge = readonly [Point, Point];

/** Of edges that don't cross, an end of one is the nearest to the other. */
function nearestOnEdges(a: Edge, b: Edge, frame: Frame): Nearest {
  const found = [
    fromPoint(a[0], b, frame),
    fromPoint(a[1], b, frame),
    turned(fromPoint(b[0], a, frame)),
    turned(fromPoint(b[1], a, frame)),
  ];
  return found.reduce((best, each) => (each.distance < best.distance ? each : best));
}

const turned = ({ from, to, distance }: Nearest): Nearest => ({ from: to, to: from, distance });

function fromPoint(p: Point, [start, end]: Edge, frame: Frame): Nearest {
  const along = toGround(frame, [end[0] - start[0], end[1] - start[1]]);
  const there = toGround(frame, [p[0] - start[0], p[1] - start[1]]);
  const length2 = along[0] ** 2 + along[1] ** 2;
  const t = length2 > 0 ? Math.max(0, Math.min(1, (along[0] * there[0] + along[1] * there[1]) / length2)) : 0;
  const to: Point = [start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1])];
  return { from: p, to, distance: distanceIn(frame, p, to) };
}

function cross([a, b]: Edge, [c, d]: Edge): boolean {
  return turnOf(a, b, c) * turnOf(a, b, d) < 0 && turnOf(c, d, a) * turnOf(c, d, b) < 0;
}

const turnOf = (a: Point, b: Point, c: Point) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/** How far lengths in one place's frame may be wrong some kilometres away; it only decides what is measured exactly. */
const SLACK = 0.05;

/**
 * Finds the nearest of many things. They are sorted by column, so that a search ends where even the columns are too far
 * apart: on average it looks at those of a narrow strip.
 */
export class Anchors<T extends { placed: Placed }> {
  readonly #sorted: readonly T[];
  readonly #columns: readonly number[];
  readonly #largestPx: number;

  constructor(anchors: readonly T[]) {
    this.#sorted = [...anchors].sort((a, b) => a.placed.middle[0] - b.placed.middle[0]);
    this.#columns = this.#sorted.map(({ placed }) => placed.middle[0]);
    this.#largestPx = this.#sorted.reduce((largest, { placed }) => Math.max(largest, placed.radiusPx), 0);
  }

  /** The nearest one and its distance from edge to edge; null if there is none but `thing` itself. */
  nearest(thing: Placed, ground: Ground): { anchor: T; distance: number } | null {
    const frame = ground.frameAt(...thing.middle);
    const [shortest, longest] = stretchesOf(frame);
    let reach = Infinity;
    const near: { anchor: T; least: number }[] = [];
    // A circle around each thing gives the least distance; its middle is never nearer than its edge.
    const consider = (anchor: T) => {
      const { placed } = anchor;
      const middles = distanceIn(frame, thing.middle, placed.middle);
      const least = middles - (thing.radiusPx + placed.radiusPx) * longest;
      if (placed === thing || least > reach) return;
      near.push({ anchor, least });
      reach = Math.min(reach, middles * (1 + SLACK));
    };
    const isTooFar = (index: number) => {
      const columns = Math.abs(this.#columns[index]! - thing.middle[0]);
      return columns * shortest - (thing.radiusPx + this.#largestPx) * longest > reach;
    };
    let right = this.#firstFrom(thing.middle[0]);
    let left = right - 1;
    // Outwards in turn, so that a near one soon shortens the reach.
    while (left >= 0 || right < this.#sorted.length) {
      if (right < this.#sorted.length) {
        if (isTooFar(right)) right = this.#sorted.length;
        else consider(this.#sorted[right++]!);
      }
      if (left >= 0) {
        if (isTooFar(left)) left = -1;
        else consider(this.#sorted[left--]!);
      }
    }
    return nearestOf(near, thing, frame, ground);
  }

  /** The first index whose column isn't left of `column`. */
  #firstFrom(column: number): number {
    let [low, high] = [0, this.#columns.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#columns[middle]! < column) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Measures from the likeliest one on, until the rest are too far. */
function nearestOf<T extends { placed: Placed }>(
  near: { anchor: T; least: number }[],
  thing: Placed,
  frame: Frame,
  ground: Ground,
): { anchor: T; distance: number } | null {
  let best: { anchor: T; distance: number } | null = null;
  for (const { anchor, least } of near.sort((a, b) => a.least - b.least)) {
    if (best && least > best.distance * (1 + SLACK)) break;
    const points = nearestPoints(thing, anchor.placed, frame);
    if (best && points.distance > best.distance * (1 + SLACK)) continue;
    const distance = exactly(points, ground);
    if (!best || distance < best.distance) best = { anchor, distance };
  }
  return best;
}

/** The shortest and the longest ground distance of one pixel in any direction: the singular values. */
function stretchesOf({ eastPerCol: a, eastPerRow: b, northPerCol: c, northPerRow: d }: Frame): [number, number] {
  const sum = a * a + b * b + c * c + d * d;
  const root = Math.sqrt(Math.max(0, sum * sum - 4 * (a * d - b * c) ** 2));
  return [Math.sqrt(Math.max(0, sum - root) / 2), Math.sqrt((sum + root) / 2)];
}
