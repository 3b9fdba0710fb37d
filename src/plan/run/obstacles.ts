import { overlap } from '../ground/zone-cells.ts';
import type { Reason } from '../result.ts';
import { kinOf, LAND_COVER } from '../subjects.ts';
import { anchorOf, MARKED } from '../terms/order.ts';
import { placesIn, relativesIn } from '../terms/where.ts';
import { type Context, conditionsOf, evidenceOf, isAboutThings, isMetric } from './context.ts';
import { isAboutGround } from './cover.ts';
import { withoutPlaces } from './measure.ts';
import { anchorsOf } from './things/anchors.ts';

/** Intents that are about subjects. */
const aboutSubjects = ['find', 'count', 'exists', 'compare', 'extreme', 'measure'];

/** Subjects that the model has a class for, the others, and what it knows instead of those. */
export function sortSubjects({ plan, evidence }: Pick<Context, 'plan' | 'evidence'>) {
  const isAbout = aboutSubjects.includes(plan.intent);
  const known = plan.subjects.filter((subject) => isAbout && evidenceOf(evidence, subject).known);
  const unknown = plan.subjects.filter((subject) => isAbout && !known.includes(subject));
  const offers = unknown.flatMap((subject) => kinOf(subject, evidence.known));
  return { known, unknown, offers: [...new Set(offers)].filter((offer) => !known.includes(offer)) };
}

/** Why a plan can't be run on its evidence; null if it can. */
export function obstacleOf(context: Context, known: readonly string[]): Reason | null {
  return (
    ofIntent(context) ??
    ofMarking(context) ??
    ofLayers(context) ??
    (aboutSubjects.includes(context.plan.intent) ? ofSubjects(context, known) : null) ??
    ofLooking(context) ??
    ofScale(context) ??
    ofAnchors(context) ??
    ofScores(context, known) ??
    ofPlaces(context, known)
  );
}

function ofIntent({ plan }: Context): Reason | null {
  if (plan.intent === 'attribute') return { reason: 'attribute', subjects: plan.subjects };
  return plan.intent === 'outside' || plan.intent === 'help' ? { reason: plan.intent } : null;
}

function ofMarking({ plan: { where, order }, evidence }: Context): Reason | null {
  const needed =
    placesIn(where).some(({ kind }) => kind === 'marked') || (order?.by === 'distance' && order.to === MARKED);
  return needed && !evidence.marked ? { reason: 'nothing-marked' } : null;
}

function ofLayers({ plan: { where }, evidence }: Context): Reason | null {
  for (const place of placesIn(where)) {
    if (place.kind !== 'layer') continue;
    const polygons = evidence.layers?.[place.name] ?? [];
    if (polygons.length === 0) return { reason: 'no-layer', layer: place.name };
    if (overlap(polygons)) return { reason: 'layer-overlaps', layer: place.name };
  }
  return null;
}

function ofSubjects({ plan }: Context, known: readonly string[]): Reason | null {
  const { intent, subjects, where } = plan;
  if (subjects.length === 0) return { reason: 'incomplete', part: 'subject' };
  if (intent === 'compare' && where?.kind !== 'several' && subjects.length < 2)
    return { reason: 'incomplete', part: 'second subject' };
  // A comparison or a sum without one of its subjects would be about something else.
  const needsAll = intent === 'compare' || intent === 'measure';
  return known.length === 0 || (needsAll && known.length < subjects.length) ? { reason: 'unknown-subject' } : null;
}

function ofLooking({ looked }: Context): Reason | null {
  return looked.tiles.looked === 0 ? { reason: 'not-looked' } : null;
}

function ofScale({ plan, ground }: Context): Reason | null {
  const from = plan.order && anchorOf(plan.order);
  const chosen = [...relativesIn(plan.where), from].flatMap((anchor) => anchor?.chosen?.filter ?? []);
  return ground.kind === 'pixels' && [...plan.filter, ...chosen].some(isMetric) ? { reason: 'no-scale' } : null;
}

/** Subjects that say where, or what to measure from. */
function ofAnchors(context: Context): Reason | null {
  const { where, order } = context.plan;
  const from = order && anchorOf(order);
  const anchors = [...relativesIn(where), ...(from ? [from] : [])];
  for (const anchor of anchors) {
    const { subject, chosen } = anchor;
    const { known, things } = evidenceOf(context.evidence, subject);
    if (!known) return { reason: 'unknown-anchor', anchor: subject };
    if (things === null) return withoutPlaces(subject, context);
    if (anchorsOf(anchor, context).length === 0)
      return { reason: 'no-anchor', anchor: subject, ...(chosen && { chosen }) };
  }
  const needsAnchor = conditionsOf(context.plan, 'distance').length > 0 && anchors.length === 0;
  return needsAnchor ? { reason: 'incomplete', part: 'anchor' } : null;
}

function ofScores(context: Context, known: readonly string[]): Reason | null {
  const { plan, thingsOf } = context;
  if (conditionsOf(plan, 'score').length === 0 && plan.order?.by !== 'score') return null;
  const without = known.find((subject) => {
    const things = thingsOf(subject);
    return things.length > 0 && things.every(({ score }) => score === null);
  });
  return without === undefined ? null : { reason: 'no-scores', subject: without };
}

/** What is asked of single things can't be told of a subject whose things have no places. */
function ofPlaces(context: Context, known: readonly string[]): Reason | null {
  const { plan, evidence } = context;
  if (isAboutGround(known, context)) return null;
  const placeless = known.find((subject) => evidenceOf(evidence, subject).things === null);
  if (!isAboutThings(plan) || placeless === undefined) return null;
  return placeless === LAND_COVER ? { reason: 'no-area' } : withoutPlaces(placeless, context);
}
