import type { ReaderSpec } from './reader-spec.ts';
import { Speller } from './spelling.ts';
import {
  languageOf,
  type Match,
  matchChinese,
  matchEnglish,
  normalise,
  splitChinese,
  splitEnglish,
  type Unit,
} from './units.ts';

/** A question in the form that the graphs take. */
export interface QuestionText {
  language: 'en' | 'zh';
  units: readonly Unit[];
  matches: readonly Match[];
  /** Token ids, special tokens included. */
  ids: number[];
  /** For each token, the index of its unit; −1 for special tokens. */
  owner: number[];
  /**
   * For each token, what the lexicon knows about it: 0 for nothing, a kind for the first unit of a match, kind + 1 for
   * the match's other units.
   */
  feats: number[];
}

/** Turns questions into tokens and lexicon features. `training/reading/text.py` does the same in Python. */
export class Tokens {
  private readonly spec: ReaderSpec;
  private readonly englishIds: ReadonlyMap<string, number>;
  private readonly chineseIds: ReadonlyMap<string, number>;
  private readonly speller: Speller;

  constructor(spec: ReaderSpec) {
    const ids = (tokens: readonly string[]) => new Map(tokens.map((token, id) => [token, id]));
    this.spec = spec;
    this.englishIds = ids(spec.en.vocab);
    this.chineseIds = ids(spec.zh.units);
    this.speller = new Speller(
      spec.en.domain,
      spec.en.vocab.filter((token) => /^[a-z]+$/.test(token)),
    );
  }

  read(question: string): QuestionText {
    return languageOf(question) === 'zh' ? this.chinese(question) : this.english(question);
  }

  private english(question: string): QuestionText {
    const { forms } = this.spec.en;
    const units = splitEnglish(normalise(question)).map((unit) => this.speller.mend(unit));
    const matches = matchEnglish(units, forms);
    const feature = featuresOf(units, matches);
    const text: QuestionText = { language: 'en', units, matches, ids: [], owner: [], feats: [] };
    this.push(text, this.englishIds.get('[CLS]')!, -1, 0);
    for (const [at, unit] of units.entries()) {
      for (const piece of this.wordPieces(unit)) {
        if (text.ids.length < this.spec.maxTokens - 1) this.push(text, piece, at, feature[at]!);
      }
    }
    this.push(text, this.englishIds.get('[SEP]')!, -1, 0);
    return text;
  }

  private chinese(question: string): QuestionText {
    const units = splitChinese(normalise(question, this.spec.simplified));
    const matches = matchChinese(units, this.spec.zh.forms, this.spec.en.forms);
    const feature = featuresOf(units, matches);
    const text: QuestionText = { language: 'zh', units, matches, ids: [], owner: [], feats: [] };
    this.push(text, this.chineseIds.get('[CLS]')!, -1, 0);
    for (const [at, unit] of units.slice(0, this.spec.maxTokens - 1).entries()) {
      this.push(text, this.chineseIds.get(unit) ?? this.chineseIds.get(kindOf(unit))!, at, feature[at]!);
    }
    return text;
  }

  private push(text: QuestionText, id: number, owner: number, feature: number): void {
    text.ids.push(id);
    text.owner.push(owner);
    text.feats.push(feature);
  }

  /** WordPiece: takes the longest piece first (Wu et al. 2016, as in BERT). */
  private wordPieces(word: string): number[] {
    const pieces: number[] = [];
    for (let start = 0; start < word.length; ) {
      let end = word.length;
      let id: number | undefined;
      for (; end > start; end--) {
        id = this.englishIds.get((start > 0 ? '##' : '') + word.slice(start, end));
        if (id !== undefined) break;
      }
      if (id === undefined) return [this.englishIds.get('[UNK]')!];
      pieces.push(id);
      start = end;
    }
    return pieces;
  }
}

function kindOf(unit: Unit): string {
  if (/^[0-9]+$/.test(unit)) return '[NUM]';
  return /^[a-z]+$/.test(unit) ? '[WORD]' : '[UNK]';
}

function featuresOf(units: readonly Unit[], matches: readonly Match[]): number[] {
  const feature = new Array<number>(units.length).fill(0);
  for (const { first, end, kind } of matches) {
    for (let at = first; at < end; at++) feature[at] = at > first ? kind + 1 : kind;
  }
  return feature;
}
