import { Anchors, distanceBetween, placed } from '../ground/distance.ts';
import { areaOf, centreOf, lengthOf, perimeterOf } from '../ground/shape.ts';
import { unionArea } from '../ground/union-area.ts';
import type { Amount, CannotResult, MeasureResult, ThingAmount, Unit } from '../result.ts';
import type { Anchor } from '../terms/anchor.ts';
import { anchorOf } from '../terms/order.ts';
import type { Quantity } from '../terms/quantity.ts';
import {
  areaUnit,
  type Context,
  conditionsOf,
  evidenceOf,
  metres,
  squareMetres,
  type Thing,
  topOf,
} from './context.ts';
import { countOf, totalOf, uncountable } from './counting.ts';
import { type Covered, coveredBy, coverIn, isMeasuredByCover, landCoverOf, noteCover } from './cover.ts';
import { anchorsOf } from './things/anchors.ts';
import { ranked } from './things/order.ts';
import { amountOf, firstOf, lonLatOf } from './things/rank.ts';
import { select } from './things/select.ts';
import { isLine } from './things/sizes.ts';

/** A quantity of one or several subjects taken together. */
export function measure(
  subjects: readonly string[],
  quantity: Quantity,
  context: Context,
): MeasureResult | CannotResult {
  switch (quantity) {
    case 'area':
    case 'length':
    case 'perimeter':
      return sizes(subjects, quantity, context);
    case 'average area':
      return average(subjects, context);
    case 'total area':
    case 'share':
      return total(subjects, quantity, context);
    case 'density':
      return density(subjects, context);
    case 'distance':
      return distances(subjects, context);
    case 'spacing':
      return spacing(subjects, context);
  }
}

const cannot = <R extends object>(reason: R): { kind: 'cannot' } & R => ({ kind: 'cannot', ...reason });

/** No things of the anchor to measure from. */
const noAnchor = ({ subject, chosen }: Anchor) => ({
  reason: 'no-anchor' as const,
  anchor: subject,
  ...(chosen && { chosen }),
});

const nothingKnown = { amount: null, parts: null, interval: null, each: [], count: null, ids: [] };

/** The found things of the subjects, or why there are none to measure. */
function thingsFor(subjects: readonly string[], context: Context, lying?: 'middle' | 'ground'): Thing[] | CannotResult {
  const placeless = subjects.find((subject) => evidenceOf(context.evidence, subject).things === null);
  if (placeless !== undefined) return withoutPlaces(placeless, context);
  const things = subjects.flatMap((subject) => select(subject, context, lying).found);
  return things.length > 0 ? things : cannot({ reason: 'none-found', subjects: [...subjects] });
}

/** Why a subject's things can't be pointed at. */
export function withoutPlaces(subject: string, context: Context): CannotResult {
  const counted = countOf(subject, context);
  return counted ? cannot({ reason: 'no-places', subject, count: counted.row }) : cannot(uncountable(subject, context));
}

const sizeIn = {
  area: (thing: Thing, { ground }: Context) => squareMetres(areaOf(thing, ground), ground),
  length: (thing: Thing, { ground }: Context) => metres(lengthOf(thing, ground, isLine(thing.subject)), ground),
  perimeter: (thing: Thing, { ground }: Context) => metres(perimeterOf(thing, ground), ground),
};

function sizes(
  subjects: readonly string[],
  quantity: keyof typeof sizeIn,
  context: Context,
): MeasureResult | CannotResult {
  const ground = quantity === 'area' ? ofGround(subjects, quantity, context) : null;
  if (ground) return ground;
  const found = thingsFor(subjects, context);
  if (!Array.isArray(found)) return found;
  const things = ordered(found, context);
  if (!Array.isArray(things)) return things;
  context.caveats.addSizes(things, context.ground);
  const each = things
    .map((thing) => measured(thing, sizeIn[quantity](thing, context), context))
    .sort((a, b) => b.amount!.value - a.amount!.value);
  const [top] = context.plan.order ? [] : conditionsOf(context.plan, 'top');
  return aboutThings(subjects, quantity, top ? each.slice(0, top.n) : each);
}

function aboutThings(subjects: readonly string[], quantity: Quantity, each: ThingAmount[]): MeasureResult {
  const [only] = each;
  const ids = each.map(({ id }) => id);
  const amount = each.length === 1 ? only!.amount : null;
  return { ...nothingKnown, kind: 'measure', quantity, subjects: [...subjects], amount, each, count: each.length, ids };
}

/** With an order in the plan, only the first things are meant ("the area of the largest building"). */
function ordered(things: Thing[], context: Context): Thing[] | CannotResult {
  const { order } = context.plan;
  if (!order) return things;
  const first = firstOf(ranked(things, order, context), topOf(context.plan)).map(({ thing }) => thing);
  if (first.length > 0) return first;
  const anchor = anchorOf(order);
  return anchor ? cannot(noAnchor(anchor)) : cannot({ reason: 'no-scores', subject: things[0]!.subject });
}

