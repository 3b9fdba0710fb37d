import type { ReadPlan } from '../../plan.ts';
import type { Caveat, LeftOut, Reason, TileShare } from '../../result.ts';
import { LAND_COVER } from '../../subjects.ts';
import { formatOrder } from '../../terms/order.ts';
import { relativesIn } from '../../terms/where.ts';
import { whole } from '../numbers.ts';
import { linked, type Phrase, say } from '../phrase.ts';
import type { Setting } from '../words.ts';
import { groundCaveat } from './cover.ts';
import { detailsOf, filterOf, isMass, measuredFrom, noun, numbered, oneOf, percent, placeOf, plural } from './terms.ts';

/** What can't be told, what was left out, and plans, in English. */

/** More names than these aren't listed. */
const MOST_KNOWN = 12;

const and = (names: readonly string[]) =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '');
const or = (names: readonly string[]) =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : (names[0] ?? '');

export function known(subjects: readonly string[]): Phrase {
  if (subjects.length === 0) return [];
  const names = subjects.slice(0, MOST_KNOWN).map(plural);
  const more = subjects.length - names.length;
  return say`I know ${and(more > 0 ? [...names, `${more} more`] : names)}.`;
}

export function unknown(subjects: readonly string[], offers: readonly string[]): Phrase {
  const offer =
    offers.length > 0
      ? ` I do know ${and(offers.map(plural))}: should I look for ${offers.length > 1 ? 'one of these' : isMass(offers[0]!) ? 'it' : 'them'} instead?`
      : '';
  return say`I have no class for ${or(subjects.map(plural))}.${offer}`;
}

export function cannot(reason: Reason, setting: Setting): Phrase {
  const { plan, result } = setting;
  const at = detailsOf(plan, result);
  switch (reason.reason) {
    case 'unknown-subject':
      return unknown(result.unknown, result.offers);
    case 'unknown-anchor':
      return say`I have no class for ${plural(reason.anchor)}, so I cannot tell what lies ${relationText(plan, reason.anchor)}.`;
    case 'none-found':
      return noneFound(reason.subjects, at);
    case 'no-anchor':
      return say`No ${plural(reason.anchor)}${filterOf(reason.chosen?.filter ?? [])} ${isMass(reason.anchor) ? 'was' : 'were'} found, so nothing can lie ${relationText(plan, reason.anchor)}.`;
    case 'not-looked':
      return notLooked(result.leftOut);
    case 'no-places': {
      const estimate = reason.count
        ? ` (${numbered(reason.subject, reason.count.count, reason.count.isEstimate)}${placeOf(isPart(plan) ? plan.where : null, result.regionKind, [], null)})`
        : '';
      return say`I can only estimate how many ${plural(reason.subject)} there are${estimate}, not where or how large each of them is.`;
    }
    case 'no-count':
      return noCount(reason.subject, reason.tiles);
    case 'no-scale':
      return say`The image has no scale, so nothing is known in metres. Ask in pixels (px, px²), or choose its coordinate system.`;
    case 'no-scores':
      return say`The ${plural(reason.subject)} here have no scores.`;
    case 'too-few':
      return say`Only ${linked(numbered(reason.subjects[0]!, reason.ids.length), reason.ids)} ${reason.ids.length === 1 ? 'was' : 'were'} found${at}; there is no other to compare with.`;
    case 'no-layer':
      return say`There is no vector layer “${reason.layer}” with polygons on this image. Add one, or draw a region.`;
    case 'layer-overlaps':
      return say`Polygons of ${reason.layer} overlap, so what lies in them would count twice. Dissolve them first, as with ogr2ogr -dialect sqlite and ST_Union.`;
    case 'nothing-marked':
      return say`Nothing is marked on the image. Draw a region and ask again.`;
    case 'no-area':
      return say`The ground near something has no area of its own, so I cannot tell a share or a density there. Ask for the number, or draw a region.`;
    case 'incomplete':
      return incomplete(reason.part);
    case 'attribute':
      return attribute(reason.subjects);
    case 'outside':
      return say`An image like this cannot tell that. I can find, count, measure and compare what is visible in it.`;
    case 'help':
      return say`I find, count, measure and compare things in the image, tell where they lie, and describe the scene: “How many cars are in the left half?”, “Which building is the largest?”`;
  }
}

