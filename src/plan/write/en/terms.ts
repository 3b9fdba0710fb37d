import type { ReadPlan } from '../../plan.ts';
import type { Amount, Concentration, CountRow, Result } from '../../result.ts';
import type { Interval } from '../../run/chances.ts';
import { subjectOf, wordsFor } from '../../subjects.ts';
import type { Anchor } from '../../terms/anchor.ts';
import type { Condition } from '../../terms/filter.ts';
import { CENTRE, type DistanceOrder, MARKED } from '../../terms/order.ts';
import { plainOrderName } from '../../terms/plain-order.ts';
import type { Where } from '../../terms/where.ts';
import { perHundred, stated, threeDigits, twoDecimals, whole } from '../numbers.ts';

/** Numbers, units, nouns and places in English. */

export const percent = (share: number): string => `${perHundred(share)} %`;
export const chance = (probability: number): string => percent(stated(probability));

export function amountText({ value, unit }: Amount): string {
  switch (unit) {
    case 'm2':
      if (value >= 1e6) return `${threeDigits(value / 1e6)} km²`;
      return value >= 1e4 ? `${threeDigits(value / 1e4)} ha` : `${threeDigits(value)} m²`;
    case 'm':
      return value >= 1000 ? `${threeDigits(value / 1000)} km` : `${threeDigits(value)} m`;
    case 'px2':
      return `${threeDigits(value)} px²`;
    case 'px':
      return `${threeDigits(value)} px`;
    case 'share':
      return percent(value);
    case 'per km2':
      return `${threeDigits(value)} per km²`;
    case 'per Mpx':
      return `${threeDigits(value)} per megapixel`;
    case 'score':
      return twoDecimals(value);
    case 'count':
      return whole(value);
    case 'degree':
      return `${twoDecimals(value)}°`;
  }
}

/** "car", "cars", "water". */
export function noun(subject: string, count: number): string {
  const { name, plural } = wordsFor(subject);
  return count === 1 || plural === null ? name : plural;
}

export const isMass = (subject: string): boolean => subjectOf(subject)?.plural === null;
export const plural = (subject: string): string => noun(subject, 2);

/** "is" or "are" of `count` things of a subject. */
export const be = (subject: string, count: number): string => (isMass(subject) || count === 1 ? 'is' : 'are');

/** "a car", "an airplane", "water". */
export function oneOf(subject: string): string {
  if (isMass(subject)) return noun(subject, 1);
  const { name, plural } = wordsFor(subject);
  // A word asked about that is a plural already.
  if (name === plural) return name;
  return `${/^[aeio]|^u(?!ni|s)/.test(name) ? 'an' : 'a'} ${name}`;
}

/** "14 cars", "about 240 trees". */
export function numbered(subject: string, count: number, isEstimate = false): string {
  return `${isEstimate && count > 0 ? 'about ' : ''}${count === 0 ? 'no' : whole(count)} ${noun(subject, count)}`;
}

/** What a place is named by: "a dock" or "docks", "the largest building", "the 3 largest buildings", "buildings of more than 200 m²". */
export function anchorName({ subject, chosen }: Anchor, number: 'one' | 'all'): string {
  if (!chosen?.order) {
    const name = number === 'one' || isMass(subject) ? oneOf(subject) : plural(subject);
    return name + filterOf(chosen?.filter ?? []);
  }
  const top = chosen.filter.find((condition) => condition.kind === 'top')?.n ?? 1;
  const several = top > 1 ? `${top} ` : '';
  return `the ${several}${plainOrderName(chosen.order)} ${noun(subject, top)}${filterOf(chosen.filter)}`;
}

/** What an order measures from: "a runway", "the largest building", "the centre". */
export function measuredFrom({ to, chosen }: Pick<DistanceOrder, 'to' | 'chosen'>): string {
  if (to === CENTRE || to === MARKED) return `the ${to}`;
  return anchorName({ subject: to, ...(chosen && { chosen }) }, 'one');
}

const compassParts = { north: 'northern', east: 'eastern', south: 'southern', west: 'western' } as const;
const isMain = (name: string): name is keyof typeof compassParts => name in compassParts;

