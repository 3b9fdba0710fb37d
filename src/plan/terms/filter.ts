import { planError } from './plan-error.ts';
import {
  type AreaUnit,
  areaUnits,
  isAreaUnit,
  isLengthUnit,
  type LengthUnit,
  lengthUnits,
  unitNamed,
} from './units.ts';

const comparisons = ['>=', '<=', '>', '<', '='] as const;
export type Comparison = (typeof comparisons)[number];

/** One condition on the things meant. */
export type Condition =
  | { kind: 'area'; is: Comparison; value: number; unit: AreaUnit }
  | { kind: 'length'; is: Comparison; value: number; unit: LengthUnit }
  /** From the subject that `where` names. */
  | { kind: 'distance'; is: Comparison; value: number; unit: LengthUnit }
  /** Calibrated probability, 0–1. */
  | { kind: 'score'; is: Comparison; value: number }
  /** On the number of things, not on each of them. */
  | { kind: 'count'; is: Comparison; value: number }
  /** The first `n` in the plan's order; without one the most certain. */
  | { kind: 'top'; n: number };

const EXAMPLES =
  '"area>200 m2", "length>=100 m", "distance<50 m", "score>=0.8", "count>10" or "top 3"; several are separated by commas';

/** A filter's conditions, all of which hold. Errors: PLAN_INVALID. */
export function parseFilter(text: string): Condition[] {
  const conditions = conditionsIn(text);
  if (!conditions) throw planError('filter', text, EXAMPLES);
  return conditions;
}

/** The same; null if one of them can't be read. */
export function conditionsIn(text: string): Condition[] | null {
  const all = text.split(',').map((part) => readCondition(part.trim().toLowerCase()));
  const read = all.filter((condition) => condition !== null);
  return read.length === all.length ? read : null;
}

function readCondition(text: string): Condition | null {
  const top = /^top (\d+)$/.exec(text);
  if (top) return Number(top[1]) > 0 ? { kind: 'top', n: Number(top[1]) } : null;
  const plain = text.replace('≥', '>=').replace('≤', '<=');
  const [, kind, is, digits, rest = ''] =
    /^(area|length|distance|score|count) ?(>=|<=|>|<|=) ?(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(.*)$/.exec(plain) ?? [];
  if (!kind) return null;
  const condition = { is: is as Comparison, value: Number(digits) };
  if (kind === 'score') return readScore(condition, rest);
  if (kind === 'count') return rest === '' ? { kind, ...condition } : null;
  const unit = unitNamed(rest);
  if (!unit) return null;
  if (kind === 'area') return isAreaUnit(unit) ? { kind, ...condition, unit } : null;
  return isLengthUnit(unit) ? { kind: kind as 'length' | 'distance', ...condition, unit } : null;
}

function readScore(condition: { is: Comparison; value: number }, rest: string): Condition | null {
  const value = rest === '%' ? condition.value / 100 : condition.value;
  return (rest === '' || rest === '%') && value <= 1 ? { kind: 'score', is: condition.is, value } : null;
}

/** The canonical text: `parseFilter` gives the same again. */
export function formatFilter(conditions: readonly Condition[]): string {
  return conditions.map(formatCondition).join(', ');
}

function formatCondition(condition: Condition): string {
  if (condition.kind === 'top') return `top ${condition.n}`;
  const unit = 'unit' in condition ? ` ${condition.unit}` : '';
  return `${condition.kind}${condition.is}${condition.value}${unit}`;
}

/** A size in square metres or metres; in pixels if `isPixels`. */
export function sizeOf(condition: Extract<Condition, { kind: 'area' | 'length' | 'distance' }>): {
  value: number;
  isPixels: boolean;
} {
  const { metric } = condition.kind === 'area' ? areaUnits[condition.unit] : lengthUnits[condition.unit];
  return { value: condition.value * (metric ?? 1), isPixels: metric === null };
}

/** Rounding in a unit's conversion doesn't decide a comparison. */
const SAME = 1e-9;

export function holds(value: number, is: Comparison, limit: number): boolean {
  const equal = Math.abs(value - limit) <= SAME * Math.max(1, Math.abs(limit));
  switch (is) {
    case '>=':
      return equal || value > limit;
    case '<=':
      return equal || value < limit;
    case '>':
      return !equal && value > limit;
    case '<':
      return !equal && value < limit;
    case '=':
      return equal;
  }
}
