import type { Amount, CountRow, ExistsRow, MeasureResult, ThingAmount } from '../../result.ts';
import type { Interval } from '../../run/chances.ts';
import { CENTRE, formatOrder, MARKED } from '../../terms/order.ts';
import { relativesIn } from '../../terms/where.ts';
import { threeDigits, whole } from '../numbers.ts';
import { capital, linked, list, type Phrase, say } from '../phrase.ts';
import type { Setting, Words } from '../words.ts';
import { ground, groundMeasured } from './cover.ts';
import { cannot, caveat, known, leftOut, planned, unknown } from './ends.ts';
import { extreme, reference } from './extreme.ts';
import { places } from './places.ts';
import {
  amountText,
  anchorName,
  be,
  chance,
  commaTexts,
  detailsOf,
  howLikely,
  isMass,
  likely,
  limitWord,
  measuredFrom,
  noun,
  numbered,
  oneOf,
  percent,
  placedIn,
  plural,
} from './terms.ts';

/** Below this an answer states how certain it is. */
const SURE = 0.8;

const details = ({ plan, result }: Setting) => detailsOf(plan, result);
const commaList = (parts: readonly (string | Phrase)[]) => list(parts, ', ', ' and ');

/** "14 cars", linked; "1 possible car". */
const things = ({ subject, count, isEstimate, ids, isDoubtful }: CountRow): Phrase =>
  linked(isDoubtful ? possible(subject, count) : numbered(subject, count, isEstimate), ids);

const possible = (subject: string, count: number) => `${whole(count)} possible ${noun(subject, count)}`;

const inBrackets = (text: string) => (text === '' ? '' : ` (${text.slice(2)})`);

function found(rows: readonly CountRow[], setting: Setting): Phrase {
  const some = rows.filter(({ count }) => count > 0);
  const none = rows.filter(({ count }) => count === 0);
  const [only] = some;
  if (!only) {
    return capital(
      say`no ${list(
        none.map(({ subject }) => plural(subject)),
        ', ',
        ' or ',
      )} ${wasFound(none)}${details(setting)}.`,
    );
  }
  const counts =
    some.length > 1 ? commaList(some.map((row) => say`${things(row)}${inBrackets(likely(row))}`)) : things(only);
  const tail = some.length > 1 ? '' : likely(only);
  const was = some.length === 1 && (only.count === 1 || isMass(only.subject)) ? 'was' : 'were';
  const rest = none.length > 0 ? `, but no ${none.map(({ subject }) => plural(subject)).join(' or ')}` : '';
  return capital(say`${counts} ${was} found${details(setting)}${tail}${rest}.`);
}

const wasFound = (rows: readonly CountRow[]) => (isMass(rows.at(-1)?.subject ?? '') ? 'was found' : 'were found');

const counted: Words['counted'] = (rows, total, setting) => {
  const [only] = rows;
  if (only && rows.length === 1)
    return say`There ${be(only.subject, only.count)} ${things(only)}${details(setting)}${likely(only)}.`;
  const [first] = rows;
  const counts = commaList(rows.map((row) => say`${things(row)}${inBrackets(likely(row))}`));
  const sum = total
    ? say`: ${total.isEstimate ? 'about ' : ''}${linked(whole(total.count), total.ids)} in all${likely(total)}`
    : '';
  return say`There ${be(first!.subject, first!.count)} ${counts}${details(setting)}${sum}.`;
};

function exists(row: ExistsRow, setting: Setting): Phrase {
  const { subject, count, verdict, needed } = row;
  const at = details(setting);
  if (needed && count) return ofNumber(row, count, at);
  const certain = row.probability !== null && row.probability < SURE ? ` (${chance(row.probability)} certain)` : '';
  const shown =
    row.tiles && row.tiles.of > 1 ? `: ${row.tiles.yes} of ${row.tiles.of} tiles show ${itOf(subject)}` : '';
  if (verdict === 'no') return say`No, there ${be(subject, 0)} no ${plural(subject)}${at}.`;
  if (count && count.count > 0) {
    // What other evidence vouches for isn't doubtful any more.
    if (verdict === 'yes')
      return say`Yes, there ${be(subject, count.count)} ${things({ ...count, isDoubtful: false })}${at}${likely(count)}.`;
    const some = linked(possible(subject, count.count), count.ids);
    const odds = row.probability === null ? '' : `, and the chance is ${chance(row.probability)}`;
    return say`${probably(row)}: ${some} ${count.count === 1 ? 'was' : 'were'} found${at}${odds}.`;
  }
  if (verdict === 'yes') {
    return say`Yes, there ${be(subject, 2)} ${plural(subject)}${at}${row.by === 'presence' ? shown : ''}${certain}.`;
  }
  if (row.by !== 'things' && row.probability !== null && row.probability >= 0.25) {
    const but = count && row.probability >= 0.5 ? ', but none could be outlined' : '';
    return say`${probably(row)}: the chance of ${plural(subject)}${at} is ${chance(row.probability)}${but}.`;
  }
  return say`No ${plural(subject)} ${isMass(subject) ? 'was' : 'were'} found${at}, but that isn't certain.`;
}

