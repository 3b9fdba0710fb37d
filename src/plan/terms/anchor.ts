import { type Condition, conditionsIn, formatFilter } from './filter.ts';
import { type PlainOrder, plainOrderName, plainOrderNamed, plainOrderNames } from './plain-order.ts';

/** A subject by which a place is named or from which is measured: all of its things, or those chosen. */
export interface Anchor {
  subject: string;
  /** Which of its things: the first in an order, those with a size or score, or both. Missing: all of them. */
  chosen?: Chosen;
}

export interface Chosen {
  order: PlainOrder | null;
  /** On area, length, score and the first `n`; empty for none. */
  filter: Condition[];
}

const choosable: readonly Condition['kind'][] = ['area', 'length', 'score', 'top'];

/** `building`, `largest building`, `building (area>200 m2)`, `largest building (top 3)`; null if it isn't written so. */
export function anchorNamed(text: string): Anchor | null {
  const [, name = '', conditions] = /^([^()]+?)\s*(?:\(([^()]*)\))?$/.exec(text.trim()) ?? [];
  const first = plainOrderNames.find((each) => name.startsWith(`${each} `));
  const subject = name.slice(first ? first.length + 1 : 0).trim();
  const filter = conditions === undefined ? [] : conditionsIn(conditions);
  if (subject === '' || plainOrderNamed(name) || !filter?.every(({ kind }) => choosable.includes(kind))) return null;
  const order = first ? plainOrderNamed(first) : null;
  return order || filter.length > 0 ? { subject, chosen: { order, filter } } : { subject };
}

/** The canonical text: `anchorNamed` gives the same again. */
export function anchorText({ subject, chosen }: Anchor): string {
  const order = chosen?.order ? `${plainOrderName(chosen.order)} ` : '';
  const filter = chosen && chosen.filter.length > 0 ? ` (${formatFilter(chosen.filter)})` : '';
  return `${order}${subject}${filter}`;
}
