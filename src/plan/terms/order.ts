import { planError } from './plan-error.ts';
import { type Direction, directions, type Side } from './where.ts';

/** By what things are put in order; the first is the one meant. */
export type Order =
  | { by: 'area' | 'length' | 'score'; first: 'most' | 'least' }
  /** On the ground. */
  | { by: 'direction'; direction: Direction }
  /** On the screen. */
  | { by: 'side'; side: Side }
  | { by: 'distance'; first: 'nearest' | 'farthest'; to: string };

/** Anchors of `nearest` and `farthest` that are places, not subjects. */
export const CENTRE = 'centre';
export const MARKED = 'marked region';

const bySize: Record<string, Order> = {
  largest: { by: 'area', first: 'most' },
  smallest: { by: 'area', first: 'least' },
  longest: { by: 'length', first: 'most' },
  shortest: { by: 'length', first: 'least' },
  'most certain': { by: 'score', first: 'most' },
  'least certain': { by: 'score', first: 'least' },
  leftmost: { by: 'side', side: 'left' },
  rightmost: { by: 'side', side: 'right' },
  topmost: { by: 'side', side: 'top' },
  bottommost: { by: 'side', side: 'bottom' },
};

const byName: Record<string, Order> = {
  ...bySize,
  ...Object.fromEntries(
    directions.map((direction): [string, Order] => [`${direction}ernmost`, { by: 'direction', direction }]),
  ),
};

/** `largest`, `northernmost`, `most certain`, `nearest:runway` … Errors: PLAN_INVALID. */
export function parseOrder(text: string): Order {
  const name = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const [, first, to] = /^(nearest|farthest):\s*(\S.*)$/.exec(name) ?? [];
  if (to !== undefined) return { by: 'distance', first: first as 'nearest' | 'farthest', to };
  const order = Object.hasOwn(byName, name) ? byName[name] : undefined;
  if (!order) {
    throw planError('order', text, `one of ${Object.keys(byName).join(', ')}, or nearest: or farthest: with a subject`);
  }
  return order;
}

/** The canonical text: `parseOrder` gives the same again. */
export function formatOrder(order: Order): string {
  switch (order.by) {
    case 'distance':
      return `${order.first}:${order.to}`;
    case 'direction':
      return `${order.direction}ernmost`;
    case 'side':
      return `${order.side}most`;
    case 'area':
      return order.first === 'most' ? 'largest' : 'smallest';
    case 'length':
      return order.first === 'most' ? 'longest' : 'shortest';
    case 'score':
      return `${order.first} certain`;
  }
}

/** The subject that the order measures from, which then is needed as evidence, too; null if none is. */
export function anchorOf(order: Order): string | null {
  return order.by === 'distance' && order.to !== CENTRE && order.to !== MARKED ? order.to : null;
}
