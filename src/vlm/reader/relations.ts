import type { QuestionText } from './question-text.ts';
import { formKinds } from './reader-spec.ts';
import { superlativeBefore } from './superlatives.ts';
import type { Named } from './things.ts';

/** A place or an order that names another thing: near a dock, nearest to the largest tank. */
export interface Link {
  relation: string;
  to: Named;
}

/** The parts of a plan that relations determine. Where and order are links, or what the network says. */
export interface Relations {
  subjects: Named[];
  where: string | Link | null;
  order: string | Link | null;
}

const RELATIONS = new Set<string | null>(['near', 'along', 'inside', 'nearest', 'farthest']);

/**
 * Joins what the network says with the things that it is about. `isCompare`: two things are asked about, whatever stands
 * between them. `isDistance`: how far from each other things are. `describes`: what is there is asked, not about a thing.
 */
export function relationsOf(
  text: QuestionText,
  things: readonly Named[],
  said: { where: string | null; order: string | null },
  { isCompare, isDistance, describes }: { isCompare: boolean; isDistance: boolean; describes: boolean },
): Relations {
  const { subjects, anchors, mended, taken } = rolesOf(text, things);
  const superlative = (thing: Named | undefined) => (thing ? superlativeBefore(text, thing.first) : null);
  const link = (relation: string | null) => {
    if (!RELATIONS.has(relation)) return relation;
    const to = anchors.shift();
    return to ? { relation: relation!, to } : null;
  };
  const isOfOther = [...taken, ...anchors, ...subjects.slice(1)].some(superlative);
  let order =
    mended.order ?? link(said.order === 'farthest' && !FARTHEST.test(text.units.join(' ')) ? 'nearest' : said.order);
  // "The largest" may be about what is measured from.
  if (typeof order === 'string' && isOfOther) order = superlative(subjects[0])?.order ?? null;
  const where = mended.where ?? link(said.where);
  const found = { subjects, where, order };
  if (isCompare) return found;
  if (isDistance) return withOtherEnd(text, found, anchors);
  return mendRelations(text, found, anchors, describes);
}

/** Without such a word "how far is … from" asks for the nearest. */
const FARTHEST = /farth|furth|remote|distant|greatest distance|远/;

/** What a distance of one thing is measured to: "from the northernmost tank to the southernmost", "最大的建筑离跑道多远". */
function withOtherEnd(text: QuestionText, found: Relations, anchors: readonly Named[]): Relations {
  const { subjects, where, order } = found;
  const [subject, second] = subjects;
  const own = subject && superlativeBefore(text, subject.first);
  if (!own || where !== null || (order !== null && typeof order !== 'string')) return found;
  const to = anchors[0] ?? (second && superlativeBefore(text, second.first) ? second : null);
  if (!to) return found;
  return { subjects: [subject], where: { relation: 'near', to }, order: own.order };
}

/**
 * Chinese words that make a thing an anchor: "离跑道最近的", "建筑 50 米内". The network tags such things as subjects where
 * a superlative stands before them.
 */
function rolesOf(text: QuestionText, things: readonly Named[]) {
  const mended: Pick<Relations, 'where' | 'order'> = { where: null, order: null };
  if (text.language === 'zh') {
    for (const thing of things) {
      if (superlativeBefore(text, thing.first) === null) continue;
      const before = text.units.slice(Math.max(0, thing.first - 10), thing.first).join('');
      const after = text.units.slice(thing.end, thing.end + 10).join('');
      const [, far] = /^(?:那?[个辆架艘栋座])?最([近远])/.exec(after) ?? [];
      if (far && /离/.test(before)) mended.order = { relation: far === '近' ? 'nearest' : 'farthest', to: thing };
      else if (
        /^(?:的|周围|附近|周边)?[0-9零一二两三四五六七八九十百千]+(?:米|公里|千米|m|km)(?:范围)?(?:以内|之内|内|范围)|^(?:附近|周围|旁边|周边)/.test(
          after,
        )
      )
        mended.where = { relation: 'near', to: thing };
    }
  }
  const taken = [mended.where, mended.order].flatMap((link) => (link && typeof link === 'object' ? [link.to] : []));
  const left = things.filter((thing) => !taken.includes(thing));
  const named = left.length > 0 || taken.length === 0 ? left : classesBeside(text, taken[0]!);
  return {
    subjects: named.filter(({ role }) => role === 'subject' || taken.length > 0),
    anchors: named.filter(({ role }) => role === 'anchor' && taken.length === 0),
    mended,
    taken,
  };
}

/** Things that the lexicon knows beside one that the network took for the subject. */
function classesBeside(text: QuestionText, anchor: Named): Named[] {
  return text.matches
    .filter(({ kind, first, end }) => kind === formKinds.class && (end <= anchor.first || first >= anchor.end))
    .map(({ name, first, end }) => ({ role: 'subject', name, margin: anchor.margin, first, end }));
}

/** Words that may stand between a relation and its thing. */
const BETWEEN =
  '(?: (?:the|a|an|this|that|these|those|any|some|one|two|three|four|five|[2-9]|of|all|nearest|main|big|large|small|old|new|its|my|our|largest|biggest|smallest|longest|shortest|(?:north|south|east|west)[a-z]*most|leftmost|rightmost|topmost|bottommost))*$';
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
      '(?<!square )(?:m|metres?|meters?|km|kilometres?|kilometers?|feet|ft|yards?|yd|miles?|px|pixels?)(?: away)? (?:of|from|to)|next to|near|near to|close to|beside|besides|by|at|around|round|adjacent to|opposite|behind|in front of|surrounding|beneath|under',
      'where',
      'near',
    ],
  ] as const
).map(([words, kind, relation]) => [new RegExp(`(?:^| )(?:${words})${BETWEEN}`), kind, relation]);

/**
 * Corrects subjects that stand right after an English relation: in "people on the beach", the beach only gives the
 * place. At least one subject stays, and a relation that the network already found is kept. Chinese relations come
 * after their thing, and the network reads them well. `anchors`: those that no relation has taken yet.
 */
function mendRelations(text: QuestionText, found: Relations, anchors: readonly Named[], describes: boolean): Relations {
  if (text.language !== 'en') return found;
  const mended = { ...found };
  for (const thing of [...anchors, ...found.subjects.slice(1)]) {
    const relation = relationBefore(text, thing.first);
    if (!relation || mended[relation.kind] !== null) continue;
    mended[relation.kind] = { relation: relation.name, to: thing };
    mended.subjects = mended.subjects.filter((each) => each !== thing);
  }
  // "What is around the tanks?" names no subject.
  if (describes && mended.where === null) {
    for (const { kind, name, first, end } of text.matches) {
      const relation = kind === formKinds.class ? relationBefore(text, first) : null;
      if (relation?.kind !== 'where') continue;
      return { ...mended, where: { relation: relation.name, to: { role: 'anchor', name, margin: 0, first, end } } };
    }
  }
  return mended;
}

function relationBefore(text: QuestionText, first: number): { kind: 'where' | 'order'; name: string } | null {
  const before = text.units.slice(Math.max(0, first - 6), first).join(' ');
  const hit = BEFORE.find(([words]) => words.test(before));
  return hit ? { kind: hit[1], name: hit[2] } : null;
}

/** The average length of things isn't how far apart they are. */
export const asksSpacing = (question: string): boolean =>
  !/\b(?:average|mean|typical|usual) (?:length|width|size)\b|平均(?:长度?|宽度?|尺寸)/.test(question);

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