function noneFound(subjects: readonly string[], at: string): Phrase {
  if (subjects.length === 0) return say`Nothing that I know was found${at}.`;
  return say`No ${or(subjects.map(plural))} ${isMass(subjects.at(-1)!) ? 'was' : 'were'} found${at}.`;
}

/** Whether `where` names a part of the picture, not a relation to a subject. */
const isPart = ({ where }: ReadPlan) => where !== null && relativesIn(where).length === 0;

function relationText(plan: ReadPlan, anchor: string): string {
  const where = relativesIn(plan.where).find(({ subject }) => subject === anchor);
  if (where?.kind === 'near') return `near ${oneOf(anchor)}`;
  if (where?.kind === 'along') return `along ${oneOf(anchor)}`;
  if (where?.kind === 'inside') return `within ${oneOf(anchor)}`;
  return `nearest to ${oneOf(anchor)}`;
}

function notLooked({ failedTiles, emptyTiles, tiles }: LeftOut): Phrase {
  if (tiles > 0 && emptyTiles === tiles) return say`There is nothing to see here: no pixel has a value.`;
  if (failedTiles > 0)
    return say`Nothing could be looked at: ${failedTiles === tiles ? 'every tile' : `${failedTiles} of ${tiles} tiles`} failed.`;
  return say`Nothing was looked at yet.`;
}

function noCount(subject: string, tiles: TileShare | null): Phrase {
  const it = isMass(subject);
  const shown = tiles
    ? `: ${tiles.yes} of ${tiles.of} ${tiles.of === 1 ? 'tile' : 'tiles'} ${tiles.yes === 1 ? 'shows' : 'show'} ${it ? 'it' : 'them'}`
    : '';
  return it
    ? say`I can only tell whether there is ${plural(subject)}, not where exactly or how much${shown}.`
    : say`I can only tell whether there are ${plural(subject)}, not how many or where${shown}.`;
}

function incomplete(part: 'subject' | 'second subject' | 'anchor'): Phrase {
  switch (part) {
    case 'subject':
      return say`I did not understand what to look for.`;
    case 'second subject':
      return say`I did not understand what to compare it with.`;
    case 'anchor':
      return say`I did not understand from what to measure the distance.`;
  }
}

function attribute(subjects: readonly string[]): Phrase {
  const of = subjects.length > 0 ? ` of ${and(subjects.map(plural))}` : '';
  const them =
    subjects.length > 0 && !subjects.every(isMass)
      ? 'find, count and measure them'
      : 'find, count and measure what is there';
  return say`I cannot tell attributes${of} such as colour, type, age or activity; I can ${them}.`;
}

export function caveat(what: Caveat): Phrase {
  switch (what.kind) {
    case 'north-is-up':
      return say`The image has no place on the ground, so up was taken as north.`;
    case 'pixels':
      return say`The image has no scale, so sizes are in pixels.`;
    case 'from-boxes':
      return say`Without outlines, sizes are those of the boxes.`;
    case 'spread-evenly':
      return say`Numbers of tiles that lie only partly there were divided by area.`;
    case 'unboxed':
      return say`Not all have boxes: by their density there are about ${numbered(what.subject, what.estimate)}.`;
    case 'no-count':
      return noCount(what.subject, what.tiles);
    case 'by-cover':
    case 'wider-class':
    case 'only-area':
      return groundCaveat(what);
    // The place says it.
    case 'within':
      return [];
  }
}

