import type { Point } from '../../geo/types.ts';
import { Anchors, type Placed, placed } from '../ground/distance.ts';
import { type Ground, toGround, turnBetween } from '../ground/ground.ts';
import { areaOf, centreOf, lengthOf } from '../ground/shape.ts';
import { colRow, eastNorth } from '../ground/zone.ts';
import type { Amount, ThingAmount } from '../result.ts';
import { CENTRE, MARKED, type Order } from '../terms/order.ts';
import { type Context, conditionsOf, metres, squareMetres, type Thing } from './context.ts';
import { anchorsOf, isLine } from './select.ts';

/** A thing with its place in an order. */
export interface Ranked extends ThingAmount {
  thing: Thing;
  /** The larger the earlier. */
  key: number;
}

/** Things in an order; things without a key (no score, no anchor but themselves) are left out. */
export function ranked(things: readonly Thing[], order: Order, context: Context): Ranked[] {
  const rank = rankBy(order, context);
  return things
    .map((thing) => {
      const found = rank(thing);
      return found && { thing, id: thing.id, subject: thing.subject, lonLat: lonLatOf(thing, context), ...found };
    })
    .filter((each) => each !== null)
    .sort((a, b) => b.key - a.key);
}

export const lonLatOf = (thing: Thing, { ground }: Context): Point | null => ground.lonLat(...centreOf(thing));

type Rank = (thing: Thing) => Pick<Ranked, 'key' | 'amount' | 'anchor'> | null;

function rankBy(order: Order, context: Context): Rank {
  const { ground, evidence } = context;
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
    case 'distance':
      return byDistance(order, context);
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

function byDistance(order: Extract<Order, { by: 'distance' }>, context: Context): Rank {
  const { ground } = context;
  const anchors = new Anchors(anchorPlaces(order.to, context));
  return (thing) => {
    const nearest = anchors.nearest(thing.placed, ground);
    if (!nearest) return null;
    const { distance, anchor } = nearest;
    return {
      key: order.first === 'nearest' ? -distance : distance,
      amount: metres(distance, ground),
      anchor: { id: anchor.id, subject: order.to },
    };
  };
}

/** What distances are measured from: a subject's things, the region's centre or what is marked. */
function anchorPlaces(to: string, context: Context): { id: string | null; placed: Placed }[] {
  const { region, marked } = context.evidence;
  if (to === CENTRE) {
    const middle: Point = [region.x + region.width / 2, region.y + region.height / 2];
    return [{ id: null, placed: placed([[middle]]) }];
  }
  if (to === MARKED) return marked ? [{ id: null, placed: placed([marked]) }] : [];
  return anchorsOf(to, context).map(({ id, placed }) => ({ id, placed }));
}

/** Keys this close, relative to the first one, are equal. */
const SAME = 1e-9;

/** The first of an order: as many as the plan's `top n` says, else one, or several if they are equal. */
export function firstOf(things: readonly Ranked[], { plan }: Context): Ranked[] {
  const [top] = conditionsOf(plan, 'top');
  if (top) return things.slice(0, top.n);
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