/** The beginning of an answer in doubt. */
const probably = ({ probability }: ExistsRow) =>
  probability !== null && probability >= 0.5 ? 'Yes, probably' : 'No, probably not';

const itOf = (subject: string) => (isMass(subject) ? 'it' : 'them');

function ofNumber({ subject, verdict, needed }: ExistsRow, count: CountRow, at: string): Phrase {
  const limit = `${limitWord(needed!.is)} ${whole(needed!.value)}`;
  const there = say`there ${be(subject, count.count)} ${things(count)}${at}${likely(count)}`;
  if (verdict === 'unsure') return say`It is too close to tell whether there are ${limit}: ${there}.`;
  return verdict === 'yes' ? say`Yes, ${limit}: ${there}.` : say`No, not ${limit}: ${there}.`;
}

const compared: Words['compared'] = ({ quantity, rows, most, ratio, probability }, setting) => {
  const at = details(setting);
  const inOrder = [...rows].sort((a, b) => b.amount.value - a.amount.value);
  const [first, second] = [inOrder[0]!, inOrder[1]!];
  const value = (row: typeof first) =>
    linked(`${row.count?.isEstimate ? 'about ' : ''}${amountText(row.amount)}`, row.ids);
  const unsure = probability !== null && probability < SURE ? `; this is uncertain (${chance(probability)})` : '';
  const times =
    ratio !== null && ratio < 1000
      ? `, ${Number(ratio.toPrecision(2))} times as ${quantity === 'count' ? 'many' : 'much'}`
      : '';
  const named = (row: typeof first) => say`${plural(row.subject)} (${value(row)}${row.count ? likely(row.count) : ''})`;
  const isCover = quantity === 'total area' || quantity === 'share';
  if (first.amount.value === 0) {
    const [one, ...others] = rows.map(({ subject }) => plural(subject));
    return say`There are neither ${one!} nor ${others.join(' nor ')}${at}.`;
  }
  if (rows.length > 2 && (quantity === 'count' || isCover)) {
    return say`${isCover ? 'By area' : 'By number'}${at}: ${list(inOrder.map(named), ', ', ', then ')}${unsure}.`;
  }
  if (quantity === 'count') {
    if (most === null)
      return say`There are as many ${plural(first.subject)} as ${plural(second.subject)}${at}: ${value(first)} each.`;
    return say`There are more ${named(first)} than ${named(second)}${at}${times}${unsure}.`;
  }
  if (isCover) {
    const cover = isMass(first.subject) ? 'covers' : 'cover';
    if (most === null)
      return capital(
        say`${plural(first.subject)} and ${plural(second.subject)} cover equally much${at}: ${value(first)} each.`,
      );
    return capital(say`${plural(first.subject)} ${cover} more (${value(first)}) than ${named(second)}${at}${times}.`);
  }
  const all = commaList(inOrder.map((row) => say`${value(row)} for ${plural(row.subject)}`));
  return say`The ${quantity} is ${all}${at}.`;
};

/** "The building", "the largest building", "the 5 buildings", linked. */
function subjectOfMeasure({ subjects, each, count, ids }: MeasureResult, { plan }: Setting): Phrase {
  const number = count ?? each.length;
  const names = commaTexts(subjects.map((subject) => noun(subject, number)));
  const order = plan.order && plan.order.by !== 'distance' ? `${formatOrder(plan.order)} ` : '';
  return linked(`the ${number > 1 ? `${whole(number)} ` : ''}${order}${names}`, ids);
}

const span = (each: readonly ThingAmount[]) => {
  const [most, least] = [each[0]!.amount!, each[each.length - 1]!.amount!];
  return `${amountText(least)} to ${amountText(most)}`;
};

const sumOf = (each: readonly ThingAmount[]) =>
  amountText({ value: each.reduce((sum, { amount }) => sum + amount!.value, 0), unit: each[0]!.amount!.unit });

