import type { ExtremeResult, Reference, ThingAmount } from '../../result.ts';
import type { Order } from '../../terms/order.ts';
import { whole } from '../numbers.ts';
import { linked, type Phrase, say } from '../phrase.ts';
import type { Setting } from '../words.ts';
import {
  amountText,
  filterOf,
  lonLatText,
  measuredFrom,
  measureOf,
  nameOf,
  orderText,
  texts,
  whereText,
} from './terms.ts';

/** The first of an order, in Chinese. */

export function extreme({ order, subjects, of, picks }: ExtremeResult, setting: Setting): Phrase {
  const subject = subjects.length === 1 ? subjects[0]! : (picks[0]?.subject ?? '');
  const many = picks.length > 1;
  const among =
    of > picks.length ? `${whole(of)} ${measureOf(subject)}${filterOf(setting.plan.filter)}${nameOf(subject)}中` : '';
  const head = `${orderText(order)}${many ? ` ${picks.length} ${measureOf(subject)}` : ''}${among === '' ? `${filterOf(setting.plan.filter)}${nameOf(subject)}` : many ? '' : `一${measureOf(subject)}`}`;
  const what = linked(
    head,
    picks.map(({ id }) => id),
  );
  return say`${whereText(setting.plan, setting.result)}${among}${what}${saidOf(picks, order)}。`;
}

function saidOf(picks: readonly ThingAmount[], order: Order): string {
  const all = picks.map(({ amount }) => (amount ? amountText(amount) : ''));
  // Equal ones are said once.
  const amounts = texts(new Set(all).size === 1 ? all.slice(0, 1) : all);
  switch (order.by) {
    case 'area':
      return `面积为 ${amounts}`;
    case 'length':
      return `长 ${amounts}`;
    case 'score':
      return `得分为 ${amounts}`;
    case 'distance':
      if (picks.every(({ amount }) => amount?.value === 0)) return '与其相接或重叠';
      return `距${measuredFrom(order)} ${amounts}`;
    default: {
      const places = picks.map(({ lonLat }) => lonLat).filter((lonLat) => lonLat !== null);
      return places.length < picks.length ? '已在图上标出' : `位于${places.map(lonLatText).join('；')}`;
    }
  }
}

/** "5 个储油罐中最大的一个面积为 1,240 平方米。" */
export function reference({ subject, chosen, things, of }: Reference): Phrase {
  const ids = things.map(({ id }) => id);
  const name = `${filterOf(chosen.filter)}${nameOf(subject)}`;
  if (!chosen.order) return say`这里指 ${linked(`${whole(things.length)} ${measureOf(subject)}${name}`, ids)}。`;
  const first = `${orderText(chosen.order)}${things.length > 1 ? ` ${things.length} ${measureOf(subject)}` : ''}`;
  const among = of > things.length ? `${whole(of)} ${measureOf(subject)}${name}中` : '';
  const head = among === '' ? `${first}${name}` : things.length > 1 ? first : `${first}一${measureOf(subject)}`;
  return say`${among}${linked(head, ids)}${saidOf(things, chosen.order)}。`;
}
