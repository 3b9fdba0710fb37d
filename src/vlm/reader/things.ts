import type { QuestionText } from './question-text.ts';
import { formKinds, type ReaderSpec } from './reader-spec.ts';
import type { Match } from './units.ts';

/** A thing that a question names: asked about, or something to measure from. */
export interface Named {
  role: 'subject' | 'anchor';
  /** Canonical name, or `other:` and the word. */
  name: string;
  /** Logit of its role less the largest other, the least over its units: how sure. */
  margin: number;
}

const roles = [null, 'subject', 'anchor'] as const;

/**
 * The things named, in order, from the tags of the tokens: f32[tokens, 3] row-major of O, S, A. Neighbouring units of one role are one
 * thing, named by what the lexicon knows its last word as ("oil tanks" → storage tank), else by its own words.
 */
export function thingsOf(text: QuestionText, tags: Float32Array, irregular: ReaderSpec['irregular']): Named[] {
  const { units, matches } = text;
  const scores = scoresOf(text, tags);
  const matchAt = new Map<number, Match>();
  for (const match of matches) {
    if (match.kind === formKinds.region) continue;
    for (let at = match.first; at < match.end; at++) matchAt.set(at, match);
  }
  const role = scores.map((score, at) => (isWord(units[at]!) ? score.indexOf(Math.max(...score)) : 0));
  const things: Named[] = [];
  for (let first = 0; first < units.length; ) {
    const tag = role[first]!;
    let end = first + 1;
    if (tag > 0) {
      while (end < units.length && role[end] === tag) end++;
      const match = matchAt.get(end - 1);
      // A word that names a class only as an anchor is itself as a subject: the shoreline.
      const known = match && !(match.kind === formKinds.anchor && roles[tag] === 'subject');
      const name = known ? match.name : `other:${wordsOf(units.slice(first, end), irregular)}`;
      const margins = scores
        .slice(first, end)
        .map((score) => score[tag]! - Math.max(...score.filter((_, k) => k !== tag)));
      things.push({ role: roles[tag]!, name, margin: Math.min(...margins) });
    }
    first = end;
  }
  return things;
}

/** Mean logits of each unit's tokens; the units of a match share theirs. */
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
