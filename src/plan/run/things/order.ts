import type { Point } from '../../../geo/types.ts';
import { Anchors, type Placed, placed } from '../../ground/distance.ts';
import { anchorOf, CENTRE, type DistanceOrder, type Order } from '../../terms/order.ts';
import { type Context, metres, type Thing } from '../context.ts';
import { anchorsOf } from './anchors.ts';
import { inOrder, plainRank, type Rank, type Ranked } from './rank.ts';

/** Things in an order; things without a key (no score, no anchor but themselves) are left out. */
export function ranked(things: readonly Thing[], order: Order, context: Context): Ranked[] {
  return inOrder(things, order.by === 'distance' ? byDistance(order, context) : plainRank(order, context), context);
}

function byDistance(order: DistanceOrder, context: Context): Rank {
  const { ground } = context;
  const anchors = new Anchors(anchorPlaces(order, context));
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
function anchorPlaces(order: DistanceOrder, context: Context): { id: string | null; placed: Placed }[] {
  const { region, marked } = context.evidence;
  const anchor = anchorOf(order);
  if (anchor) return anchorsOf(anchor, context).map(({ id, placed }) => ({ id, placed }));
  if (order.to === CENTRE) {
    const middle: Point = [region.x + region.width / 2, region.y + region.height / 2];
    return [{ id: null, placed: placed([[middle]]) }];
  }
  return marked ? [{ id: null, placed: placed([marked]) }] : [];
}
