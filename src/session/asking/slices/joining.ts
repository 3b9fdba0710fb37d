import type { Join, ModelInfo, Numbers, Scores } from '../../../vlm/types.ts';

/** Joins a slice's scores and numbers to those of the slices before it. */

type Joins = ModelInfo['joins'];

/** `count`: slices before this one. Labels that this slice doesn't score are dropped; each list is sorted again, best first. */
export function joinScores(so: Scores, next: Scores, count: number, joins: Joins): Scores {
  const joined = Object.entries(next).map(([name, list]) => {
    const before = so[name];
    if (before === undefined || before.length === 0 || list.length === 0) return [name, list] as const;
    const soFar = new Map(before.map(({ label, probability }) => [label, probability]));
    const scores = list.map(({ label, probability }) => ({
      label,
      probability: join(soFar.get(label) ?? 0, probability, count, joins?.[name]),
    }));
    return [name, scores.sort((a, b) => b.probability - a.probability)] as const;
  });
  return { ...so, ...Object.fromEntries(joined) };
}

/** As `joinScores`, for numbers. */
export function joinNumbers(so: Numbers, next: Numbers, count: number, joins: Joins): Numbers {
  const joined = Object.entries(next).map(([name, value]) => {
    const before = so[name];
    return [name, before === undefined ? value : join(before, value, count, joins?.[name])] as const;
  });
  return { ...so, ...Object.fromEntries(joined) };
}

function join(before: number, next: number, count: number, how: Join = 'mean'): number {
  if (how === 'sum') return before + next;
  if (how === 'max') return Math.max(before, next);
  return (before * count + next) / (count + 1);
}
