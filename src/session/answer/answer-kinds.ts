import { hasHan } from '../../lib/han.ts';

/** The kind of claim that an answer in words makes, by its beginning. */
export type AnswerKind =
  | 'yes'
  | 'no'
  /** "There are no cars." */
  | 'none'
  | 'scene'
  /** A scene and its contents. */
  | 'description'
  /** A list of visible things. */
  | 'seen'
  | 'quality'
  | 'other';

/** How the embedded model begins its answers (training/phrases_en.py, phrases_zh.py). The first that fits counts. */
const BEGINNINGS: readonly [AnswerKind, RegExp][] = [
  ['yes', /^(yes\b|是的)/i],
  ['no', /^(no\b|不，|不,|没有，)/i],
  ['none', /^(there (is|are) no(t any)?\b|没有)/i],
  ['quality', /^(the image has |nothing is wrong|图像存在|图像没有问题)/i],
  ['seen', /^(i see |有)/i],
  ['scene', /^(this is [^.]*\.|这是[^。]*。)$/i],
  ['description', /^(this is |这是)/i],
];
/** The model's sentences for a scene or an object that it doesn't know. They don't claim that something is absent. */
const NOTHING_KNOWN = /^(there is none of the objects|没有我认识)/i;

export function kindOf(text: string): AnswerKind {
  const said = text.trim();
  if (NOTHING_KNOWN.test(said)) return 'other';
  return BEGINNINGS.find(([, beginning]) => beginning.test(said))?.[0] ?? 'other';
}

/** Whether the words claim that something is not there. */
export function deniesPresence(text: string): boolean {
  return ['no', 'none'].includes(kindOf(text));
}

/** The first sentence, without its full stop. */
export function firstClaim(text: string): string {
  const said = text.trim();
  const end = hasHan(said) ? said.indexOf('。') : said.search(/\.(\s|$)/);
  return end < 0 ? said : said.slice(0, end);
}
