import { chineseNumber } from './filters-zh.ts';
import type { QuestionText } from './question-text.ts';

/** Superlatives before a noun, which choose what a place or a distance is measured from. */

const NUMBERS: Record<string, number> = {
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
};
const NUMBER = `(\\d+|${Object.keys(NUMBERS).join('|')})`;
const DIRECTIONS = ['northeast', 'northwest', 'southeast', 'southwest', 'north', 'south', 'west', 'east'];
/** Words → the order of a plan. */
const SUPERLATIVES: readonly [words: string, order: string][] = [
  ['largest|biggest|greatest|hugest|widest', 'largest'],
  ['smallest|tiniest|littlest', 'smallest'],
  ['longest', 'longest'],
  ['shortest', 'shortest'],
  ['leftmost|left most', 'leftmost'],
  ['rightmost|right most', 'rightmost'],
  ['topmost|uppermost|highest', 'topmost'],
  ['bottommost|lowermost|lowest', 'bottommost'],
  ...DIRECTIONS.map((d): [string, string] => [
    `${d}ernmost|${d}most|most ${d}ern|most ${d}erly|(?:furthest|farthest) ${d}`,
    `${d}ernmost`,
  ]),
];
const WORDS = SUPERLATIVES.map(([words]) => words).join('|');
/** "The three largest", "largest 3 of the", just before a noun. */
const BEFORE_NOUN = new RegExp(`(?:^| )(?:${NUMBER} )?(${WORDS})(?: ${NUMBER})?(?: of the| single| known)?$`);

const CHINESE: Record<string, string> = {
  大: 'largest',
  小: 'smallest',
  长: 'longest',
  短: 'shortest',
  北: 'northernmost',
  南: 'southernmost',
  西: 'westernmost',
  东: 'easternmost',
  左: 'leftmost',
  右: 'rightmost',
  上: 'topmost',
  下: 'bottommost',
};
const CHINESE_NUMBER = '([0-9]+|[两二三四五六七八九十]+)[个辆架艘栋座棵条块片处根只台间株朵幢]';
const CHINESE_BEFORE = new RegExp(
  `(?:${CHINESE_NUMBER})?最([${Object.keys(CHINESE).join('')}])[边侧方面部端]?的?(?:那|这)?(?:${CHINESE_NUMBER}|一?[个辆架艘栋座棵条块片处根只台间株朵幢])?$`,
);

export interface Superlative {
  order: string;
  /** How many; null for one. */
  n: number | null;
}

/** The superlative that stands right before a thing: "the three largest". */
export function superlativeBefore(text: QuestionText, first: number): Superlative | null {
  if (text.language === 'zh') {
    const hit = CHINESE_BEFORE.exec(text.units.slice(Math.max(0, first - 10), first).join(''));
    if (!hit) return null;
    const number = hit[1] ?? hit[3];
    return { order: CHINESE[hit[2]!]!, n: number === undefined ? null : chineseNumber(number) };
  }
  const hit = BEFORE_NOUN.exec(text.units.slice(Math.max(0, first - 6), first).join(' '));
  if (!hit) return null;
  const order = SUPERLATIVES.find(([words]) => new RegExp(`^(?:${words})$`).test(hit[2]!))![1];
  const number = hit[1] ?? hit[3];
  return { order, n: number === undefined ? null : (NUMBERS[number] ?? Number(number)) };
}