/** " in the left half", with a space before it; empty for the whole scene. */
export function placeOf(
  where: Where | null,
  regionKind: Result['regionKind'],
  filter: readonly Condition[],
  within: Amount | null,
): string {
  if (where === null) return { scene: '', view: ' in the view', drawn: ' in the region' }[regionKind];
  switch (where.kind) {
    case 'half':
      return ` in the ${where.side} half`;
    case 'third':
      return ` in the ${isMain(where.side) ? compassParts[where.side] : where.side} third`;
    case 'quadrant':
      return ` in the ${where.corner} quarter`;
    case 'compass':
      return isMain(where.direction) ? ` in the ${compassParts[where.direction]} half` : ` in the ${where.direction}`;
    case 'centre':
      return ' in the centre';
    case 'edges':
      return ' at the edges';
    case 'marked':
      return ' in the marked region';
    case 'layer':
      return ` in the polygons of ${where.name}`;
    case 'inside':
      return ` within the outlines of ${anchorName(where, 'all')}`;
    case 'several': {
      const places = where.places.map((place) => placeOf(place, regionKind, filter, within));
      return `${places.slice(0, -1).join(',')} and${places.at(-1)}`;
    }
    default: {
      const limit = filter.find((condition) => condition.kind === 'distance');
      if (limit)
        return ` ${limitWord(limit.is)} ${limit.value} ${unitText(limit.unit)} from ${anchorName(where, 'one')}`;
      const along = where.kind === 'along' ? 'along' : 'near';
      const reach = within ? ` (within ${amountText(within)})` : '';
      return ` ${along} ${anchorName(where, 'all')}${reach}`;
    }
  }
}

const limitWords = { '<': 'less than', '<=': 'at most', '>': 'more than', '>=': 'at least', '=': 'exactly' } as const;
export const limitWord = (is: keyof typeof limitWords): string => limitWords[is];

const unitText = (unit: string) => unit.replace(/2$/, '²');

/** " larger than 200 m²", with a space before it; empty without a filter on things. */
export function filterOf(filter: readonly Condition[]): string {
  const parts = filter.map((condition) => {
    switch (condition.kind) {
      case 'area':
        return `of ${limitWord(condition.is)} ${whole(condition.value)} ${unitText(condition.unit)}`;
      case 'length':
        return `${limitWord(condition.is)} ${condition.value} ${condition.unit} long`;
      case 'score':
        return `with a score of ${limitWord(condition.is)} ${condition.value}`;
      default:
        return '';
    }
  });
  const some = parts.filter((part) => part !== '');
  return some.length > 0 ? ` ${some.join(' and ')}` : '';
}

/** Filter and place as they follow a noun. */
export function detailsOf(plan: ReadPlan, result: Pick<Result, 'regionKind' | 'caveats'>): string {
  const within = result.caveats.find((caveat) => caveat.kind === 'within')?.amount ?? null;
  return filterOf(plan.filter) + placeOf(plan.where, result.regionKind, plan.filter, within);
}

const range = ({ low, high }: Interval) => (low === high ? whole(low) : `${whole(low)}–${whole(high)}`);

/** ", likely 11–16"; empty if that says nothing more. */
export function likely({ count, interval }: Pick<CountRow, 'count' | 'interval'>): string {
  if (!interval || (interval.low === count && interval.high === count)) return '';
  return `, ${howLikely(count, interval)} ${range(interval)}`;
}

/** The words before a range, which may not hold the value that was said. */
export const howLikely = (value: number, { low, high }: Interval) =>
  high < value ? 'likely only' : low > value ? 'likely more:' : 'likely';

/** "a, b and c". */
export const commaTexts = (texts: readonly string[]) =>
  texts.length > 1 ? `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}` : (texts[0] ?? '');

export const lonLatText = ([lonDeg, latDeg]: readonly [number, number]): string =>
  `${Math.abs(latDeg).toFixed(5)}° ${latDeg < 0 ? 'S' : 'N'} ${Math.abs(lonDeg).toFixed(5)}° ${lonDeg < 0 ? 'W' : 'E'}`;

/** "mostly in the north", of what is concentrated there. */
export function placedIn(place: Concentration): string {
  const most = place.share >= 0.995 ? 'all' : 'mostly';
  return `${most} in the ${place.kind === 'centre' ? 'centre' : place.direction}`;
}
