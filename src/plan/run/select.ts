import { Anchors } from '../ground/distance.ts';
import { type Ground, pixelGround } from '../ground/ground.ts';
import { freshParts } from '../ground/looked.ts';
import { areaOf, centreOf, isInside, lengthOf } from '../ground/shape.ts';
import { subjectOf } from '../subjects.ts';
import { type Condition, holds, sizeOf } from '../terms/filter.ts';
import { anchorOf } from '../terms/order.ts';
import { isRelative } from '../terms/where.ts';
import { type Context, conditionsOf, evidenceOf, type Thing, withinOf } from './context.ts';

/** The things of one subject that a plan means. */
export interface Selection {
  /** Those found, in the evidence's order. */
  found: Thing[];
  /** Those below the least score: not found, but they may be there. Empty if the plan asks for a score. */
  candidates: Thing[];
}

export function select(subject: string, context: Context): Selection {
  const { plan, evidence } = context;
  const meant = context.thingsOf(subject).filter(meantBy(context));
  const scores = conditionsOf(plan, 'score');
  if (scores.length > 0) {
    return {
      found: meant.filter(({ score }) => score !== null && scores.every(({ is, value }) => holds(score, is, value))),
      candidates: [],
    };
  }
  const { leastScore } = evidenceOf(evidence, subject);
  const isFound = ({ score }: Thing) => score === null || score >= leastScore;
  return { found: meant.filter(isFound), candidates: meant.filter((thing) => !isFound(thing)) };
}

/** Whether a thing lies where the plan looks and has the sizes that it asks for. */
function meantBy(context: Context): (thing: Thing) => boolean {
  const { plan, ground, zone } = context;
  const sizes = [...conditionsOf(plan, 'area'), ...conditionsOf(plan, 'length')];
  const isThere = relationOf(context);
  return (thing) =>
    isInside(zone, centreOf(thing)) && sizes.every((condition) => hasSize(thing, condition, ground)) && isThere(thing);
}

/** Whether a thing of a subject has the size that a condition asks for, by its outline or else its box. */
export function hasSize(
  thing: Omit<Thing, 'placed'>,
  condition: Extract<Condition, { kind: 'area' | 'length' }>,
  ground: Ground,
): boolean {
  const { value, isPixels } = sizeOf(condition);
  const on = isPixels ? pixelGround : ground;
  const size = condition.kind === 'area' ? areaOf(thing, on) : lengthOf(thing, on, isLine(thing.subject));
  return holds(size, condition.is, value);
}

export const isLine = (subject: string): boolean => subjectOf(subject)?.isLine ?? false;

/** Nearness to, or lying inside of, another subject's things. */
function relationOf(context: Context): (thing: Thing) => boolean {
  const { where, order } = context.plan;
  if (where && isRelative(where)) {
    const anchors = anchorsOf(where.subject, context);
    if (where.kind === 'inside') {
      const index = new Anchors(anchors);
      return (thing) => index.around(centreOf(thing)).some(({ id }) => id !== thing.id);
    }
    return within(withinOf(where.kind, context), anchors, context.ground);
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

/** The found things of a subject by which a place is named. The plan's filter isn't about them. */
export function anchorsOf(subject: string, { evidence, thingsOf }: Context): readonly Thing[] {
  const { leastScore } = evidenceOf(evidence, subject);
  return thingsOf(subject).filter(({ score }) => score === null || score >= leastScore);
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
