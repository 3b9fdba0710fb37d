import type { Answered } from '../answer-line.ts';
import type { Truth } from '../question.ts';
import type { Estimate } from '../scores/ratio.ts';

/** What a release must reach, and what is hoped for; `less`: small values are good. */
export interface Target {
  must: number;
  hoped: number | null;
  better: 'more' | 'less';
}

/** One line of the report. */
export interface Row {
  section: string;
  measure: string;
  /** null where there was nothing to measure it on. */
  value: number | null;
  /** 95 %; null where none was made. */
  interval: [low: number, high: number] | null;
  /** What the measure is taken over: images, questions, boxes; `of` says which. */
  n: number;
  of: string;
  /** `share` is shown in per cent. */
  unit: 'share' | 'score' | 'number' | 'ms';
  detail: string | null;
  target: Target | null;
  /** Photographs under a share-alike licence are among these. */
  restricted: string | null;
}

type Measured = number | Estimate;

/** A row from a bare number or an estimate; NaN becomes null. */
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

/** Whether a target's "must" is met; null where there is none, or nothing was measured. */
export function meets({ value, target }: Pick<Row, 'value' | 'target'>): boolean | null {
  if (value === null || target === null) return null;
  return target.better === 'more' ? value >= target.must : value <= target.must;
}

export type Of<Kind extends Truth['kind']> = Answered & {
  question: Answered['question'] & { truth: Extract<Truth, { kind: Kind }> };
};

/** Answered questions of one kind; those that failed are left out of scores, and counted under errors. */
export function ofKind<Kind extends Truth['kind']>(answered: readonly Answered[], kind: Kind): Of<Kind>[] {
  return answered.filter((each): each is Of<Kind> => each.question.truth.kind === kind && each.answer.error === null);
}

/** In the order of first appearance. */
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

/** The first licence among the questions that restricts reuse, with how many photographs it covers; null without one. */
export function restrictionOf(answered: readonly Answered[]): string | null {
  const marked = answered.filter(({ question }) => question.restricted !== null);
  const first = marked[0]?.question.restricted;
  return first ? `${marked.length} of ${answered.length} under ${first}` : null;
}

/** The image that a question is about, for intervals over images. */
export const imageOf = ({ question }: Answered) => JSON.stringify(question.image);
