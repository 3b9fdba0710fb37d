import type { CannotResult, MeasureResult, PlaceRow, PlacesResult } from '../result.ts';
import type { Quantity } from '../terms/quantity.ts';
import type { Place } from '../terms/where.ts';
import { type Chances, chancesByPlace, normalBelow, probabilityOfFirst, sumOf } from './chances.ts';
import { isCertainlyNone } from './compare.ts';
import { type Context, evidenceOf, inPlace } from './context.ts';
import { type Counted, countOf, HALF_WIDTH, totalOf, uncountable } from './counting.ts';
import { isByGround } from './cover.ts';
import { measure } from './measure.ts';
import { select } from './things/select.ts';

/** Quantities that add up: of more ground there may only be more. */
const SUMS: readonly (Quantity | null)[] = [null, 'area', 'total area', 'length', 'perimeter'];
/** Quantities of a place as a whole, of which one place has the least. Others are of things that an order may choose. */
const OF_PLACES: readonly (Quantity | null)[] = [null, 'total area', 'share', 'density'];
/** From this probability on a place is said to have the most. */
const SURE = 0.8;
/** Of a place that was looked at less, not all is known. */
const WHOLE = 0.99;
/** Areas, lengths and averages closer than this are equal: outlines and boxes are no more exact. */
const SAME = 0.01;

/** A place's row with what is known of its uncertainty. */
interface Found {
  row: PlaceRow;
  /** The distribution of the number in each of the places that the image may be like; null if it isn't known. */
  chances: Chances[] | null;
  /** The area that the number is divided by; 1 for a number. */
  per: number;
  /** Mean and standard deviation of the amount; null if they aren't known. */
  spread: { mean: number; sd: number } | null;
}

/**
 * How much there is of the subjects, taken together, in each place, and which place has the most. A thing is where the
 * middle of its box is; areas and shares end at a place's border. What isn't told apart is compared by the ground that it covers.
 */
export function comparePlaces(
  subjects: readonly string[],
  places: readonly Place[],
  given: Context,
): PlacesResult | CannotResult {
  const { order } = given.plan;
  const quantity = given.plan.quantity ?? (isByGround(subjects, given) ? 'total area' : null);
  const isOfPlaces = OF_PLACES.includes(quantity);
  const asked = isOfPlaces && order?.by === 'area' && order.first === 'least' ? 'least' : 'most';
  const context = isOfPlaces ? { ...given, plan: { ...given.plan, order: null } } : given;
  const found: Found[] = [];
  for (const place of places) {
    const here = inPlace(context, place);
    const each = quantity === null ? countIn(subjects, place, here) : amountIn(subjects, quantity, place, here);
    // What is known of one place isn't the answer.
    if ('kind' in each) return each.reason === 'no-places' ? { ...each, count: null } : each;
    found.push(each);
  }
  return {
    kind: 'places',
    quantity: quantity ?? 'count',
    subjects: [...subjects],
    rows: withUnits(found.map(({ row }) => row)),
    asked,
    ...firstOf(found, asked, quantity),
    ...apartFrom(subjects, places, context),
  };
}

function countIn(subjects: readonly string[], where: Place, here: Context): Found | CannotResult {
  const counted = allCounted(subjects, here);
  if ('kind' in counted) return counted;
  const { count, isEstimate, interval, ids } = totalOf(counted) ?? counted[0]!.row;
  return {
    row: {
      where,
      amount: here.looked.share > 0 ? { value: count, unit: 'count' } : null,
      count: { count, isEstimate, interval, ids },
      ids: [...ids],
      lookedShare: here.looked.share,
    },
    chances: chancesOfAll(counted, here),
    per: 1,
    spread: spreadOfAll(counted),
  };
}

function allCounted(subjects: readonly string[], here: Context): Counted[] | CannotResult {
  const counted: Counted[] = [];
  for (const subject of subjects) {
    const each = countOf(subject, here);
    if (!each) return { kind: 'cannot', ...uncountable(subject, here) };
    counted.push(each);
  }
  return counted;
}

function chancesOfAll(counted: readonly Counted[], { evidence, plan }: Context): Chances[] | null {
  const isAll = plan.filter.every(({ kind }) => kind !== 'score');
  const each = counted.map((one): Chances[] | null => {
    if (one.row.isEstimate) return null;
    const scores = [...one.things, ...one.candidates].map(({ score }) => score).filter((score) => score !== null);
    if (scores.length < one.things.length + one.candidates.length) return null;
    const { recall, placeSpread } = evidenceOf(evidence, one.row.subject);
    // What a score's limit leaves out isn't missed.
    return chancesByPlace(scores, { recall: isAll ? recall : null, placeSpread });
  });
  const known = each.filter((chances) => chances !== null);
  if (known.length < each.length) return null;
  return known.reduce((sum, chances) => sum.map((one, i) => sumOf(one, chances[i]!)));
}

function spreadOfAll(counted: readonly Counted[]): Found['spread'] {
  const spreads = counted.map((each) => each.spread ?? (isCertainlyNone(each) ? { mean: 0, sd: 0 } : null));
  const known = spreads.filter((spread) => spread !== null);
  if (known.length < spreads.length) return null;
  return { mean: known.reduce((sum, { mean }) => sum + mean, 0), sd: Math.hypot(...known.map(({ sd }) => sd)) };
}

/** Results that leave a place without an amount; other ones hold for every place. */
const NOTHING_THERE: readonly CannotResult['reason'][] = ['none-found', 'too-few', 'not-looked'];

