import type { PlaceRow, PlacesResult } from '../../result.ts';
import { formatOrder } from '../../terms/order.ts';
import { whole } from '../numbers.ts';
import { capital, linked, list, type Phrase, say } from '../phrase.ts';
import type { Setting } from '../words.ts';
import { amountText, be, commaTexts, filterOf, isMass, likely, noun, placeOf, plural } from './terms.ts';

/** How much there is in each of several places, in English. */

export function places(result: PlacesResult, setting: Setting): Phrase[] {
  const isCompared = setting.plan.intent === 'compare' && result.rows.every(({ amount }) => amount !== null);
  return [isCompared ? compared(result, setting) : listed(result, setting), ...apart(result)];
}

/** "Cars", "buildings of more than 200 m²", "cars and trucks". */
const namesOf = ({ subjects }: PlacesResult, { plan }: Setting) =>
  commaTexts(subjects.map(plural)) + filterOf(plan.filter);

/** "In the northern half", "near roads". */
function at(row: PlaceRow, { plan, result }: Setting): string {
  const within = result.caveats.find((caveat) => caveat.kind === 'within')?.amount ?? null;
  return placeOf(row.where, result.regionKind, plan.filter, within).trim();
}

const amountIn = ({ amount, count, ids }: PlaceRow): Phrase =>
  linked(`${count?.isEstimate && count.count > 0 ? 'about ' : ''}${amount ? amountText(amount) : 'none'}`, ids);

const notes = (row: PlaceRow, isCount: boolean) => (isCount && row.count ? likely(row.count) : '');

/** "9 in the northern half (likely 7–11)". */
function each(row: PlaceRow, isCount: boolean, setting: Setting): Phrase {
  const note = notes(row, isCount).slice(2);
  return say`${amountIn(row)} ${at(row, setting)}${note === '' ? '' : ` (${note})`}`;
}

function compared(result: PlacesResult, setting: Setting): Phrase {
  const { rows, asked, first, isSure, probability, ratio, quantity } = result;
  const isCount = quantity === 'count';
  const isMost = asked === 'most';
  const names = namesOf(result, setting);
  const value = (row: PlaceRow) => row.amount!.value;
  const inOrder = [...rows].sort((a, b) => (isMost ? value(b) - value(a) : value(a) - value(b)));
  const all = list(
    inOrder.map((row) => each(row, isCount, setting)),
    ', ',
    ' and ',
  );
  if (rows.every((row) => value(row) === 0)) {
    return say`There ${be(result.subjects.at(-1)!, 2)} no ${names} ${rows.map((row) => at(row, setting)).join(' or ')}.`;
  }
  const [top, second] = [inOrder[0]!, inOrder[1]!];
  const isTwo = rows.length === 2;
  const degree = degreeOf(quantity, isMost)[isTwo ? 0 : 1];
  const inBrackets = (row: PlaceRow) => say`(${amountIn(row)}${notes(row, isCount)})`;
  if (first === null && isSure) {
    if (!isTwo)
      return say`No place alone has ${isCount ? `${degree} ${names}` : `the ${degree} ${whatOf(result, setting)}`}: ${all}.`;
    const [here, there] = [
      say`${at(top, setting)} ${inBrackets(top)}`,
      say`${at(second, setting)} ${inBrackets(second)}`,
    ];
    return isCount
      ? say`As many ${names} were found ${here} as ${there}.`
      : say`The ${whatOf(result, setting)} is about the same ${here} and ${there}.`;
  }
  if (!isSure) {
    const what = isCount ? `there are ${degree} ${names}` : `the ${whatOf(result, setting)} is ${degree}`;
    const isClose = probability !== null && probability < 0.8;
    return isClose
      ? say`It is too close to tell where ${what}: ${all}.`
      : say`Not all was looked at, so I cannot tell where ${what}: ${all}.`;
  }
  const times = isMost && ratio !== null && ratio < 1000 ? `${Number(ratio.toPrecision(2))} times as ` : '';
  if (!isTwo) {
    const rest = list(
      inOrder.slice(1).map((row) => each(row, isCount, setting)),
      ', ',
      ' and ',
    );
    const lead = isCount
      ? `${degree} ${names} ${isMassOf(result) ? 'is' : 'are'}`
      : `the ${whatOf(result, setting)} is ${degree}`;
    return capital(say`${lead} ${at(top, setting)} ${inBrackets(top)}; then come ${rest}.`);
  }
  const isGround = quantity === 'total area' || quantity === 'share';
  const lead = isCount
    ? `there are ${degree} ${names}`
    : isGround
      ? `${names} ${isMassOf(result) ? 'covers' : 'cover'} ${isMost ? 'more' : 'less'} ground`
      : `the ${whatOf(result, setting)} is ${degree}`;
  const measure = isCount ? 'many' : isGround ? 'much' : quantity === 'density' ? 'high' : 'large';
  const end = times === '' ? '' : `, ${times}${measure}`;
  return capital(
    say`${lead} ${at(top, setting)} ${inBrackets(top)} than ${at(second, setting)} ${inBrackets(second)}${end}.`,
  );
}

