import type { Language, Plan } from '../plan.ts';
import { readPlan } from '../plan.ts';
import type { Result } from '../result.ts';
import { english } from './en/words.ts';
import { join, linked, type Phrase, textOf, type Written, written } from './phrase.ts';
import type { Setting, Words } from './words.ts';
import { chinese } from './zh/words.ts';

const languages: Record<Language, Words> = { en: english, zh: chinese };

/**
 * The answer to a plan from its result, in the plan's language: a sentence or two, then what was left out or must be
 * known. Null if only the model's own words answer it (`kind: 'model'`).
 */
export function writeAnswer(plan: Plan, result: Result): Written | null {
  if (result.kind === 'model') return null;
  const words = languages[plan.language];
  const setting: Setting = { plan: readPlan(plan), result };
  const saysSizes = result.kind === 'measure' || result.kind === 'extreme';
  const notes = isAboutEvidence(result)
    ? [
        // Answers that were kept before plans could choose have none.
        ...(result.references ?? []).map((reference) => words.reference(reference)),
        ...result.caveats.map((caveat) => words.caveat(caveat)),
        ...words.leftOut(result.leftOut, saysSizes),
      ]
    : [];
  const sentences = [...answerOf(result, words, setting), ...notes];
  return written(words.finish(join(sentences, words.gap)));
}

/** Ends that are the same whatever was looked at. */
const ownEnds = [
  'unknown-subject',
  'unknown-anchor',
  'not-looked',
  'no-scale',
  'nothing-marked',
  'no-layer',
  'layer-overlaps',
  'incomplete',
  'attribute',
  'outside',
  'help',
];

const isAboutEvidence = (result: Result) => result.kind !== 'cannot' || !ownEnds.includes(result.reason);

function answerOf(result: Exclude<Result, { kind: 'model' }>, words: Words, setting: Setting): Phrase[] {
  if (result.kind === 'cannot') {
    const saysKnown = ['unknown-subject', 'unknown-anchor', 'attribute', 'help', 'incomplete'].includes(result.reason);
    return [words.cannot(result, setting), ...(saysKnown ? [words.known(result.known)] : [])];
  }
  const said = saidOf(result, words, setting);
  return result.unknown.length > 0 ? [...said, words.unknown(result.unknown, result.offers)] : said;
}

function saidOf(result: Exclude<Result, { kind: 'model' | 'cannot' }>, words: Words, setting: Setting): Phrase[] {
  switch (result.kind) {
    case 'found':
      return [words.found(result.rows, setting)];
    case 'count':
      return [words.counted(result.rows, result.total, setting)];
    case 'exists':
      return result.rows.map((row) => words.exists(row, setting));
    case 'compare':
      return [words.compared(result, setting)];
    case 'places':
      return words.places(result, setting);
    case 'extreme':
      return [words.extreme(result, setting)];
    case 'measure':
      return [words.measured(result, setting)];
    case 'cover':
      return words.ground(result, setting);
    case 'describe':
      return words.described(result, setting);
    case 'classify':
      return [words.classified(result, setting)];
  }
}

/** A plan in words, as on a button: "Count cars in the left half". */
export function writePlan(plan: Plan): string {
  const words = languages[plan.language];
  return textOf(words.finish(linked(words.planned(readPlan(plan)), [])));
}

/** Asked back where a question was read with little certainty; the likeliest plans are the buttons under it. */
export function writeUnsure(language: Language): string {
  return languages[language].unsure;
}

/** Asked back where one text holds two questions; their plans are the buttons under it. */
export function writeTwo(language: Language): string {
  return languages[language].two;
}
