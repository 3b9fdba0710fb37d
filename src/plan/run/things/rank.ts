import type { Point } from '../../../geo/types.ts';
import { type Ground, toGround, turnBetween } from '../../ground/ground.ts';
import { areaOf, centreOf, lengthOf } from '../../ground/shape.ts';
import { colRow, eastNorth } from '../../ground/zone.ts';
import type { Amount, ThingAmount } from '../../result.ts';
import type { PlainOrder } from '../../terms/plain-order.ts';
import { type Context, metres, squareMetres, type Thing } from '../context.ts';
import { isLine } from './sizes.ts';

/** A thing with its place in an order. */
export interface Ranked extends ThingAmount {
  thing: Thing;
  /** The larger the earlier. */
  key: number;
}

/** What decides a thing's place in an order; null for a thing that has none. */
export type Rank = (thing: Thing) => Pick<Ranked, 'key' | 'amount' | 'anchor'> | null;

/** Things in the order that `rank` gives them; those without a rank are left out. */
export function inOrder(things: readonly Thing[], rank: Rank, context: Context): Ranked[] {
  return things
    .map((thing) => {
      const found = rank(thing);
      return found && { thing, id: thing.id, subject: thing.subject, lonLat: lonLatOf(thing, context), ...found };
    })
    .filter((each) => each !== null)
    .sort((a, b) => b.key - a.key);
}

export const lonLatOf = (thing: Thing, { ground }: Context): Point | null => ground.lonLat(...centreOf(thing));

/** By sizes, scores and places of the things themselves. */
export function plainRank(order: PlainOrder, { ground, evidence }: Context): Rank {
  switch (order.by) {
    case 'area':
      return (thing) => bySize(squareMetres(areaOf(thing, ground), ground), order.first);
    case 'length':
      return (thing) => bySize(metres(lengthOf(thing, ground, isLine(thing.subject)), ground), order.first);
    case 'score':
      return ({ score }) => (score === null ? null : bySize({ value: score, unit: 'score' }, order.first));
    case 'side': {
      const [col, row] = colRow[order.side];
      return ({ box }) => ({ key: col * box.cx + row * box.cy, amount: null, anchor: null });
    }
    case 'direction': {
      const { x, y, width, height } = evidence.region;
      const middle: Point = [x + width / 2, y + height / 2];
      const [east, north] = eastNorth[order.direction];
      return (thing) => {
        const [eastwards, northwards] = offsetOf(centreOf(thing), middle, ground);
        return { key: east * eastwards + north * northwards, amount: null, anchor: null };
      };
    }
  }
}

const bySize = (amount: Amount, first: 'most' | 'least') => ({
  key: first === 'most' ? amount.value : -amount.value,
  amount,
  anchor: null,
});

/** East and north of `from`: along meridians and parallels where there is a place, so that north is by latitude. */
function offsetOf(point: Point, from: Point, ground: Ground): Point {
  const [here, there] = [ground.lonLat(...point), ground.lonLat(...from)];
  if (!here || !there) return toGround(ground.frameAt(...from), [point[0] - from[0], point[1] - from[1]]);
  // Degrees of longitude are shorter than degrees of latitude; it matters to directions between the main ones.
  const shrink = Math.cos((there[1] * Math.PI) / 180);
  return [turnBetween(there[0], here[0]) * shrink, here[1] - there[1]];
}

/** Keys this close, relative to the first one, are equal. */
const SAME = 1e-9;

/** The first of an order: `n` of them, or without a number one, or several if they are equal. */
export function firstOf(things: readonly Ranked[], n: number | null): Ranked[] {
  if (n !== null) return things.slice(0, n);
  const [first] = things;
  if (!first) return [];
  const near = SAME * Math.max(1, Math.abs(first.key));
  return things.filter(({ key }) => first.key - key <= near);
}

/** Without what only ranking needs. */
export const amountOf = ({ id, subject, amount, lonLat, anchor }: Ranked): ThingAmount => ({
  id,
  subject,
  amount,
  lonLat,
  anchor,
});