function degreeOf(quantity: PlacesResult['quantity'], isMost: boolean): readonly [two: string, many: string] {
  if (quantity === 'count') return isMost ? ['more', 'the most'] : ['fewer', 'the fewest'];
  if (quantity === 'density') return isMost ? ['higher', 'highest'] : ['lower', 'lowest'];
  return isMost ? ['larger', 'largest'] : ['smaller', 'smallest'];
}

const isMassOf = ({ subjects }: PlacesResult) => subjects.every(isMass);

/** "Density of cars", "total area of buildings", "area of the largest building". */
function whatOf(result: PlacesResult, setting: Setting): string {
  const { quantity, subjects } = result;
  const { order } = setting.plan;
  const isSum = quantity === 'area' || quantity === 'length' || quantity === 'perimeter';
  if (isSum && order)
    return `${quantity} of the ${formatOrder(order)} ${subjects.map((name) => noun(name, 1)).join(' or ')}`;
  const names = namesOf(result, setting);
  return `${isSum ? `total ${quantity}` : quantity} ${quantity === 'distance' ? 'between' : 'of'} ${names}`;
}

/** One place after the other, without saying which has more. */
function listed(result: PlacesResult, setting: Setting): Phrase {
  const { rows, quantity, subjects } = result;
  if (quantity !== 'count') {
    const some = rows.filter(({ amount }) => amount !== null);
    const none = rows.filter(({ amount }) => amount === null).map((row) => at(row, setting));
    const nothing = none.length > 0 ? `there is nothing to measure ${commaTexts(none)}` : '';
    if (some.length === 0) return capital(say`${nothing}.`);
    const all = list(
      some.map((row) => each(row, false, setting)),
      ', ',
      ' and ',
    );
    return say`The ${whatOf(result, setting)} is ${all}${nothing === '' ? '' : `; ${nothing}`}.`;
  }
  const names = namesOf(result, setting);
  const parts = rows.map((row, i) => {
    const count = row.count?.count ?? 0;
    const number = `${row.count?.isEstimate && count > 0 ? 'about ' : ''}${count === 0 ? (i === 0 ? 'no' : 'none') : whole(count)}`;
    const name =
      i === 0
        ? ` ${count === 1 && subjects.length === 1 ? noun(subjects[0]!, 1) + filterOf(setting.plan.filter) : names}`
        : '';
    const note = notes(row, true).slice(2);
    return say`${linked(number + name, row.ids)} ${at(row, setting)}${note === '' ? '' : ` (${note})`}`;
  });
  return say`There ${be(subjects[0]!, rows[0]?.count?.count ?? 0)} ${list(parts, ', ', ' and ')}.`;
}

/** What the places leave out, and what counts in more than one. */
function apart({ elsewhere, sharedIds, rows }: PlacesResult): Phrase[] {
  const two = rows.length === 2;
  const verb = (count: number) => (count === 1 ? 'lies' : 'lie');
  const said: Phrase[] = [];
  if (elsewhere > 0)
    said.push(say`${whole(elsewhere)} more ${verb(elsewhere)} in ${two ? 'neither' : 'none of them'}.`);
  if (sharedIds.length > 0)
    said.push(
      say`${linked(whole(sharedIds.length), sharedIds)} ${verb(sharedIds.length)} in ${two ? 'both' : 'more than one of them'} and ${sharedIds.length === 1 ? 'counts' : 'count'} in each.`,
    );
  return said;
}
