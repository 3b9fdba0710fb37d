import type { Quad } from '../../../src/geo/types.ts';
import type { TrueBox } from '../question.ts';
import { overlaps, type UprightRule } from './boxes.ts';

export interface RankedImage {
  found: { corners: Quad; score: number | null }[];
  truth: readonly TrueBox[];
}

/**
 * Average precision of boxes ranked by score over all images (boxes without a score last): the area under the
 * precision–recall curve with monotone precision, using every point (as PASCAL VOC since 2010). In each image boxes are
 * matched in order of score, each to the free true box that it overlaps most, at IoU ≥ `threshold`. NaN without any
 * true box.
 */
export function averagePrecision(images: readonly RankedImage[], threshold: number, rule: UprightRule): number {
  const truths = images.reduce((sum, { truth }) => sum + truth.length, 0);
  if (truths === 0) return Number.NaN;
  const hits = images.flatMap((image) => hitsOf(image, threshold, rule)).sort((a, b) => b.score - a.score);
  const precisions: number[] = [];
  let right = 0;
  for (const [index, { hit }] of hits.entries()) {
    if (hit) right += 1;
    precisions.push(right / (index + 1));
  }
  let best = 0;
  let area = 0;
  for (let i = hits.length - 1; i >= 0; i -= 1) {
    best = Math.max(best, precisions[i]!);
    if (hits[i]!.hit) area += best / truths;
  }
  return area;
}

/**
 * Average precision of an answer without ranking: its curve is the single point (recall, precision), and the area below
 * it is their product.
 */
export function averagePrecisionWithoutScores(matched: number, found: number, truth: number): number {
  if (truth === 0) return Number.NaN;
  return found === 0 ? 0 : (matched / found) * (matched / truth);
}

function hitsOf({ found, truth }: RankedImage, threshold: number, rule: UprightRule) {
  const ranked = found
    .map(({ corners, score }) => ({ corners, score: score ?? Number.NEGATIVE_INFINITY }))
    .sort((a, b) => b.score - a.score);
  const pairs = overlaps(
    ranked.map(({ corners }) => corners),
    truth,
    rule,
  );
  const used = new Set<number>();
  return ranked.map(({ score }, index) => {
    const best = pairs
      .filter((pair) => pair.found === index && pair.iou >= threshold && !used.has(pair.truth))
      .sort((a, b) => b.iou - a.iou)[0];
    if (best) used.add(best.truth);
    return { score, hit: best !== undefined };
  });
}
