import type { QuestionText } from './question-text.ts';
import { formKinds, type ReaderSpec } from './reader-spec.ts';

/** A thing that a question names: a subject, or an anchor to measure from. */
export interface Named {
  role: 'subject' | 'anchor';
  /** Canonical name, or `other:` and the word. */
  name: string;
  /** How certain the role is: its logit minus the largest other logit. The lowest value over the thing's units. */
  margin: number;
  /** Index of its first unit. */
  first: number;
  /** Index after its last unit. */
  end: number;
}

const roles = [null, 'subject', 'anchor'] as const;

/** Words that can stand for any thing and therefore name none. */
const NAMELESS = new Set(
  (
    'it its they them their these those this that one ones something anything everything nothing thing things object objects stuff ' +
    'image picture photo scene tile frame area place site land ground here there all any some none many much more most few'
  ).split(' '),
);
/** The least margin of a word that may become the subject without a subject tag. */
const LEAST_MARGIN = -3;

/**
 * The named things in order, from the tokens' tags: f32[tokens, 3] row-major of O, S, A. Neighbouring units with the
 * same role form one thing. Its name is the lexicon's name for its last word ("oil tanks" → storage tank), or its own
 * words if the lexicon has none.
 */
export function thingsOf(text: QuestionText, tags: Float32Array, irregular: ReaderSpec['irregular']): Named[] {
  const scores = scoresOf(text, tags);
  const role = scores.map((score, at) => (isWord(text.units[at]!) ? score.indexOf(Math.max(...score)) : 0));
  return runsOf(role).map(([first, end]) => nameRun(text, scores, { first, end, tag: role[first]! }, irregular));
}

/** The likeliest subject of a question that needs one but has no subject tag. Null if no word is likely enough. */
export function likeliestSubject(
  text: QuestionText,
  tags: Float32Array,
  irregular: ReaderSpec['irregular'],
): Named | null {
  const scores = scoresOf(text, tags);
  const margins = scores.map(([outside, subject, anchor], at) => {
    const unit = text.units[at]!;
    return isWord(unit) && !NAMELESS.has(unit) ? subject! - Math.max(outside!, anchor!) : Number.NEGATIVE_INFINITY;
  });
  const best = Math.max(LEAST_MARGIN, ...margins);
  const near = margins.map((margin) => (margin >= best - 1 ? 1 : 0));
  const run = runsOf(near).find(([first, end]) => margins.slice(first, end).includes(best));
  return run ? nameRun(text, scores, { first: run[0], end: run[1], tag: 1 }, irregular) : null;
}

/** [first, end) of neighbours with the same value. Runs of 0 are left out. */
function runsOf(values: readonly number[]): [first: number, end: number][] {
  const runs: [number, number][] = [];
  for (let first = 0; first < values.length; ) {
    let end = first + 1;
    while (end < values.length && values[end] === values[first]) end++;
    if (values[first]! > 0) runs.push([first, end]);
    first = end;
  }
  return runs;
}

interface Run {
  first: number;
  end: number;
  tag: number;
}

function nameRun(
  text: QuestionText,
  scores: number[][],
  { first, end, tag }: Run,
  irregular: ReaderSpec['irregular'],
): Named {
  const match = text.matches.find((each) => each.kind !== formKinds.region && each.first < end && each.end >= end);
  // A word that names a class only as an anchor keeps its own name as a subject: the shoreline.
  const known = match && !(match.kind === formKinds.anchor && roles[tag] === 'subject');
  const name = known ? match.name : `other:${wordsOf(text.units.slice(first, end), irregular)}`;
  const margins = scores.slice(first, end).map((score) => score[tag]! - Math.max(...score.filter((_, k) => k !== tag)));
  return { role: roles[tag]!, name, margin: Math.min(...margins), first, end };
}

/** Mean logits of each unit's tokens. All units of a match share one mean. */
function scoresOf(text: QuestionText, tags: Float32Array): number[][] {
  const sums = text.units.map(() => [0, 0, 0]);
  const counts = text.units.map(() => 0);
  for (const [token, at] of text.owner.entries()) {
    if (at < 0) continue;
    counts[at]!++;
    for (let k = 0; k < 3; k++) sums[at]![k]! += tags[token * 3 + k]!;
  }
  const scores = sums.map((sum, at) => sum.map((value) => value / Math.max(1, counts[at]!)));
  for (const { first, end, kind } of text.matches) {
    if (kind === formKinds.region) continue;
    const mean = [0, 1, 2].map(
      (k) => scores.slice(first, end).reduce((sum, score) => sum + score[k]!, 0) / (end - first),
    );
    for (let at = first; at < end; at++) scores[at] = mean;
  }
  return scores;
}

function wordsOf(units: readonly string[], irregular: ReaderSpec['irregular']): string {
  if (units.some((unit) => !/^[a-z0-9]+$/.test(unit))) return units.join('');
  return [...units.slice(0, -1), singular(units.at(-1)!, irregular)].join(' ');
}

function singular(word: string, irregular: ReaderSpec['irregular']): string {
  if (Object.hasOwn(irregular, word)) return irregular[word]!;
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(ch|sh|x|ss|zz|[^aeiou]o)es$/.test(word)) return word.slice(0, -2);
  return word.length > 3 && /s$/.test(word) && !/(ss|us|is)$/.test(word) ? word.slice(0, -1) : word;
}

function isWord(unit: string): boolean {
  return /^[\p{L}\p{N}]/u.test(unit);
}
