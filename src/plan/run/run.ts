import type { Evidence } from '../evidence.ts';
import type { Placed } from '../ground/distance.ts';
import type { Ground } from '../ground/ground.ts';
import { type Plan, readPlan } from '../plan.ts';
import type { CountRow, ExistsRow, Outcome, Reference, Result } from '../result.ts';
import { anchorOf, type Order } from '../terms/order.ts';
import { isRelative, relativesIn } from '../terms/where.ts';
import { compare } from './compare.ts';
import { type Context, contextOf, topOf } from './context.ts';
import { type Counted, countOf, totalOf, uncountable } from './counting.ts';
import { asksForAll, classesOf, isAboutGround, isByGround } from './cover.ts';
import { coverOf } from './cover-result.ts';
import { classify, describe } from './describe.ts';
import { existsRow } from './exists.ts';
import { measure } from './measure.ts';
import { obstacleOf, sortSubjects } from './obstacles.ts';
import { comparePlaces } from './places.ts';
import { referenceOf } from './things/anchors.ts';
import { ranked } from './things/order.ts';
import { amountOf, firstOf } from './things/rank.ts';
import { densityIn, select } from './things/select.ts';

/**
 * Runs a plan on its evidence: exact and deterministic. `evidence.subjects` has an entry for each of
 * `subjectsNeeded(plan)`. What can't be told is a result, too (`cannot`). Errors: PLAN_INVALID; INTERNAL if evidence of a
 * needed subject is missing.
 */
export function runPlan(plan: Plan, evidence: Evidence, ground: Ground): Result {
  const context = contextOf(readPlan(plan), evidence, ground);
  const { known, unknown, offers } = sortSubjects(context);
  const obstacle = obstacleOf(context, known);
  const { outcome, missing = [] } = obstacle
    ? { outcome: { kind: 'cannot' as const, ...obstacle } }
    : outcomeOf(known, context);
  const { looked } = context;
  const { failed, waiting, empty } = looked.tiles;
  return {
    ...outcome,
    where: context.plan.where,
    regionKind: evidence.regionKind,
    unknown: [...unknown, ...missing],
    offers,
    known: [...evidence.known],
    references: obstacle ? [] : referencesIn(context),
    leftOut: {
      lookedShare: looked.share,
      failedTiles: failed,
      waitingTiles: waiting,
      emptyTiles: empty,
      tiles: looked.tiles.looked + failed + waiting + empty,
      cutIds: cutBy(idsIn(outcome), known, context),
    },
    caveats: context.caveats.list,
  };
}

function outcomeOf(known: readonly string[], context: Context): { outcome: Outcome; missing?: string[] } {
  const { plan } = context;
  if (plan.where?.kind === 'several') return { outcome: comparePlaces(known, plan.where.places, context) };
  const cover = coverAsked(known, context);
  if (cover) return { outcome: cover };
  switch (plan.intent) {
    case 'find':
      return { outcome: find(known, context) };
    case 'count':
      return { outcome: count(known, context) };
    case 'exists':
      return { outcome: exists(known, context) };
    case 'compare':
      return { outcome: compare(known, context) };
    case 'extreme':
      return { outcome: extreme(known, context) };
    case 'measure': {
      const quantity = plan.quantity ?? 'area';
      // The share of one against another is a comparison.
      const isCompared = quantity === 'share' && known.length > 1;
      return { outcome: isCompared ? compare(known, context) : measure(known, quantity, context) };
    }
    case 'describe':
    case 'identify':
      return { outcome: describe(plan.intent, context) };
    case 'classify': {
      const classified = classify(context);
      if (!classified) return { outcome: { kind: 'model', intent: 'classify' } };
      return { outcome: classified.result, missing: classified.missing };
    }
    case 'quality':
    case 'change':
      return { outcome: { kind: 'model', intent: plan.intent } };
    case 'attribute':
      return { outcome: { kind: 'cannot', reason: 'attribute', subjects: plan.subjects } };
    case 'outside':
    case 'help':
      return { outcome: { kind: 'cannot', reason: plan.intent } };
  }
}

/** The land cover itself, or where those of its classes are that have no things; null if something else is asked. */
function coverAsked(known: readonly string[], context: Context): Outcome | null {
  if (!isAboutGround(known, context)) return null;
  const { order } = context.plan;
  if (asksForAll(context)) return coverOf(order?.by === 'area' ? order.first : 'classes', null, context);
  const classes = classesOf(known, context);
  return classes && coverOf('where', { subjects: known, classes }, context);
}

/** Which things a place or an order was named by, where the plan chooses them. */
function referencesIn(context: Context): Reference[] {
  const { where, order } = context.plan;
  const from = order && anchorOf(order);
  return [...relativesIn(where), ...(from ? [from] : [])]
    .map((anchor) => referenceOf(anchor, context))
    .filter((reference) => reference !== null);
}

const MOST_CERTAIN: Order = { by: 'score', first: 'most' };

