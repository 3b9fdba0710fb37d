import type { Answered } from '../answer-line.ts';
import type { Truth } from '../question.ts';
import type { Estimate } from '../scores/ratio.ts';

/** What a release must reach, and what it should reach. `less`: small values are good. */
export interface Target {
  must: number;
  hoped: number | null;
  better: 'more' | 'less';
}

/** One line of the report. */
export interface Row {
  section: string;
  measure: string;
  /** null if there was nothing to measure. */
  value: number | null;
  /** 95 %; null if there is none. */
  interval: [low: number, high: number] | null;
  /** Number of items that the measure is taken over; `of` says which: images, questions, boxes. */
  n: number;
  of: string;
  /** `share` is shown as a percentage. */
  unit: 'share' | 'score' | 'number' | 'ms';
  detail: string | null;
  target: Target | null;
  /** Set if photographs under a share-alike licence are included. */
  restricted: string | null;
}

type Measured = number | Estimate;

/** A row from a plain number or an estimate; NaN becomes null. */
export function row(
  section: string,
  measure: string,
  measured: Measured,
  rest: Partial<Omit<Row, 'section' | 'measure' | 'value' | 'interval'>>,
): Row {
  const estimate = typeof measured === 'number' ? null : measured;
  const value = typeof measured === 'number' ? measured : measured.value;
  const known = (number: number) => (Number.isNaN(number) ? null : number);
  return {
    section,
    measure,
    value: known(value),
    interval: estimate && known(estimate.low) !== null ? [estimate.low, estimate.high] : null,
    n: rest.n ?? estimate?.n ?? 0,
    of: rest.of ?? 'images',
    unit: rest.unit ?? 'score',
    detail: rest.detail ?? null,
    target: rest.target ?? null,
    restricted: rest.restricted ?? null,
  };
}

/** Whether a target's "must" is met; null if there is no target, or nothing was measured. */
export function meets({ value, target }: Pick<Row, 'value' | 'target'>): boolean | null {
  if (value === null || target === null) return null;
  return target.better === 'more' ? value >= target.must : value <= target.must;
}

export type Of<Kind extends Truth['kind']> = Answered & {
  question: Answered['question'] & { truth: Extract<Truth, { kind: Kind }> };
};

/** Answered questions of one kind. Failed ones are excluded from scores and counted as errors. */
export function ofKind<Kind extends Truth['kind']>(answered: readonly Answered[], kind: Kind): Of<Kind>[] {
  return answered.filter((each): each is Of<Kind> => each.question.truth.kind === kind && each.answer.error === null);
}

/** Groups in the order of first appearance. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): [key: string, items: T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups];
}

/** The first restrictive licence among the questions, and how many photographs it covers; null if there is none. */
export function restrictionOf(answered: readonly Answered[]): string | null {
  const marked = answered.filter(({ question }) => question.restricted !== null);
  const first = marked[0]?.question.restricted;
  return first ? `${marked.length} of ${answered.length} under ${first}` : null;
}

/** The image that a question is about, for intervals over images. */
export const imageOf = ({ question }: Answered) => JSON.stringify(question.image);
