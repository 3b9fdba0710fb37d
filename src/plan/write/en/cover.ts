import type { Caveat, CoverResult, CoverRow, MeasureResult } from '../../result.ts';
import type { Interval } from '../../run/chances.ts';
import { twoDecimals } from '../numbers.ts';
import { capital, type Phrase, say } from '../phrase.ts';
import type { Setting } from '../words.ts';
import { amountText, commaTexts, detailsOf, isMass, percent, placedIn, plural } from './terms.ts';

/** What the ground is, from the land cover, in English. */

const details = ({ plan, result }: Setting) => detailsOf(plan, result);

/** "7 to 21 %": the unit once, where both have it. Empty if they are the same. */
function rangeOf(from: string, to: string): string {
  if (from === to) return '';
  const unit = / \D+$/.exec(to)?.[0] ?? '';
  return `${unit !== '' && from.endsWith(unit) ? from.slice(0, -unit.length) : from} to ${to}`;
}

/** " (7 to 21 % by the map's usual errors)"; empty if that says nothing. */
function range({ low, high }: Interval, write: (value: number) => string, { result }: Setting): string {
  const text = rangeOf(write(low), write(high));
  const isMeasured = result.caveats.some((caveat) => caveat.kind === 'by-cover' && caveat.iou !== null);
  return text === '' ? '' : ` (${text} by the map's ${isMeasured ? 'usual errors' : 'own doubt'})`;
}

export function groundMeasured(
  { quantity, amount, subjects, parts, interval }: MeasureResult,
  setting: Setting,
): Phrase {
  const at = details(setting);
  const names = commaTexts(subjects.map(plural));
  const { value, unit } = amount!;
  const amountOf = (each: number) => amountText({ value: each, unit });
  if (value === 0) {
    const most = interval && amountOf(interval.high) !== amountOf(0) ? ` (at most ${amountOf(interval.high)})` : '';
    return say`No ${names} ${isMass(subjects.at(-1)!) ? 'was' : 'were'} found${at}${most}.`;
  }
  const verb = isMass(subjects[0]!) && subjects.length === 1 ? 'covers' : 'cover';
  const from = interval ? range(interval, amountOf, setting) : '';
  if (quantity === 'total area') return capital(say`${names}${at} ${verb} ${amountOf(value)}${from}.`);
  const of = parts ? `: ${amountText(parts.part)} of ${amountText(parts.whole)}` : '';
  return capital(say`${names} ${verb} ${amountOf(value)} of the ground${at}${from}${of}.`);
}

export function ground({ asked, rows, isSure }: CoverResult, setting: Setting): Phrase[] {
  const at = details(setting);
  const some = rows.filter(({ share }) => share > 0);
  const none = rows.filter(({ share }) => share === 0);
  if (asked === 'where') {
    const shown = some.map(({ label, amount, share, interval, place }) => {
      const from = interval ? range(interval, (value) => amountText({ ...amount, value }), setting) : '';
      return `${label}, ${percent(share)} of the ground, ${amountText(amount)}${from}${place ? `, ${placedIn(place)}` : ''}`;
    });
    return [
      ...(some.length > 0 ? [say`The map shows${at}: ${shown.join('; ')}.`] : []),
      ...none.map(({ label }) => say`No ${label} ${/s$/.test(label) ? 'were' : 'was'} found${at}.`),
    ];
  }
  const listed = commaTexts(some.map(named));
  if (asked === 'classes') return [say`Land cover${at}: ${listed}.`];
  const [first, ...others] = some;
  if (!first) return [];
  const then = others.length > 0 ? `; then come ${commaTexts(others.map(named))}` : '';
  const unsure = isSure ? [] : [say`Which of the first two covers ${asked === 'most' ? 'more' : 'less'} is uncertain.`];
  const size = asked === 'most' ? 'largest' : 'smallest';
  return [
    say`The ${size} class of land cover${at} is ${first.label}, with ${percent(first.share)} (${amountText(first.amount)})${then}.`,
    ...unsure,
  ];
}

const named = ({ label, share, amount }: CoverRow) => `${label} ${percent(share)} (${amountText(amount)})`;

export function groundCaveat(what: Extract<Caveat, { kind: 'by-cover' | 'wider-class' | 'only-area' }>): Phrase {
  switch (what.kind) {
    case 'by-cover': {
      const right =
        what.iou === null
          ? '; how right it is was not measured'
          : `, with an IoU of ${twoDecimals(what.iou)} on held-out images`;
      return say`By land cover in cells of ${amountText(what.cell)}${right}.`;
    }
    case 'wider-class':
      return capital(
        say`${plural(what.subject)} ${isMass(what.subject) ? 'is' : 'are'} not a class of ${isMass(what.subject) ? 'its' : 'their'} own there, but a part of ${commaTexts(what.classes.map(({ label }) => label))}.`,
      );
    case 'only-area':
      return isMass(what.subject)
        ? say`I cannot count ${plural(what.subject)}, only measure the ground that it covers.`
        : say`I cannot count ${plural(what.subject)}, only measure the ground that they cover.`;
  }
}
