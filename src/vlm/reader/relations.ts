import type { QuestionText } from './question-text.ts';
import { formKinds } from './reader-spec.ts';
import type { Named } from './things.ts';

/** The parts of a plan that relations determine. */
export interface Relations {
  subjects: Named[];
  where: string | null;
  order: string | null;
}

/** Words that may stand between a relation and its thing. */
const BETWEEN =
  '(?: (?:the|a|an|this|that|these|those|any|some|one|of|all|nearest|main|big|large|small|old|new|its|my|our))*$';
/** Words before a thing → the relation that makes the thing an anchor. The first match counts. */
const BEFORE: readonly [words: RegExp, kind: 'where' | 'order', relation: string][] = (
  [
    ['(?:nearest|closest)(?: to)?', 'order', 'nearest'],
    [
      '(?:farthest|furthest|most distant|most remote|farthest away|furthest away|greatest distance) from',
      'order',
      'farthest',
    ],
    ['along|alongside|lining|bordering|flanking|fringing|hugging|skirting|following', 'where', 'along'],
    ['on top of|atop|inside|within|in|on|upon|onto', 'where', 'inside'],
    [
      'next to|near|near to|close to|beside|besides|by|at|around|round|adjacent to|opposite|behind|in front of|surrounding|beneath|under',
      'where',
      'near',
    ],
  ] as const
).map(([words, kind, relation]) => [new RegExp(`(?:^| )(?:${words})${BETWEEN}`), kind, relation]);

/**
 * Corrects subjects that stand right after an English relation: in "people on the beach", the beach only gives the
 * place. At least one subject stays, and a relation that the network already found is kept. Chinese relations come
 * after their thing, and the network reads them well.
 */
export function mendRelations(text: QuestionText, found: Relations, describes: boolean): Relations {
  if (text.language !== 'en') return found;
  const mended = { ...found };
  for (const thing of found.subjects.slice(1)) {
    const relation = relationBefore(text, thing.first);
    if (!relation || mended[relation.kind] !== null) continue;
    mended[relation.kind] = `${relation.name}:${thing.name}`;
    mended.subjects = mended.subjects.filter((each) => each !== thing);
  }
  // "What is around the tanks?" names no subject.
  if (describes && mended.where === null) {
    for (const match of text.matches) {
      const relation = match.kind === formKinds.class ? relationBefore(text, match.first) : null;
      if (relation?.kind === 'where') return { ...mended, where: `${relation.name}:${match.name}` };
    }
  }
  return mended;
}

function relationBefore(text: QuestionText, first: number): { kind: 'where' | 'order'; name: string } | null {
  const before = text.units.slice(Math.max(0, first - 6), first).join(' ');
  const hit = BEFORE.find(([words]) => words.test(before));
  return hit ? { kind: hit[1], name: hit[2] } : null;
}

/** Growing and shrinking refer to an area or a length, unless they refer to a number. */
export function changedQuantity(question: string): 'area' | 'length' | null {
  if (/\b(?:number|count|how many|amount)\b|数量|个数|多少|几/.test(question)) return null;
  if (/\b(?:longer|shorter|lengthened|shortened)\b|变长|变短|延长/.test(question)) return 'length';
  const area =
    /\b(?:shr[aiu]nk(?:en|ing|s)?|gr[eo]wn?|growing|grows|expand(?:ed|ing|s)?|enlarged?|bigger|smaller|larger|reced(?:ed?|ing)|spread|widened)\b|缩小|扩大|扩张|变大|变小|萎缩|退缩|扩展|增大|减小|缩减/;
  return area.test(question) ? 'area' : null;
}

/**
 * "How many hectares of forest" asks for an area and "how many km of road" for a length, although both look like
 * counts.
 */
export function quantityOfUnit(question: string): 'total area' | 'length' | null {
  const english = (units: string) => new RegExp(`\\bhow (?:many|much) (?:${units}) of\\b`);
  const area = 'hectares?|ha|acres?|m2|km2|sqm|sq ?k?m|square (?:k?m|met(?:re|er)s?|kilomet(?:re|er)s?|feet|miles?)';
  if (english(area).test(question) || /[多几][少]?(?:公顷|亩|平方(?:米|公里|千米)|平米)/.test(question))
    return 'total area';
  return english('k?m|(?:kilo)?met(?:re|er)s?|miles?|feet').test(question) ? 'length' : null;
}