function measured(result: MeasureResult, setting: Setting): Phrase {
  const { quantity, amount, each, subjects, parts, interval, count } = result;
  const at = details(setting);
  const names = commaTexts(subjects.map(plural));
  const about = subjectOfMeasure(result, setting);
  const many = each.length > 1;
  const size = amount ? amountText(amount) : '';
  const between = interval && amount ? likelyAmounts(interval, amount) : '';
  switch (quantity) {
    case 'area':
      return capital(
        many
          ? say`${about}${at} measure ${span(each)}, ${sumOf(each)} together.`
          : say`${about}${at} measures ${size}.`,
      );
    case 'length':
      return capital(
        many
          ? say`${about}${at} are ${span(each)} long, ${sumOf(each)} together.`
          : say`${about}${at} is ${size} long.`,
      );
    case 'perimeter':
      return many
        ? say`The perimeters of ${about}${at} are ${span(each)}.`
        : say`The perimeter of ${about}${at} is ${size}.`;
    case 'average area':
      return capital(say`${about}${at} ${many ? 'measure' : 'measures'} ${size}${many ? ' on average' : ''}.`);
    case 'total area': {
      if (count === null) return groundMeasured(result, setting);
      if (count === 0) return say`There ${be(subjects[0]!, 0)} no ${names}${at}.`;
      return capital(
        say`${about}${at} ${count > 1 ? 'cover' : 'covers'} ${size}${count > 1 ? ' together' : ''}${between}.`,
      );
    }
    case 'share': {
      if (count === null) return groundMeasured(result, setting);
      const of = parts ? `: ${amountText(parts.part)} of ${amountText(parts.whole)}` : '';
      const verb = isMass(subjects.at(-1)!) && subjects.length === 1 ? 'covers' : 'cover';
      return capital(say`${linked(names, result.ids)} ${verb} ${size} of the ground${at}${of}${between}.`);
    }
    case 'density': {
      const [per, unit] = amount!.unit === 'per km2' ? [' per km²', 'km²'] : [' per megapixel', 'megapixel'];
      const number = size.slice(0, -per.length);
      const perHa = unit === 'km²' ? ` (${threeDigits(amount!.value / 100)} per ha)` : '';
      const isEstimate = result.ids.length === 0;
      const of =
        parts && subjects.length === 1
          ? say`: ${linked(numbered(subjects[0]!, parts.part.value, isEstimate), result.ids)} on ${amountText(parts.whole)}`
          : '';
      const range =
        interval && interval.low < interval.high
          ? `, likely ${threeDigits(interval.low)} to ${threeDigits(interval.high)} per ${unit}`
          : '';
      return say`There are ${number} ${names}${per}${perHa}${at}${of}${range}.`;
    }
    case 'distance':
      return distance(result, setting);
    case 'spacing':
      return capital(say`${about}${at} are ${size} apart on average, from centre to nearest centre.`);
  }
}

function likelyAmounts(interval: Interval, { value, unit }: Amount): string {
  const [from, to] = [amountText({ value: interval.low, unit }), amountText({ value: interval.high, unit })];
  return from === to ? '' : `, ${howLikely(value, interval)} ${from} to ${to}`;
}

function distance({ each, subjects, count, ids }: MeasureResult, setting: Setting): Phrase {
  const at = details(setting);
  const [first, last] = [each[0]!, each[each.length - 1]!];
  const [from, to] = [amountText(first.amount!), amountText(last.amount!)];
  const subject = subjects[0]!;
  const pair = ({ id, anchor }: ThingAmount) => [id, ...(anchor?.id ? [anchor.id] : [])];
  const { order, where } = setting.plan;
  const plainOrder = order && order.by !== 'distance' ? `${formatOrder(order)} ` : '';
  if (first.anchor?.subject === subject && order?.by !== 'distance' && relativesIn(where).length === 0) {
    if (count === 2)
      return capital(
        say`${linked(`the 2 ${plainOrder}${plural(subject)}`, ids)}${at} are ${from} apart, edge to edge.`,
      );
    const farthest = each.length > 1 ? say`, ${linked('the farthest two', pair(last))} ${to}` : '';
    return capital(
      say`${linked(`the nearest two of ${order ? 'the ' : ''}${whole(count!)} ${plainOrder}${plural(subject)}`, pair(first))}${at} are ${from} apart${farthest}, edge to edge.`,
    );
  }
  const of = farEnd(first.anchor?.subject ?? '', setting);
  if (each.length === 1)
    return capital(
      say`${linked(`the ${plainOrder}${noun(subject, 1)}`, pair(first))} is ${from} from ${of}, edge to edge.`,
    );
  return capital(
    say`${linked(`the nearest of ${whole(each.length)} ${plural(subject)}`, pair(first))} is ${from} from ${of}, ${linked('the farthest', pair(last))} ${to}, edge to edge.`,
  );
}

