import { assert } from '../../lib/errors.ts';
import type { Evidence, EvidenceThing, SubjectEvidence } from '../evidence.ts';
import { type Placed, placed } from '../ground/distance.ts';
import type { Ground } from '../ground/ground.ts';
import { type Looked, lookedAt } from '../ground/looked.ts';
import { hasOutline, type Shape, shapeOf } from '../ground/shape.ts';
import { cornersOfWindow, partOf } from '../ground/zone.ts';
import type { ReadPlan } from '../plan.ts';
import type { Amount, Caveat } from '../result.ts';
import { type Condition, sizeOf } from '../terms/filter.ts';
import { isRelative, type Place, placesIn, relativesIn } from '../terms/where.ts';

/** A thing with its subject and its place, ready for measuring. */
export interface Thing extends EvidenceThing {
  subject: string;
  placed: Placed;
}

/** What one run of a plan works on. */
export interface Context {
  plan: ReadPlan;
  evidence: Evidence;
  ground: Ground;
  /** The part of the region that `where` means; all of it if `where` names another subject or several places. */
  zone: Shape;
  looked: Looked;
  /** All things of a subject, those below its least score too. Empty if the model gives no places. */
  thingsOf(subject: string): readonly Thing[];
  caveats: Caveats;
}

/** Notes what a reader must know, each kind once a subject. */
export class Caveats {
  readonly list: Caveat[] = [];

  add(caveat: Caveat): void {
    const key = JSON.stringify(caveat);
    if (!this.list.some((each) => JSON.stringify(each) === key)) this.list.push(caveat);
  }

  /** Of sizes that were measured. */
  addSizes(things: readonly EvidenceThing[], ground: Ground): void {
    if (ground.kind === 'pixels') this.add({ kind: 'pixels' });
    if (things.some((thing) => !hasOutline(thing))) this.add({ kind: 'from-boxes' });
  }
}

export function contextOf(plan: ReadPlan, evidence: Evidence, ground: Ground): Context {
  const zone = zoneOf(plan, evidence, ground);
  const caveats = new Caveats();
  if (ground.kind === 'pixels' && usesNorth(plan)) caveats.add({ kind: 'north-is-up' });
  const bySubject = new Map<string, readonly Thing[]>();
  const thingsOf = (subject: string) => {
    const known = bySubject.get(subject);
    if (known) return known;
    const things = (evidenceOf(evidence, subject).things ?? []).map((thing) => ({
      ...thing,
      subject,
      placed: placed(shapeOf(thing)),
    }));
    bySubject.set(subject, things);
    return things;
  };
  return { plan, evidence, ground, zone, looked: lookedAt(zone, evidence, ground), thingsOf, caveats };
}

/** The same run, about one place. */
export function inPlace(context: Context, where: Place): Context {
  const { evidence, ground } = context;
  const plan = { ...context.plan, where };
  const zone = zoneOf(plan, evidence, ground);
  return { ...context, plan, zone, looked: lookedAt(zone, evidence, ground) };
}

export function evidenceOf(evidence: Evidence, subject: string): SubjectEvidence {
  const found = evidence.subjects[subject];
  assert(found, `evidence of "${subject}" was gathered`);
  return found;
}

function zoneOf({ where }: ReadPlan, evidence: Evidence, ground: Ground): Shape {
  if (where === null || where.kind === 'several' || isRelative(where)) return [cornersOfWindow(evidence.region)];
  if (where.kind === 'marked') return evidence.marked ? [evidence.marked] : [];
  if (where.kind === 'layer') return evidence.layers?.[where.name]?.flat() ?? [];
  return partOf(where, evidence.region, ground);
}

function usesNorth({ where, order }: ReadPlan): boolean {
  const anchors = [...relativesIn(where), ...(order?.by === 'distance' ? [order] : [])];
  const orders = [order, ...anchors.map(({ chosen }) => chosen?.order)];
  return orders.some((each) => each?.by === 'direction') || placesIn(where).some(isOnGround);
}

const isOnGround = (place: Place) =>
  place.kind === 'compass' || (place.kind === 'third' && ['north', 'east', 'south', 'west'].includes(place.side));

type Kind = Condition['kind'];

/** The filter's conditions of one kind. */
export function conditionsOf<K extends Kind>(plan: ReadPlan, kind: K): Extract<Condition, { kind: K }>[] {
  return plan.filter.filter((condition): condition is Extract<Condition, { kind: K }> => condition.kind === kind);
}

/** How many of an order the plan means; null if it doesn't say. */
export const topOf = (plan: ReadPlan): number | null => conditionsOf(plan, 'top')[0]?.n ?? null;

/** Distances within which things are near or along something, if the plan states none. */
const DEFAULT_WITHIN = {
  near: { m: 50, px: 100 },
  along: { m: 20, px: 40 },
};

/** The distance conditions of a plan whose `where` is near or along something; the default is noted as a caveat. */
export function withinOf(
  relation: 'near' | 'along',
  { plan, ground, caveats }: Context,
): Extract<Condition, { kind: 'distance' }>[] {
  const stated = conditionsOf(plan, 'distance');
  if (stated.length > 0) return stated;
  const unit = ground.kind === 'pixels' ? 'px' : 'm';
  const value = DEFAULT_WITHIN[relation][unit];
  caveats.add({ kind: 'within', amount: { value, unit } });
  return [{ kind: 'distance', is: '<=', value, unit }];
}

/** Units in which the ground measures. */
const lengthUnit = (ground: Ground): 'm' | 'px' => (ground.kind === 'pixels' ? 'px' : 'm');
export const areaUnit = (ground: Ground): 'm2' | 'px2' => (ground.kind === 'pixels' ? 'px2' : 'm2');
export const metres = (value: number, ground: Ground): Amount => ({ value, unit: lengthUnit(ground) });
export const squareMetres = (value: number, ground: Ground): Amount => ({ value, unit: areaUnit(ground) });

/** Whether a plan asks of single things: which, how large or how near they are. */
export const isAboutThings = ({ intent, where, filter }: ReadPlan): boolean =>
  intent === 'find' ||
  intent === 'extreme' ||
  relativesIn(where).length > 0 ||
  filter.some(({ kind }) => kind !== 'count' && kind !== 'top');

/** Whether a condition states a size in metres. */
export const isMetric = (condition: Condition): boolean =>
  (condition.kind === 'area' || condition.kind === 'length' || condition.kind === 'distance') &&
  !sizeOf(condition).isPixels;