const measured = (thing: Thing, amount: Amount, context: Context): ThingAmount => ({
  id: thing.id,
  subject: thing.subject,
  amount,
  lonLat: lonLatOf(thing, context),
  anchor: null,
});

function average(subjects: readonly string[], context: Context): MeasureResult | CannotResult {
  const result = sizes(subjects, 'area', context);
  if (result.kind === 'cannot' || result.each.length === 0) return result;
  const sum = result.each.reduce((total, { amount }) => total + amount!.value, 0);
  return { ...result, quantity: 'average area', amount: squareMetres(sum / result.each.length, context.ground) };
}

/** Total area or share of ground, clipped to the part asked about. */
function total(
  subjects: readonly string[],
  quantity: 'total area' | 'share',
  context: Context,
): MeasureResult | CannotResult {
  const ground = ofGround(subjects, quantity, context);
  if (ground) return ground;
  const found = thingsFor(subjects, context, 'ground');
  if (!Array.isArray(found)) {
    if (found.reason !== 'none-found') return found;
    const none = { area: 0, whole: context.looked.area, share: 0, interval: null, things: [] };
    return ofCover(subjects, quantity, [none], context);
  }
  const things = ordered(found, context);
  if (!Array.isArray(things)) return things;
  context.caveats.addSizes(things, context.ground);
  return ofCover(subjects, quantity, [coveredBy(things, context)], context);
}

/** By the land cover where it measures some of the subjects, and things the rest; null if it measures none of what is asked. */
function ofGround(
  subjects: readonly string[],
  quantity: 'area' | 'total area' | 'share',
  context: Context,
): MeasureResult | CannotResult | null {
  // An order or a size chooses things.
  const isPlain = context.plan.order === null && context.plan.filter.length === 0;
  const ground = subjects.filter((subject) => isMeasuredByCover(subject, context));
  const rest = subjects.filter((subject) => !ground.includes(subject));
  const isKnown = rest.every((subject) => evidenceOf(context.evidence, subject).things !== null);
  const covered = isPlain && isKnown ? landCoverOf(ground, context) : null;
  if (!covered) return null;
  noteCover(ground, context);
  if (!(covered.whole > 0)) return { kind: 'cannot', reason: 'not-looked' };
  const covers = [covered, ...rest.map((subject) => coverIn(subject, context)!)];
  return ofCover(subjects, quantity === 'share' ? 'share' : 'total area', covers, context);
}

function ofCover(
  subjects: readonly string[],
  quantity: 'total area' | 'share',
  covers: readonly Covered[],
  context: Context,
): MeasureResult | CannotResult {
  const { ground } = context;
  const things = covers.flatMap((cover) => cover.things ?? []);
  const area = covers.reduce((sum, cover) => sum + cover.area, 0);
  const intervals = covers.map(({ interval }) => interval).filter((interval) => interval !== null);
  const [only] = intervals.length === 1 && covers.length === 1 ? intervals : [];
  const about = {
    ...nothingKnown,
    kind: 'measure' as const,
    quantity,
    subjects: [...subjects],
    count: covers.some((cover) => cover.things) ? things.length : null,
    ids: things.map(({ id }) => id),
  };
  if (quantity === 'total area') return { ...about, amount: squareMetres(area, ground), interval: only ?? null };
  const [first] = covers;
  const whole = first?.things === null ? first.whole : areaToDivideBy(context);
  if (whole === null) return cannot({ reason: 'no-area' });
  if (!(whole > 0)) return cannot({ reason: 'not-looked' });
  return {
    ...about,
    amount: { value: Math.min(1, area / whole), unit: 'share' },
    parts: { part: squareMetres(area, ground), whole: squareMetres(whole, ground) },
    interval: only ? { low: only.low / whole, high: Math.min(1, only.high / whole) } : null,
  };
}

/** Looked-at ground of the part asked about; null where that has no area: near or along something. */
function areaToDivideBy(context: Context): number | null {
  const { where } = context.plan;
  if (where?.kind === 'near' || where?.kind === 'along') return null;
  if (where?.kind !== 'inside') return context.looked.area;
  const shapes = anchorsOf(where, context).map(({ placed }) => placed.shape);
  return unionArea(shapes, context.zone, context.ground);
}

const SQUARE_METRES_PER_KM2 = 1e6;
const PIXELS_PER_MEGAPIXEL = 1e6;

function density(subjects: readonly string[], context: Context): MeasureResult | CannotResult {
  const counted = subjects.map((subject) => countOf(subject, context));
  const uncounted = subjects.find((_, i) => counted[i] === null);
  if (uncounted !== undefined) return cannot(uncountable(uncounted, context));
  const known = counted.filter((each) => each !== null);
  const whole = areaToDivideBy(context);
  if (whole === null) return cannot({ reason: 'no-area' });
  if (!(whole > 0)) return cannot({ reason: 'not-looked' });
  const { count, interval, ids } = totalOf(known) ?? known[0]!.row;
  const isPixels = areaUnit(context.ground) === 'px2';
  if (isPixels) context.caveats.add({ kind: 'pixels' });
  const [unit, per]: [Unit, number] = isPixels ? ['per Mpx', PIXELS_PER_MEGAPIXEL] : ['per km2', SQUARE_METRES_PER_KM2];
  const by = per / whole;
  return {
    ...nothingKnown,
    kind: 'measure',
    quantity: 'density',
    subjects: [...subjects],
    amount: { value: count * by, unit },
    parts: { part: { value: count, unit: 'count' }, whole: squareMetres(whole, context.ground) },
    interval: interval && { low: interval.low * by, high: interval.high * by },
    count,
    ids,
  };
}