function amountIn(subjects: readonly string[], quantity: Quantity, where: Place, here: Context): Found | CannotResult {
  const result = measure(subjects, quantity, here);
  if (result.kind === 'cannot' && !NOTHING_THERE.includes(result.reason)) return result;
  const measured = result.kind === 'measure' ? result : null;
  const looked = here.looked.share;
  // Sizes of several things are compared by their sum; where nothing was found, a sum is 0.
  const sum = measured?.each.reduce((total, { amount }) => total + (amount?.value ?? 0), 0) ?? 0;
  const amount =
    measured?.amount ??
    (SUMS.includes(quantity) && !here.plan.order && looked > 0 ? { value: sum, unit: unitOf(measured) } : null);
  const ids = measured?.ids ?? (result.kind === 'cannot' && result.reason === 'too-few' ? result.ids : []);
  const row = { where, amount, count: null, ids, lookedShare: looked };
  if (quantity !== 'density' || !measured?.parts) return { row, chances: null, per: 1, spread: spreadIn(measured) };
  const counted = countIn(subjects, where, here);
  if ('kind' in counted) return counted;
  const per = measured.parts.whole.value;
  const scaled = counted.spread && measured.amount ? measured.amount.value / Math.max(1, measured.parts.part.value) : 0;
  const spread = counted.spread && { mean: counted.spread.mean * scaled, sd: counted.spread.sd * scaled };
  return { row: { ...row, count: counted.row.count }, chances: counted.chances, per, spread };
}

const unitOf = (measured: MeasureResult | null) => measured?.each[0]?.amount?.unit ?? 'm2';

/** From the 90 % interval of a covered area. */
function spreadIn(measured: MeasureResult | null): Found['spread'] {
  const interval = measured?.interval;
  if (!interval) return measured?.count === 0 ? { mean: 0, sd: 0 } : null;
  return { mean: (interval.low + interval.high) / 2, sd: (interval.high - interval.low) / (2 * HALF_WIDTH) };
}

/** A place with nothing in it has the unit of the others. */
function withUnits(rows: PlaceRow[]): PlaceRow[] {
  const unit = rows.find(({ amount }) => amount !== null && amount.value > 0)?.amount?.unit;
  return rows.map((row) => (row.amount?.value === 0 && unit ? { ...row, amount: { value: 0, unit } } : row));
}

function firstOf(
  found: readonly Found[],
  asked: PlacesResult['asked'],
  quantity: Quantity | null,
): Pick<PlacesResult, 'first' | 'isSure' | 'probability' | 'ratio'> {
  const none = { first: null, isSure: false, probability: null, ratio: null };
  const amounts = found.map(({ row }) => row.amount?.value);
  const known = amounts.filter((value) => value !== undefined);
  if (known.length < found.length) return none;
  const sorted = [...known].sort((a, b) => (asked === 'most' ? b - a : a - b));
  const [first, second] = [sorted[0]!, sorted[1]!];
  const [most, next] = [...known].sort((a, b) => b - a);
  const ratio = next! > 0 ? most! / next! : null;
  const isCount = quantity === null || quantity === 'density';
  const isEqual = Math.abs(first - second) <= (isCount ? 1e-9 : SAME) * Math.max(first, second);
  // Equal only if all of what bears on it was looked at.
  if (isEqual) return { ...none, ratio, isSure: found.every(({ row }) => row.lookedShare >= WHOLE) };
  const at = known.indexOf(first);
  const [one, others] = [found[at]!, found.filter((_, i) => i !== at)];
  const probability = probabilityOf(one, others, asked);
  // Where not all was looked at there may be more of what adds up.
  const bearing = asked === 'most' ? others : [one];
  const isWhole = !SUMS.includes(quantity) || bearing.every(({ row }) => row.lookedShare >= WHOLE);
  return { first: at, ratio, probability, isSure: isWhole && (probability === null || probability >= SURE) };
}

function probabilityOf(one: Found, others: readonly Found[], asked: PlacesResult['asked']): number | null {
  const all = [one, ...others];
  if (all.every(({ chances }) => chances !== null)) {
    const places = one.chances!.map((_, i) =>
      probabilityOfFirst(
        { chances: one.chances![i]!, per: one.per },
        others.map(({ chances, per }) => ({ chances: chances![i]!, per })),
        asked,
      ),
    );
    return places.reduce((sum, each) => sum + each, 0) / places.length;
  }
  if (all.some(({ spread }) => spread === null)) return null;
  return others.reduce((product, { spread }) => {
    const ahead = (one.spread!.mean - spread!.mean) * (asked === 'most' ? 1 : -1);
    const sd = Math.hypot(one.spread!.sd, spread!.sd);
    return product * (sd > 0 ? normalBelow(ahead / sd) : ahead > 0 ? 1 : 0);
  }, 1);
}

/** Found things that are in none of the places, and those in more than one. */
function apartFrom(
  subjects: readonly string[],
  places: readonly Place[],
  context: Context,
): Pick<PlacesResult, 'elsewhere' | 'sharedIds'> {
  const idsOf = (here: Context) => subjects.flatMap((subject) => select(subject, here).found.map(({ id }) => id));
  const inPlaces = places.map((place) => new Set(idsOf(inPlace(context, place))));
  const times = (id: string) => inPlaces.filter((ids) => ids.has(id)).length;
  const all = [...new Set([...idsOf(context), ...inPlaces.flatMap((ids) => [...ids])])];
  return {
    elsewhere: all.filter((id) => times(id) === 0).length,
    sharedIds: all.filter((id) => times(id) > 1),
  };
}
