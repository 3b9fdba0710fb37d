import { hullOf, rotatedIou } from '../../src/geo/rotated-box.ts';
import type { Point, Quad } from '../../src/geo/types.ts';
import type { Question } from './questions.ts';

/** What is kept of an answer, a line in answers.jsonl. */
export interface AnswerLine {
  id: string;
  text: string;
  boxes: { corners: Quad; score: number | null }[];
  statedCount: number | null;
  malformedBoxes: number;
  stopReasons: string[];
  answerMs: number;
  error: string | null;
}

export interface Ratio {
  value: number;
  /** 95 % Wilson interval; small sets make wide ones. */
  low: number;
  high: number;
  n: number;
}

export function ratio(hits: number, n: number): Ratio {
  if (n === 0) return { value: Number.NaN, low: Number.NaN, high: Number.NaN, n };
  const z = 1.96;
  const p = hits / n;
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { value: p, low: Math.max(0, centre - half), high: Math.min(1, centre + half), n };
}

export interface DetectionScore {
  precision: number;
  recall: number;
  f1: number;
  found: number;
  truth: number;
  matched: number;
}

/**
 * How a found rotated box is compared with a truth that was drawn upright. `hull`: by its upright hull, right for objects that
 * fill their box (cars). `either`: by the hull or the box itself, whichever overlaps more: an airplane at 45° is a cross, and the
 * upright box drawn around it is far smaller than the hull of its rotated box.
 */
export type UprightRule = 'hull' | 'either';

/**
 * Matches found boxes to true ones, best overlap first, each at most once, at IoU ≥ `threshold`. A rotated box or a polygon (as
 * its smallest rectangle) is compared with the found box itself, one drawn upright by `rule`.
 */
export function matchBoxes(
  found: readonly Quad[],
  truth: readonly { corners: readonly Point[]; upright: boolean }[],
  threshold: number,
  rule: UprightRule,
): number {
  const quads = truth.map(({ corners, upright }) => ({
    upright,
    quad: corners.length === 4 && upright ? (corners as unknown as Quad) : smallestRectangle(corners),
  }));
  const pairs = found
    .flatMap((quad, f) =>
      quads.map(({ quad: other, upright }, t) => ({
        f,
        t,
        iou: upright ? uprightIou(quad, other, rule) : rotatedIou(quad, other),
      })),
    )
    .filter(({ iou }) => iou >= threshold)
    .sort((a, b) => b.iou - a.iou);
  const usedFound = new Set<number>();
  const usedTruth = new Set<number>();
  for (const { f, t } of pairs) {
    if (usedFound.has(f) || usedTruth.has(t)) continue;
    usedFound.add(f);
    usedTruth.add(t);
  }
  return usedFound.size;
}

export function detectionScore(matched: number, found: number, truth: number): DetectionScore {
  const precision = found === 0 ? 0 : matched / found;
  const recall = truth === 0 ? 0 : matched / truth;
  const f1 = matched === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, f1, found, truth, matched };
}

function uprightIou(found: Quad, truth: Quad, rule: UprightRule): number {
  const byHull = rotatedIou(uprightQuad(found), truth);
  return rule === 'hull' ? byHull : Math.max(byHull, rotatedIou(found, truth));
}

function uprightQuad(quad: Quad): Quad {
  const { x, y, width, height } = hullOf(quad);
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}

/** The rectangle of least area around the points; one of its sides lies along an edge of their convex hull, so edges are tried. */
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
  return (
    best?.quad ?? [
      [x, y],
      [x, y],
      [x, y],
      [x, y],
    ]
  );
}

/** "yes", "no", or null when the answer begins with neither. */
export function yesOrNo(text: string): 'yes' | 'no' | null {
  const word = /^\W*(yes|no)\b/i.exec(text)?.[1]?.toLowerCase();
  return word === 'yes' || word === 'no' ? word : null;
}

/** F-measure of the longest common subsequence of words, best over the references (Lin 2004, β = 1.2). */
export function rougeL(text: string, references: readonly string[]): number {
  const words = (s: string) => s.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const beta2 = 1.44;
  const found = words(text);
  return Math.max(
    0,
    ...references.map((reference) => {
      const wanted = words(reference);
      const common = lcsLength(found, wanted);
      if (common === 0) return 0;
      const precision = common / found.length;
      const recall = common / wanted.length;
      return ((1 + beta2) * precision * recall) / (recall + beta2 * precision);
    }),
  );
}

function lcsLength(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const word of a) {
    const next = [0];
    for (const [j, other] of b.entries()) next.push(word === other ? row[j]! + 1 : Math.max(row[j + 1]!, next[j]!));
    row = next;
  }
  return row[b.length]!;
}

/** Macro-F1 over labels of pairs (predicted, true); labels that never occur in the truth are left out. */
export function macroF1(pairs: readonly { predicted: string | null; truth: string }[]): number {
  const labels = [...new Set(pairs.map(({ truth }) => truth))];
  const f1 = labels.map((label) => {
    const hit = pairs.filter((p) => p.predicted === label && p.truth === label).length;
    const said = pairs.filter((p) => p.predicted === label).length;
    const there = pairs.filter((p) => p.truth === label).length;
    return hit === 0 ? 0 : (2 * hit) / (said + there);
  });
  return f1.reduce((sum, value) => sum + value, 0) / f1.length;
}

export type Answered = { question: Question; answer: AnswerLine };
