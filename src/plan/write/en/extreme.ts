import type { ExtremeResult, Reference, ThingAmount } from '../../result.ts';
import { formatOrder, type Order } from '../../terms/order.ts';
import { whole } from '../numbers.ts';
import { capital, linked, type Phrase, say } from '../phrase.ts';
import type { Setting } from '../words.ts';
import {
  amountText,
  commaTexts,
  detailsOf,
  filterOf,
  lonLatText,
  measuredFrom,
  noun,
  numbered,
  plural,
} from './terms.ts';

/** The first of an order, in English. */

export function extreme({ order, subjects, of, picks }: ExtremeResult, setting: Setting): Phrase {
  const at = detailsOf(setting.plan, setting.result);
  const [pick] = picks;
  const [subject] = subjects.length === 1 ? subjects : [picks.length === 1 ? pick!.subject : 'other:thing'];
  const ids = picks.map(({ id }) => id);
  const number = picks.length > 1 ? `${picks.length} ` : '';
  const few = noun(subject!, picks.length);
  const among = of > picks.length ? ` of ${whole(of)}` : '';
  const head =
    order.by === 'distance'
      ? `the ${number}${few} ${order.first === 'nearest' ? 'nearest to' : 'farthest from'} ${measuredFrom(order)}`
      : of === 1
        ? `the only ${few}`
        : `the ${number}${formatOrder(order)}${among === '' ? ` ${few}` : `${among} ${plural(subject!)}`}`;
  const what = linked(head, ids);
  return capital(say`${what}${at} ${saidOf(picks, order)}.`);
}

function saidOf(picks: readonly ThingAmount[], order: Order): string {
  const all = picks.map(({ amount }) => (amount ? amountText(amount) : ''));
  // Equal ones are said once.
  const amounts = commaTexts(new Set(all).size === 1 ? all.slice(0, 1) : all);
  const many = picks.length > 1;
  switch (order.by) {
    case 'area':
      return `${many ? 'measure' : 'measures'} ${amounts}`;
    case 'length':
      return `${many ? 'are' : 'is'} ${amounts} long`;
    case 'score':
      return `${many ? 'have scores' : 'has a score'} of ${amounts}`;
    case 'distance':
      if (picks.every(({ amount }) => amount?.value === 0))
        return `${many ? 'touch or overlap' : 'touches or overlaps'} it`;
      return `${many ? 'are' : 'is'} ${amounts} from it`;
    default: {
      const places = picks.map(({ lonLat }) => lonLat).filter((lonLat) => lonLat !== null);
      if (places.length < picks.length) return `${many ? 'are' : 'is'} marked on the image`;
      return `${many ? 'lie' : 'lies'} at ${commaTexts(places.map(lonLatText))}`;
    }
  }
}

/** "The largest of 5 storage tanks measures 1,240 m²." */
export function reference({ subject, chosen, things, of }: Reference): Phrase {
  const ids = things.map(({ id }) => id);
  const only = things.length === 1;
  if (!chosen.order) {
    return say`${linked(`${numbered(subject, things.length)}${filterOf(chosen.filter)}`, ids)} ${only ? 'is' : 'are'} meant.`;
  }
  const some = `${noun(subject, things.length)}${filterOf(chosen.filter)}`;
  const first = `the ${only ? '' : `${things.length} `}${formatOrder(chosen.order)}`;
  const head =
    of === 1
      ? `the only ${some}`
      : of > things.length
        ? `${first} of ${whole(of)} ${plural(subject)}${filterOf(chosen.filter)}`
        : `${first} ${some}`;
  return capital(say`${linked(head, ids)} ${saidOf(things, chosen.order)}.`);
}