function find(subjects: readonly string[], context: Context): Outcome {
  const { order, filter } = context.plan;
  const counted = subjects.map((subject) => countOf(subject, context)!);
  const things = counted.flatMap((each) => each.things);
  const inOrder = ranked(things, order ?? MOST_CERTAIN, context).map(({ thing }) => thing);
  const placed = new Set(inOrder);
  const rest = things.filter((thing) => !placed.has(thing));
  const top = filter.find((condition) => condition.kind === 'top');
  const meant = top ? inOrder.slice(0, top.n) : order ? inOrder : [...inOrder, ...rest];
  const isAll = meant.length === things.length;
  const ids = new Set(meant.map(({ id }) => id));
  const rows = counted.map(({ row }): CountRow => {
    if (isAll) return row;
    const kept = row.ids.filter((id) => ids.has(id));
    // An interval is about all of them.
    return { ...row, count: kept.length, ids: kept, interval: null };
  });
  for (const { subject, count } of rows) noteUnboxed(subject, count, context);
  return { kind: 'found', rows, things: meant.map(({ id, subject, score }) => ({ id, subject, score })) };
}

/** Of a crowd of which only some have boxes, the whole number is said too. */
function noteUnboxed(subject: string, boxed: number, context: Context): void {
  const { where, filter } = context.plan;
  if (filter.length > 0 || (where && isRelative(where))) return;
  const estimate = Math.round(densityIn(subject, context)?.sum ?? 0);
  if (estimate > boxed) context.caveats.add({ kind: 'unboxed', subject, estimate });
}

function count(subjects: readonly string[], context: Context): Outcome {
  const counted: Counted[] = [];
  for (const subject of subjects) {
    const each = countOf(subject, context);
    if (each) counted.push(each);
    else if (subjects.length === 1) return uncounted(subject, context);
    else noteUncounted(subject, context);
  }
  if (counted.length === 0) return { kind: 'cannot', ...uncountable(subjects[0]!, context) };
  return { kind: 'count', rows: counted.map(({ row }) => row), total: totalOf(counted) };
}

/** How much ground it covers, where that is known. */
function uncounted(subject: string, context: Context): Outcome {
  if (!isByGround([subject], context)) return { kind: 'cannot', ...uncountable(subject, context) };
  const result = measure([subject], 'share', context);
  if (result.kind === 'measure') context.caveats.add({ kind: 'only-area', subject });
  return result;
}

function noteUncounted(subject: string, context: Context): void {
  const { tiles } = uncountable(subject, context);
  context.caveats.add({ kind: 'no-count', subject, tiles });
}

function exists(subjects: readonly string[], context: Context): Outcome {
  const rows: ExistsRow[] = [];
  for (const subject of subjects) {
    const row = existsRow(subject, context);
    if (row) rows.push(row);
    else if (subjects.length > 1) noteUncounted(subject, context);
  }
  return rows.length > 0 ? { kind: 'exists', rows } : { kind: 'cannot', ...uncountable(subjects[0]!, context) };
}

const LARGEST: Order = { by: 'area', first: 'most' };

function extreme(subjects: readonly string[], context: Context): Outcome {
  const order = context.plan.order ?? LARGEST;
  const things = subjects.flatMap((subject) => select(subject, context).found);
  if (things.length === 0) return { kind: 'cannot', reason: 'none-found', subjects: [...subjects] };
  const inOrder = ranked(things, order, context);
  const picks = firstOf(inOrder, topOf(context.plan));
  if (picks.length === 0)
    return { kind: 'cannot', reason: 'too-few', subjects: [...subjects], ids: things.map(({ id }) => id) };
  if (order.by === 'area' || order.by === 'length') context.caveats.addSizes(things, context.ground);
  if (order.by === 'distance' && context.ground.kind === 'pixels') context.caveats.add({ kind: 'pixels' });
  return { kind: 'extreme', order, subjects: [...subjects], of: inOrder.length, picks: picks.map(amountOf) };
}

/** Every thing that an outcome points at. */
export function idsIn(outcome: Outcome): string[] {
  switch (outcome.kind) {
    case 'found':
      return outcome.things.map(({ id }) => id);
    case 'count':
    case 'describe':
      return outcome.rows.flatMap(({ ids }) => ids);
    case 'exists':
      return outcome.rows.flatMap(({ count }) => count?.ids ?? []);
    case 'compare':
    case 'places':
      return outcome.rows.flatMap(({ ids }) => ids);
    case 'extreme':
      return outcome.picks.map(({ id }) => id);
    case 'measure':
      return outcome.ids;
    case 'cannot':
      return outcome.reason === 'too-few' ? outcome.ids : [];
    case 'cover':
    case 'classify':
    case 'model':
      return [];
  }
}

/** A box this close to the region's border, in pixels, is taken to be cut by it. */
const CUT_PX = 1;

function cutBy(ids: readonly string[], subjects: readonly string[], { evidence, thingsOf }: Context): string[] {
  const { x, y, width, height } = evidence.region;
  const wanted = new Set(ids);
  const isCut = ({ bounds: { left, top, right, bottom } }: Placed) => {
    return [left - x, top - y, x + width - right, y + height - bottom].some((gap) => Math.abs(gap) <= CUT_PX);
  };
  return subjects.flatMap((subject) =>
    thingsOf(subject)
      .filter(({ id, placed }) => wanted.has(id) && isCut(placed))
      .map(({ id }) => id),
  );
}
