import { hasHan } from '../../lib/han.ts';

/** What an answer in words claims, as far as its beginning tells. */
export type AnswerKind =
  | 'yes'
  | 'no'
  /** "There are no cars." */
  | 'none'
  | 'scene'
  /** A scene and what is in it. */
  | 'description'
  /** A list of what is there. */
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
/** The model's way to say that it does not know a scene or an object: no claim that something is absent. */
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