/**
 * Distance from edge to edge: of one subject's things to another's (the second subject, or the one that `order` or
 * `where` names), nearest first; of one subject alone, between its two nearest things and, of more, the two farthest.
 */
function distances(subjects: readonly string[], context: Context): MeasureResult | CannotResult {
  const { order, where } = context.plan;
  const [subject = '', second] = subjects;
  const found = thingsFor([subject], context);
  if (!Array.isArray(found)) return found;
  if (order?.by === 'distance') {
    const first = ordered(found, context);
    if (!Array.isArray(first)) return first;
    const picks = firstOf(ranked(found, order, context), topOf(context.plan));
    return fromNearest(subject, picks.map(amountOf), context);
  }
  const things = ordered(found, context);
  if (!Array.isArray(things)) return things;
  const near = where?.kind === 'near' || where?.kind === 'along' ? where : null;
  const anchor: Anchor | null = second === undefined ? near : { subject: second };
  if (anchor === null) return apart(subject, things, context);
  if (evidenceOf(context.evidence, anchor.subject).things === null) return withoutPlaces(anchor.subject, context);
  // A second subject is asked about as the first is; one that says where isn't.
  const anchors = second === undefined ? anchorsOf(anchor, context) : select(second, context).found;
  if (anchors.length === 0) return cannot(noAnchor(anchor));
  const index = new Anchors(anchors);
  const each = things
    .map((thing): ThingAmount | null => {
      const nearest = index.nearest(thing.placed, context.ground);
      if (!nearest) return null;
      const amount = metres(nearest.distance, context.ground);
      return { ...measured(thing, amount, context), anchor: { id: nearest.anchor.id, subject: anchor.subject } };
    })
    .filter((each) => each !== null)
    .sort((a, b) => a.amount!.value - b.amount!.value);
  return fromNearest(subject, each, context);
}

function fromNearest(subject: string, each: ThingAmount[], { ground, caveats }: Context): MeasureResult {
  if (ground.kind === 'pixels') caveats.add({ kind: 'pixels' });
  const amount = each[0]?.amount ?? null;
  const ids = each.map(({ id }) => id);
  return {
    ...nothingKnown,
    kind: 'measure',
    quantity: 'distance',
    subjects: [subject],
    amount,
    each,
    count: each.length,
    ids,
  };
}

/** More pairs than these aren't measured one by one to find the farthest. */
const MOST_PAIRED = 400;

function apart(subject: string, things: readonly Thing[], context: Context): MeasureResult | CannotResult {
  const { ground } = context;
  if (things.length < 2) return cannot({ reason: 'too-few', subjects: [subject], ids: things.map(({ id }) => id) });
  const pair = (a: Thing, b: Thing, distance: number): ThingAmount => ({
    ...measured(a, metres(distance, ground), context),
    anchor: { id: b.id, subject },
  });
  const index = new Anchors(things);
  const pairs =
    things.length <= MOST_PAIRED
      ? things.flatMap((a, i) =>
          things.slice(i + 1).map((b) => pair(a, b, distanceBetween(a.placed, b.placed, ground))),
        )
      : things.map((a) => {
          const { anchor, distance } = index.nearest(a.placed, ground)!;
          return pair(a, anchor, distance);
        });
  pairs.sort((a, b) => a.amount!.value - b.amount!.value);
  const [nearest, farthest] = [pairs[0]!, pairs[pairs.length - 1]!];
  const each = things.length === 2 || things.length > MOST_PAIRED ? [nearest] : [nearest, farthest];
  return { ...fromNearest(subject, each, context), count: things.length, ids: things.map(({ id }) => id) };
}

/** The average distance of each thing's centre to the nearest other one's. */
function spacing(subjects: readonly string[], context: Context): MeasureResult | CannotResult {
  const { ground } = context;
  const things = thingsFor(subjects, context);
  if (!Array.isArray(things)) return things;
  const ids = things.map(({ id }) => id);
  if (things.length < 2) return cannot({ reason: 'too-few', subjects: [...subjects], ids });
  const centres = things.map((thing) => ({ placed: placed([[centreOf(thing)]]) }));
  const index = new Anchors(centres);
  const sum = centres.reduce((total, { placed }) => total + index.nearest(placed, ground)!.distance, 0);
  if (ground.kind === 'pixels') context.caveats.add({ kind: 'pixels' });
  const amount = metres(sum / things.length, ground);
  return {
    ...nothingKnown,
    kind: 'measure',
    quantity: 'spacing',
    subjects: [...subjects],
    amount,
    count: things.length,
    ids,
  };
}
