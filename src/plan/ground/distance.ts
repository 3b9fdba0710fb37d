import type { Point } from '../../geo/types.ts';
import { BoundsIndex } from './bounds-index.ts';
import { distanceIn, type Frame, type Ground, toGround } from './ground.ts';
import { type Bounds, boundsOf, isInside, type Shape } from './shape.ts';

/** The two points, in pixels, at which two shapes are nearest. */
interface Nearest {
  from: Point;
  to: Point;
  /** In the ground's units; 0 if the shapes touch or overlap. */
  distance: number;
}

/** A shape prepared for measuring distances: its bounds, their middle and the radius of a circle around it, in pixels. */
export interface Placed {
  shape: Shape;
  bounds: Bounds;
  middle: Point;
  radiusPx: number;
}

export function placed(shape: Shape): Placed {
  const bounds = boundsOf(shape);
  const middle: Point = [(bounds.left + bounds.right) / 2, (bounds.top + bounds.bottom) / 2];
  let radius2 = 0;
  for (const ring of shape) {
    for (const [x, y] of ring) radius2 = Math.max(radius2, (x - middle[0]) ** 2 + (y - middle[1]) ** 2);
  }
  return { shape, bounds, middle, radiusPx: Math.sqrt(radius2) };
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
/** Beyond this many times a distance in one frame, no frame makes it less. */
const FARTHER = (1 + SLACK) ** 2;

/** Finds the nearest of many things, by an index of their bounds. */
export class Anchors<T extends { placed: Placed }> {
  readonly #anchors: readonly T[];
  readonly #index: BoundsIndex;
  readonly #frames = new Frames();

  constructor(anchors: readonly T[]) {
    this.#anchors = anchors;
    this.#index = new BoundsIndex(anchors.map(({ placed }) => placed.bounds));
  }

  /** Those in whose shape the point lies. */
  around(point: Point): T[] {
    const [x, y] = point;
    return this.#index
      .meeting({ left: x, top: y, right: x, bottom: y })
      .map((i) => this.#anchors[i]!)
      .filter(({ placed }) => isInside(placed.shape, point));
  }

  /** The nearest one and its distance from edge to edge; null if there is none but `thing` itself. */
  nearest(thing: Placed, ground: Ground): { anchor: T; distance: number } | null {
    const isOther = (i: number) => this.#anchors[i]!.placed !== thing;
    const first = this.#index.nearest(thing.middle, isOther);
    if (first === null) return null;
    const frame = this.#frames.at(thing.middle, ground);
    // The one with the nearest bounds says how far the nearest can be at most.
    const { distance } = nearestPoints(thing, this.#anchors[first]!.placed, frame);
    return nearestOf(this.#within(thing, distance, frame, isOther), thing, frame, ground);
  }

  /**
   * The distance to the nearest one, measured exactly only if it is about `limit`: enough to compare it with that. Null if there is
   * none but `thing` itself.
   */
  distanceAbout(limit: number, thing: Placed, ground: Ground): number | null {
    const [only] = this.#anchors;
    if (!only || (this.#anchors.length === 1 && only.placed === thing)) return null;
    const frame = this.#frames.at(thing.middle, ground);
    const near = this.#within(thing, limit, frame, (i) => this.#anchors[i]!.placed !== thing);
    // Most are told by the circles around them.
    const sure = near.find(({ most }) => most * FARTHER < limit);
    if (sure) return sure.most;
    let least = Infinity;
    for (const { anchor } of near) {
      least = Math.min(least, nearestPoints(thing, anchor.placed, frame).distance);
      if (least === 0 || least * FARTHER < limit) return least;
    }
    return least > limit * FARTHER ? least : (nearestOf(near, thing, frame, ground)?.distance ?? Infinity);
  }

  /** Those that may be as near as `distance`, with the least and the most that the circles around both allow. */
  #within(thing: Placed, distance: number, frame: Frame, isMeant: (index: number) => boolean) {
    const [shortest, longest] = stretchesOf(frame);
    const { left, top, right, bottom } = thing.bounds;
    const by = (distance * FARTHER) / shortest;
    const square = { left: left - by, top: top - by, right: right + by, bottom: bottom + by };
    return this.#index.meeting(square, isMeant).map((i) => {
      const anchor = this.#anchors[i]!;
      const middles = distanceIn(frame, thing.middle, anchor.placed.middle);
      const radii = (thing.radiusPx + anchor.placed.radiusPx) * longest;
      return { anchor, least: middles - radii, most: middles + radii };
    });
  }
}

/** Frames of places about this far apart differ by much less than `SLACK`, in metres. */
const SAME_FRAME_METRES = 2000;

/** Remembers frames, which take several projections each. */
class Frames {
  readonly #known = new Map<Ground, { sidePx: number; frames: Map<string, Frame> }>();

  at(point: Point, ground: Ground): Frame {
    if (ground.kind !== 'geodesic') return ground.frameAt(...point);
    let known = this.#known.get(ground);
    if (!known) {
      const [, longest] = stretchesOf(ground.frameAt(...point));
      known = { sidePx: Math.max(1, SAME_FRAME_METRES / longest), frames: new Map() };
      this.#known.set(ground, known);
    }
    const { sidePx, frames } = known;
    const [col, row] = [Math.floor(point[0] / sidePx), Math.floor(point[1] / sidePx)];
    const key = `${col} ${row}`;
    const found = frames.get(key) ?? ground.frameAt((col + 0.5) * sidePx, (row + 0.5) * sidePx);
    frames.set(key, found);
    return found;
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
  for (const { anchor, least } of [...near].sort((a, b) => a.least - b.least)) {
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
