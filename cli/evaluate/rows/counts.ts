import type { Answered } from '../answer-line.ts';
import { saysNone } from '../read-text.ts';
import { bootstrap, mean, ratio } from '../scores/ratio.ts';
import { groupBy, type Of, ofKind, type Row, restrictionOf, row } from './row.ts';

/**
 * The number in the answer: the one that the model wrote, else the number of boxes, else 0 if it says that there are
 * none.
 */
export function countOf({ answer }: Pick<Answered, 'answer'>): number | null {
  if (answer.statedCount !== null) return answer.statedCount;
  if (answer.boxes.length > 0) return answer.boxes.length;
  return saysNone(answer.text) ? 0 : null;
}

interface Counted {
  there: number;
  /** Absolute; an answer without a number counts as 0. */
  error: number;
}

const countedOf = (item: Of<'count'>): Counted => {
  const there = item.question.truth.count;
  return { there, error: Math.abs((countOf(item) ?? 0) - there) };
};
const within = (counted: readonly Counted[], share: number) =>
  ratio(counted.filter(({ there, error }) => error <= share * there).length, counted.length);

/** A tile of by_eye with so many cars is a full parking lot. */
const FULL_LOT = 100;

export function countRows(answered: readonly Answered[]): Row[] {
  const items = ofKind(answered, 'count').filter(({ question }) => question.set !== 'naip_trees');
  return groupBy(items, ({ question: { set, truth } }) => `${set}, ${truth.label}`).flatMap(([name, of]) => {
    const counted = of.map(countedOf);
    const restricted = restrictionOf(of);
    const full = counted.filter(({ there }) => there >= FULL_LOT);
    return [
      ...(of[0]!.question.set === 'by_eye' && full.length > 0
        ? [
            row('Counting', `${name}: full parking lots within ±20 %`, within(full, 0.2), {
              unit: 'share',
              detail: of
                .filter(({ question }) => question.truth.count >= FULL_LOT)
                .map((item) => `${countOf(item) ?? 'none'} of ${item.question.truth.count}`)
                .join(', '),
              target: { must: 1, hoped: null, better: 'more' },
            }),
          ]
        : []),
      row('Counting', `${name}: mean absolute error`, bootstrap(counted, meanError), {
        unit: 'number',
        detail: `${mean(counted.map(({ there }) => there)).toFixed(1)} there on average`,
        restricted,
      }),
      row('Counting', `${name}: within ±10 %`, within(counted, 0.1), { unit: 'share', restricted }),
    ];
  });
}

const meanError = (counted: readonly Counted[]) => mean(counted.map(({ error }) => error));

/** Trees with and without near infrared; the paired difference is the ablation. */
export function treeRows(answered: readonly Answered[]): Row[] {
  const items = ofKind(answered, 'count').filter(({ question }) => question.set === 'naip_trees');
  const variants = groupBy(items, ({ question }) => question.variant ?? '');
  const rows = variants.flatMap(([variant, of]) => {
    const counted = of.map(countedOf);
    return [
      row('Trees', `${variant}: tiles counted within ±20 %`, within(counted, 0.2), {
        unit: 'share',
        ...(variant === 'RGB + NIR' ? { target: { must: 0.5, hoped: 2 / 3, better: 'more' as const } } : {}),
      }),
      row('Trees', `${variant}: mean absolute error`, bootstrap(counted, meanError), {
        unit: 'number',
        detail: `${mean(counted.map(({ there }) => there)).toFixed(1)} there on average`,
      }),
    ];
  });
  return [...rows, ...treeAblation(items)];
}

function treeAblation(items: readonly Of<'count'>[]): Row[] {
  const pairs = groupBy(items, ({ question: { image } }) => (image.kind === 'bands' ? image.rgb : '')).flatMap(
    ([, of]) => {
      const error = (variant: string) => {
        const item = of.find(({ question }) => question.variant === variant);
        return item ? countedOf(item).error : null;
      };
      const [withNir, without] = [error('RGB + NIR'), error('RGB')];
      return withNir === null || without === null ? [] : [{ withNir, without }];
    },
  );
  if (pairs.length === 0) return [];
  const better = pairs.filter(({ withNir, without }) => withNir < without).length;
  const worse = pairs.filter(({ withNir, without }) => withNir > without).length;
  const gain = bootstrap(pairs, (drawn) => mean(drawn.map(({ withNir, without }) => without - withNir)));
  return [
    row('Near infrared', 'trees: error without NIR less error with it', gain, {
      unit: 'number',
      of: 'tiles',
      target: { must: 0.01, hoped: null, better: 'more' },
      detail: `above 0, NIR helps; better on ${better} tiles, worse on ${worse}`,
    }),
  ];
}