/** What distances go to: "the nearest building", "the largest building", "the centre". */
function farEnd(anchor: string, { plan: { order, where } }: Setting): string {
  const from = order?.by === 'distance' ? order : null;
  if (from && (from.chosen || from.to === CENTRE || from.to === MARKED)) return measuredFrom(from);
  const near = where?.kind === 'near' || where?.kind === 'along' ? where : null;
  return near?.chosen ? anchorName(near, 'one') : `the nearest ${noun(anchor, 1)}`;
}

const described: Words['described'] = ({ scenes, rows, cover, present }, setting) => {
  const at = details(setting);
  const sentences: Phrase[] = [];
  const [scene, ...others] = scenes;
  if (scene && others.length === 0) {
    sentences.push(say`Scene${at}: ${scene.label} (${chance(scene.probability)} certain).`);
  } else if (scene) {
    sentences.push(say`Scene${at}: mostly ${scene.label} (${percent(scene.share)})${thenScenes(others)}.`);
  }
  if (rows.length > 0) {
    const each = rows.map((row) => {
      const notes = [likely(row).slice(2), row.place ? placedIn(row.place) : '']
        .filter((note) => note !== '')
        .join('; ');
      return say`${things(row)}${notes === '' ? '' : ` (${notes})`}`;
    });
    const [first] = rows;
    sentences.push(
      say`There ${be(first!.subject, first!.count)} ${commaList(each)}${sentences.length === 0 ? at : ''}.`,
    );
  }
  if (cover.length > 0) {
    const each = commaTexts(cover.map(({ subject, share }) => `${plural(subject)} ${percent(share)}`));
    sentences.push(say`Share of the ground: ${each}.`);
  }
  if (present.length > 0) sentences.push(say`Also there: ${commaTexts(present.map(plural))}.`);
  return sentences;
};

/** ", then forest (20 %)": the next scenes, if they are large enough. */
function thenScenes(others: readonly { label: string; share: number }[]): string {
  const some = others.filter(({ share }) => share >= 0.05).slice(0, 3);
  return some.length > 0 ? `, then ${commaTexts(some.map(({ label, share }) => `${label} (${percent(share)})`))}` : '';
}

/** A scene is claimed from this probability on, and denied below the opposite one. */
const SURE_SCENE = 0.7;

const classified: Words['classified'] = ({ isOffered, scenes, likeliest, tiles }, setting) => {
  const at = details(setting);
  const [first, ...others] = scenes;
  const instead = likeliest
    ? say` It looks most like ${likeliest.label} (${chance(likeliest.probability)} certain).`
    : [];
  if (!first)
    return say`${isOffered && setting.plan.subjects.length === 1 ? 'That is no' : 'None of these is a'} kind of scene that I know.${instead}`;
  if (isOffered && setting.plan.subjects.length === 1) {
    const certain = `(${chance(first.probability)} certain)`;
    if (first.probability >= SURE_SCENE) return say`Yes, this looks like ${oneOf(first.label)}${at} ${certain}.`;
    if (first.probability > 1 - SURE_SCENE) return say`This may be ${oneOf(first.label)}${at} ${certain}.`;
    return say`No, this does not look like ${oneOf(first.label)}${at}.${instead}`;
  }
  if (isOffered) return say`Of these, ${noun(first.label, 1)} fits best${at} (${chance(first.probability)} certain).`;
  if (tiles === 1) return say`This looks most like ${first.label}${at} (${chance(first.probability)} certain).`;
  return say`Mostly ${first.label}${at} (${percent(first.share)} of the ground)${thenScenes(others)}.`;
};

export const english: Words = {
  finish: (phrase) => phrase,
  gap: ' ',
  amount: amountText,
  found,
  counted,
  exists,
  compared,
  places,
  extreme,
  measured,
  ground,
  described,
  classified,
  cannot,
  unknown,
  known,
  reference,
  caveat,
  leftOut,
  planned,
  unsure: 'I am not sure what you mean. Which of these?',
  two: 'These are two questions, and I answer one at a time. Which one first?',
};
