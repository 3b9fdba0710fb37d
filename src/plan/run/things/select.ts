import { Anchors } from '../../ground/distance.ts';
import { type Ground, pixelGround } from '../../ground/ground.ts';
import { freshParts } from '../../ground/looked.ts';
import { boundsOf, centreOf, isInside } from '../../ground/shape.ts';
import { unionAreaPx } from '../../ground/union-area-px.ts';
import { type Condition, holds, sizeOf } from '../../terms/filter.ts';
import { anchorOf } from '../../terms/order.ts';
import { isRelative } from '../../terms/where.ts';
import { type Context, conditionsOf, evidenceOf, type Thing, withinOf } from '../context.ts';
import { anchorsOf } from './anchors.ts';
import { hasScore, hasSizes } from './sizes.ts';

/** The things of one subject that a plan means. */
export interface Selection {
  /** Those found, in the evidence's order. */
  found: Thing[];
  /** Those below the least score: not found, but they may be there. Empty if the plan asks for a score. */
  candidates: Thing[];
}

/** What it takes to lie in a part of the region: the middle of the box, or any ground that the thing covers. */
type Lying = 'middle' | 'ground';

export function select(subject: string, context: Context, lying: Lying = 'middle'): Selection {
  const { plan, evidence } = context;
  const meant = context.thingsOf(subject).filter(meantBy(context, lying));
  const scores = conditionsOf(plan, 'score');
  if (scores.length > 0) {
    return {
      found: meant.filter((thing) => hasScore(thing, scores)),
      candidates: [],
    };
  }
  const { leastScore } = evidenceOf(evidence, subject);
  const isFound = ({ score }: Thing) => score === null || score >= leastScore;
  return { found: meant.filter(isFound), candidates: meant.filter((thing) => !isFound(thing)) };
}

/** Whether a thing lies where the plan looks and has the sizes that it asks for. */
function meantBy(context: Context, lying: Lying): (thing: Thing) => boolean {
  const { plan, ground, zone } = context;
  const isThere = relationOf(context);
  const bounds = boundsOf(zone);
  const reaches = ({ placed: { shape } }: Thing) => {
    const { left, top, right, bottom } = boundsOf(shape);
    const isApart = left > bounds.right || right < bounds.left || top > bounds.bottom || bottom < bounds.top;
    return !isApart && unionAreaPx([shape], zone) > 0;
  };
  return (thing) =>
    (isInside(zone, centreOf(thing)) || (lying === 'ground' && reaches(thing))) &&
    hasSizes(thing, plan.filter, ground) &&
    isThere(thing);
}

/** Nearness to, or lying inside of, another subject's things. */
function relationOf(context: Context): (thing: Thing) => boolean {
  const { where, order } = context.plan;
  if (where && isRelative(where)) {
    const anchors = anchorsOf(where, context);
    if (where.kind === 'inside') {
      const index = new Anchors(anchors);
      return (thing) => index.around(centreOf(thing)).some(({ id }) => id !== thing.id);
    }
    // Of a distance it only names the other end, unless one is stated.
    const isEnd = context.plan.quantity === 'distance' && conditionsOf(context.plan, 'distance').length === 0;
    return isEnd ? () => true : within(withinOf(where.kind, context), anchors, context.ground);
  }
  const from = order && anchorOf(order);
  const limits = conditionsOf(context.plan, 'distance');
  return from && limits.length > 0 ? within(limits, anchorsOf(from, context), context.ground) : () => true;
}

function within(
  limits: readonly Extract<Condition, { kind: 'distance' }>[],
  anchors: readonly Thing[],
  ground: Ground,
): (thing: Thing) => boolean {
  const index = new Anchors(anchors);
  return (thing) =>
    limits.every((limit) => {
      const { value, isPixels } = sizeOf(limit);
      const distance = index.distanceAbout(value, thing.placed, isPixels ? pixelGround : ground);
      return distance !== null && holds(distance, limit.is, value);
    });
}

/** The sum of a subject's densities in the zone, each window's part that no earlier one covers; null without densities. */
export function densityIn(subject: string, context: Context): { sum: number; most: number } | null {
  const { densities } = evidenceOf(context.evidence, subject);
  if (!densities) return null;
  const parts = freshParts(
    densities.map(({ window, count }) => ({ window, value: count })),
    context.zone,
  );
  let [sum, most] = [0, 0];
  for (const { value, window, areaPx } of parts) {
    const share = areaPx / (window.width * window.height);
    if (share > 0 && share < 1 - 1e-9 && context.plan.where !== null) context.caveats.add({ kind: 'spread-evenly' });
    sum += value * share;
    most = Math.max(most, value * share);
  }
  return { sum, most };
}
