import { englishFilter } from './filters.ts';
import { chineseFilter } from './filters-zh.ts';
import type { QuestionText } from './question-text.ts';
import type { Link, Relations } from './relations.ts';
import { type Superlative, superlativeBefore } from './superlatives.ts';
import type { Named } from './things.ts';

/**
 * Reads by rules which things a place or a distance is measured from, where the question chooses them: "the nearest car to
 * the largest tank", "within 50 m of the three biggest buildings", "near buildings larger than 500 m²".
 */

/** Where a plan looks and in what order, as it writes them, with its filter. */
export interface Linked {
  subjects: readonly Named[];
  where: string | null;
  order: string | null;
  filter: string | null;
}

/**
 * Writes the links of a question, each with the choice that the question makes among what it measures from. `plain`: the
 * question in normal form. `isDistance`: a distance is asked for.
 */
export function written(
  text: QuestionText,
  plain: string,
  relations: Relations,
  { named, isDistance }: { named: readonly Named[]; isDistance: boolean },
): Linked {
  const { subjects, where, order } = isDistance ? turned(text, relations) : relations;
  const links = [where, order].filter((part) => part !== null && typeof part === 'object');
  const own = links.map((link) => anchorFilter(text, link.to, named)).find((each) => each !== null) ?? null;
  const choices = links.map(({ to }) => superlativeBefore(text, to.first));
  const write = (part: string | Link | null) => {
    if (part === null || typeof part === 'string') return part;
    const superlative = choices[links.indexOf(part)] ?? null;
    return `${part.relation}:${chosenText(part.to.name, superlative, own?.of === part.to ? own.conditions : [])}`;
  };
  const filterOf = text.language === 'zh' ? chineseFilter : englishFilter;
  const isRelative = where !== null && typeof where === 'object';
  const filter = filterOf(own?.rest ?? plain, isRelative)?.split(', ') ?? [];
  const left = filter.filter((each) => !choices.some((choice) => each === `top ${choice?.n}`));
  return { subjects, where: write(where), order: write(order), filter: left.length > 0 ? left.join(', ') : null };
}

/** "From the largest tank to the nearest building" is how far the building nearest to the largest tank is. */
function turned(text: QuestionText, relations: Relations): Relations {
  const { subjects, order } = relations;
  const [subject] = subjects;
  if (!subject || subjects.length > 1 || order === null || typeof order === 'string') return relations;
  if (order.relation !== 'nearest' || !superlativeBefore(text, subject.first)) return relations;
  return { ...relations, subjects: [order.to], order: { relation: 'nearest', to: subject } };
}

/** Conditions on size or score, not on distances. */
const isOwn = (condition: string) => /^(?:area|score)/.test(condition);

/** Conditions that are about an anchor, and the question without the words that state them. */
interface OwnFilter {
  of: Named;
  conditions: string[];
  rest: string;
}

/**
 * Conditions on the size or score of an anchor. English ones follow it ("buildings larger than 500 m²"), if no other thing
 * comes after; Chinese ones stand before it (面积大于 500 平方米的建筑), if no other thing does.
 */
function anchorFilter(text: QuestionText, of: Named, named: readonly Named[]): OwnFilter | null {
  const isChinese = text.language === 'zh';
  const joined = (units: readonly string[]) =>
    units.join(isChinese ? '' : ' ').replace(/(?<=\d) ?([.,]) ?(?=\d)/g, '$1');
  const own = joined(isChinese ? text.units.slice(0, of.first) : text.units.slice(of.end));
  const rest = joined(isChinese ? text.units.slice(of.first) : text.units.slice(0, of.end));
  const isShared = named.some((each) => (isChinese ? each.first < of.first : each.first >= of.end));
  if (isShared || (isChinese && !own.endsWith('的'))) return null;
  const found = (isChinese ? chineseFilter : englishFilter)(own, false)?.split(', ') ?? [];
  const isLong = /\blong\b|\bwide\b|\blength\b|长/.test(own);
  const conditions = found.filter((each) => isOwn(each) || (isLong && each.startsWith('length')));
  return conditions.length > 0 ? { of, conditions, rest } : null;
}

function chosenText(subject: string, superlative: Superlative | null, conditions: readonly string[]): string {
  const all = [...conditions, ...(superlative?.n ? [`top ${superlative.n}`] : [])];
  return `${superlative ? `${superlative.order} ` : ''}${subject}${all.length > 0 ? ` (${all.join(', ')})` : ''}`;
}
