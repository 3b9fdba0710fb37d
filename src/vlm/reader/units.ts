import type { Forms } from './reader-spec.ts';

/** A word, a Chinese character, a number or a punctuation mark of a question, in normal form. */
export type Unit = string;

/** A stretch of units that the lexicon knows, from `first` to `end` − 1. */
export interface Match {
  first: number;
  end: number;
  /** One of `formKinds`. */
  kind: number;
  name: string;
}

/** The language of a question: Chinese if it has a Chinese character. */
export function languageOf(question: string): 'en' | 'zh' {
  return /[\u3400-\u9fff]/.test(question) ? 'zh' : 'en';
}

/** Lower case, without compatibility forms (m² → m2, full-width → plain) or accents. `simplified` is for Chinese. */
export function normalise(question: string, simplified?: ReadonlyMap<string, string>): string {
  const characters = [...question.replaceAll('’', "'")].map((c) => simplified?.get(c) ?? c);
  return characters
    .join('')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mn}/gu, '');
}

export function splitEnglish(text: string): Unit[] {
  return text.match(/[a-z0-9]+|[^\sa-z0-9]/gu) ?? [];
}

export function splitChinese(text: string): Unit[] {
  return text.match(/[a-z]+|[0-9]+|[^\sa-z0-9]/gu) ?? [];
}

const isWord = (unit: Unit) => /^[a-z0-9]+$/.test(unit);

/** The longest matches from left to right. Hyphens and apostrophes inside a form are skipped. */
export function matchEnglish(units: readonly Unit[], forms: Forms): Match[] {
  return scan(units, (first) => englishMatchAt(units, first, forms));
}

/** The same for Chinese. Latin words are looked up in `english`. */
export function matchChinese(units: readonly Unit[], forms: Forms, english: Forms): Match[] {
  const longest = longestOf(forms, (form) => form.length);
  return scan(units, (first) => {
    let found: Match | null = null;
    let text = '';
    for (let end = first; end < units.length && text.length < longest; ) {
      text += units[end++];
      const hit = forms.get(text);
      if (hit) found = { first, end, ...hit };
    }
    return found ?? (/^[a-z]+$/.test(units[first]!) ? englishMatchAt(units, first, english) : null);
  });
}

function englishMatchAt(units: readonly Unit[], first: number, forms: Forms): Match | null {
  const longest = longestOf(forms, (form) => form.split(' ').length);
  let found: Match | null = null;
  const words: string[] = [];
  for (let at = first; at < units.length && words.length < longest; at++) {
    const unit = units[at]!;
    if (words.length > 0 && (unit === '-' || unit === "'")) continue;
    if (!isWord(unit)) break;
    words.push(unit);
    const hit = forms.get(words.join(' '));
    if (hit) found = { first, end: at + 1, ...hit };
  }
  return found;
}

function scan(units: readonly Unit[], matchAt: (first: number) => Match | null): Match[] {
  const matches: Match[] = [];
  for (let at = 0; at < units.length; ) {
    const match = matchAt(at);
    if (match) matches.push(match);
    at = match?.end ?? at + 1;
  }
  return matches;
}

const longestForms = new WeakMap<Forms, number>();

function longestOf(forms: Forms, length: (form: string) => number): number {
  let longest = longestForms.get(forms);
  if (longest === undefined) {
    longest = Math.max(...[...forms.keys()].map(length));
    longestForms.set(forms, longest);
  }
  return longest;
}
