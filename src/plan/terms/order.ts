import { type Anchor, anchorNamed, anchorText } from './anchor.ts';
import { type PlainOrder, plainOrderName, plainOrderNamed, plainOrderNames } from './plain-order.ts';
import { planError } from './plan-error.ts';

/** By what things are put in order; the first is the one meant. */
export type Order = PlainOrder | DistanceOrder;

export interface DistanceOrder extends Omit<Anchor, 'subject'> {
  by: 'distance';
  first: 'nearest' | 'farthest';
  /** A subject, the region's centre or what is marked. */
  to: string;
}

/** Anchors of `nearest` and `farthest` that are places, not subjects. */
export const CENTRE = 'centre';
export const MARKED = 'marked region';

/** `largest`, `northernmost`, `most certain`, `nearest:runway`, `farthest:largest building` … Errors: PLAN_INVALID. */
export function parseOrder(text: string): Order {
  const name = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const [, first, to] = /^(nearest|farthest):\s*(\S.*)$/.exec(name) ?? [];
  const anchor = to === undefined ? null : anchorNamed(to);
  if (anchor) {
    const { subject, ...chosen } = anchor;
    return { by: 'distance', first: first as DistanceOrder['first'], to: subject, ...chosen };
  }
  const order = plainOrderNamed(name);
  if (!order) {
    throw planError(
      'order',
      text,
      `one of ${plainOrderNames.join(', ')}, or nearest: or farthest: with a subject or with one that an order or a filter chooses, such as "nearest:largest building"`,
    );
  }
  return order;
}

/** The canonical text: `parseOrder` gives the same again. */
export function formatOrder(order: Order): string {
  if (order.by !== 'distance') return plainOrderName(order);
  const { first, to, by, ...chosen } = order;
  return `${first}:${anchorText({ subject: to, ...chosen })}`;
}

/** The subject that the order measures from, which then is needed as evidence, too; null if none is. */
export function anchorOf(order: Order): Anchor | null {
  if (order.by !== 'distance' || order.to === CENTRE || order.to === MARKED) return null;
  return { subject: order.to, ...(order.chosen && { chosen: order.chosen }) };
}
