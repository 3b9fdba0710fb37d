import { hullOf, rotatedIou } from '../../../src/geo/boxes/rotated-box.ts';
import type { Point, Quad } from '../../../src/geo/types.ts';
import type { TrueBox } from '../question.ts';
import { f1Of } from './labels.ts';

/**
 * How a found rotated box is compared with an upright true box. `hull`: by its upright hull, which suits objects that
 * fill their box (cars). `either`: by the hull or the box itself, whichever overlaps more. An airplane at 45° is a
 * cross: the upright box around it is much smaller than the hull of its rotated box.
 */
export type UprightRule = 'hull' | 'either';

/** `found` and `truth` are indices into the matched lists. */
export interface Match {
  found: number;
  truth: number;
  iou: number;
}

/**
 * IoU of every found box with every true one. A rotated truth, or a polygon (as its smallest rectangle), is compared
 * with the found box itself; an upright one by `rule`.
 */
export function overlaps(found: readonly Quad[], truth: readonly TrueBox[], rule: UprightRule): Match[] {
  const quads = truth.map(({ corners, upright }) => ({ upright, quad: quadOf(corners, upright) }));
  return found.flatMap((quad, f) =>
    quads.map(({ quad: other, upright }, t) => ({
      found: f,
      truth: t,
      iou: upright ? uprightIou(quad, other, rule) : rotatedIou(quad, other),
    })),
  );
}

/** One-to-one matches at IoU ≥ `threshold`, best overlap first. */
export function matchPairs(
  found: readonly Quad[],
  truth: readonly TrueBox[],
  threshold: number,
  rule: UprightRule,
): Match[] {
  const usedFound = new Set<number>();
  const usedTruth = new Set<number>();
  return overlaps(found, truth, rule)
    .filter(({ iou }) => iou >= threshold)
    .sort((a, b) => b.iou - a.iou)
    .filter((match) => {
      if (usedFound.has(match.found) || usedTruth.has(match.truth)) return false;
      usedFound.add(match.found);
      usedTruth.add(match.truth);
      return true;
    });
}

/** Number of matches; see `matchPairs`. */
export function matchBoxes(
  found: readonly Quad[],
  truth: readonly TrueBox[],
  threshold: number,
  rule: UprightRule,
): number {
  return matchPairs(found, truth, threshold, rule).length;
}

export interface DetectionScore {
  precision: number;
  recall: number;
  f1: number;
  found: number;
  truth: number;
  matched: number;
}

export function detectionScore(matched: number, found: number, truth: number): DetectionScore {
  const precision = found === 0 ? 0 : matched / found;
  const recall = truth === 0 ? 0 : matched / truth;
  return { precision, recall, f1: f1Of(matched, found, truth), found, truth, matched };
}

function quadOf(corners: readonly Point[], upright: boolean): Quad {
  return corners.length === 4 && upright ? (corners as unknown as Quad) : smallestRectangle(corners);
}

function uprightIou(found: Quad, truth: Quad, rule: UprightRule): number {
  const byHull = rotatedIou(uprightQuad(found), truth);
  return rule === 'hull' ? byHull : Math.max(byHull, rotatedIou(found, truth));
}

function uprightQuad(quad: Quad): Quad {
  const { x, y, width, height } = hullOf(quad);
  return quadOfEdges(x, y, x + width, y + height);
}

/** The upright box with these edges, corners clockwise on screen from the upper left. */
export function quadOfEdges(x0: number, y0: number, x1: number, y1: number): Quad {
  return [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ];
}

/**
 * The rectangle of least area around the points. One of its sides lies along an edge of their convex hull, so it tries
 * every edge.
 */
export function smallestRectangle(points: readonly Point[]): Quad {
  let best: { area: number; quad: Quad } | null = null;
  for (const [i, p] of points.entries()) {
    for (const q of points.slice(i + 1)) {
      const length = Math.hypot(q[0] - p[0], q[1] - p[1]);
      if (length < 1e-9) continue;
      const cos = (q[0] - p[0]) / length;
      const sin = (q[1] - p[1]) / length;
      const us = points.map(([x, y]) => x * cos + y * sin);
      const vs = points.map(([x, y]) => -x * sin + y * cos);
      const [u0, u1, v0, v1] = [Math.min(...us), Math.max(...us), Math.min(...vs), Math.max(...vs)];
      const area = (u1 - u0) * (v1 - v0);
      if (best && best.area <= area) continue;
      const at = (u: number, v: number): Point => [u * cos - v * sin, u * sin + v * cos];
      best = { area, quad: [at(u0, v0), at(u1, v0), at(u1, v1), at(u0, v1)] };
    }
  }
  const [x, y] = points[0] ?? [0, 0];
  return best?.quad ?? quadOfEdges(x, y, x, y);
}