export function leftOut(
  { lookedShare, failedTiles, waitingTiles, tiles, cutIds }: LeftOut,
  saysSizes: boolean,
): Phrase[] {
  const sentences: Phrase[] = [];
  if (failedTiles > 0) {
    sentences.push(
      say`${whole(failedTiles)} of ${whole(tiles)} tiles failed and ${failedTiles === 1 ? 'is' : 'are'} not included.`,
    );
  }
  if (waitingTiles > 0 && lookedShare < 0.995) sentences.push(say`Only ${percent(lookedShare)} of it was looked at.`);
  if (saysSizes && cutIds.length > 0) {
    const [number, are] = cutIds.length === 1 ? ['One of them', 'is'] : [`${whole(cutIds.length)} of them`, 'are'];
    sentences.push(say`${linked(number, cutIds)} ${are} cut off at the border.`);
  }
  return sentences;
}

export function planned(plan: ReadPlan): string {
  const where = plan.where === null ? '' : placeOf(plan.where, 'scene', plan.filter, null);
  const at = filterOf(plan.filter) + where;
  const count = plan.filter.find(({ kind }) => kind === 'count');
  const names = plan.subjects.map(plural);
  const top = plan.filter.find((condition) => condition.kind === 'top');
  if (plan.subjects.includes(LAND_COVER))
    return plan.order ? `Find the ${formatOrder(plan.order)} class of land cover${at}` : `Map the land cover${at}`;
  switch (plan.intent) {
    case 'find':
      return `Find ${top ? `the first ${top.n} ` : ''}${and(names)}${at}${plan.order ? `, ${formatOrder(plan.order)} first` : ''}`;
    case 'count':
      return `Count ${and(names)}${at}`;
    case 'exists':
      return count && 'value' in count
        ? `Check for ${count.is === '>' ? 'more than' : count.is} ${count.value} ${or(names)}${at}`
        : `Check for ${or(names)}${at}`;
    case 'compare':
      if (plan.where?.kind === 'several')
        return `Compare the ${plan.quantity ?? 'number'} of ${plan.order && plan.quantity ? `the ${orderedName(plan, 1)}` : and(names)}${at}`;
      return `Compare ${plan.quantity ? `the ${plan.quantity} of ` : ''}${and(names)}${at}`;
    case 'extreme':
      return `Find the ${orderedName(plan, top?.n ?? 1)}${at}`;
    case 'measure':
      return `Measure the ${plan.quantity ?? 'area'} ${isBetween(plan) ? 'between' : 'of'} ${plan.order ? `the ${orderedName(plan, top?.n ?? 1)}` : and(names)}${at}`;
    case 'attribute':
      return `Tell an attribute of ${and(names)}${at}`;
    case 'describe':
      return `Describe ${plan.where === null ? 'the scene' : `what lies${at}`}`;
    case 'classify':
      return names.length > 0
        ? `Choose between ${and(plan.subjects.map((name) => noun(name, 1)))}`
        : 'Name the kind of scene';
    case 'identify':
      return `Say what lies${at === '' ? ' there' : at}`;
    case 'quality':
      return 'Check the picture quality';
    case 'change':
      return names.length > 0 ? `Find what changed in ${and(names)}` : 'Find what changed';
    case 'help':
      return 'Say what can be asked';
    case 'outside':
      return 'Something that an image cannot tell';
  }
}

/** Distances are between things, unless an order says from what they are measured. */
const isBetween = ({ quantity, order }: ReadPlan) =>
  quantity === 'spacing' || (quantity === 'distance' && order?.by !== 'distance');

function orderedName({ subjects, order }: ReadPlan, n: number): string {
  const name = subjects.map((subject) => noun(subject, n)).join(' or ') || 'things';
  const number = n > 1 ? `${n} ` : '';
  if (!order) return `${number}largest ${name}`;
  if (order.by !== 'distance') return `${number}${formatOrder(order)} ${name}`;
  const to = measuredFrom(order);
  return `${number}${name} ${order.first} ${order.first === 'nearest' ? 'to' : 'from'} ${to}`;
}
