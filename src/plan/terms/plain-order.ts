import { type Direction, directions, type Side } from './part.ts';

/** By what things are put in order, whatever lies around them; the first is the one meant. */
export type PlainOrder =
  | { by: 'area' | 'length' | 'score'; first: 'most' | 'least' }
  /** On the ground. */
  | { by: 'direction'; direction: Direction }
  /** On the screen. */
  | { by: 'side'; side: Side };

const byName: Record<string, PlainOrder> = {
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
  ...Object.fromEntries(
    directions.map((direction): [string, PlainOrder] => [`${direction}ernmost`, { by: 'direction', direction }]),
  ),
};

export const plainOrderNames: readonly string[] = Object.keys(byName);

/** `largest`, `northernmost`, `most certain` …; null for anything else. */
export const plainOrderNamed = (name: string): PlainOrder | null =>
  Object.hasOwn(byName, name) ? byName[name]! : null;

/** The canonical name: `plainOrderNamed` gives the same again. */
export function plainOrderName(order: PlainOrder): string {
  switch (order.by) {
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
