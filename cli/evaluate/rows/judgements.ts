import type { Answered } from '../answer-line.ts';
import { changedIn, defectsIn, yesOrNo } from '../read-text.ts';
import { f1Of } from '../scores/labels.ts';
import { bootstrap, mean, ratio } from '../scores/ratio.ts';
import { f1Interval, score, words } from './objects.ts';
import { groupBy, type Of, ofKind, type Row, row } from './row.ts';

export function changeRows(answered: readonly Answered[]): Row[] {
  const items = ofKind(answered, 'change');
  if (items.length === 0) return [];
  const said = items.map(({ question: { truth }, answer }) => ({ truth: truth.changed, said: changedIn(answer.text) }));
  const right = said.filter((each) => each.said === each.truth).length;
  const commonest = Math.max(said.filter(({ truth }) => truth).length, said.filter(({ truth }) => !truth).length);
  const f1 = bootstrap(said, (drawn) =>
    f1Of(
      drawn.filter((each) => each.said === true && each.truth).length,
      drawn.filter((each) => each.said === true).length,
      drawn.filter(({ truth }) => truth).length,
    ),
  );
  // Labelled boxes are loose and upright, so hulls are compared, at a lower overlap as well.
  const images = items.map(({ question: { truth }, answer }) => ({ found: answer.boxes, truth: truth.boxes }));
  return [
    row('Change', 'changed or not, answered right', ratio(right, items.length), {
      unit: 'share',
      of: 'pairs',
      detail: `always the commoner answer: ${((100 * commonest) / items.length).toFixed(0)} %`,
      target: { must: 0.7, hoped: 0.85, better: 'more' },
    }),
    row('Change', 'F1 of "changed"', f1, { of: 'pairs' }),
    ...changeHeadRows(items),
    ...[0.5, 0.25].map((iou) =>
      row('Change', `boxes of what changed: F1 at IoU ${iou}`, f1Interval(images, 'either', iou), {
        of: 'pairs',
        detail: words(score(images, iou, 'either')),
      }),
    ),
  ];
}

function changeHeadRows(items: readonly Of<'change'>[]): Row[] {
  const held = items.filter(({ answer }) => answer.heads.changed !== null);
  if (held.length === 0) return [];
  const right = held.filter(
    ({ question, answer }) => (answer.heads.changed ?? 0) >= 0.5 === question.truth.changed,
  ).length;
  return [
    row('Change', 'accuracy of the change head alone, at probability 0.5', ratio(right, held.length), {
      unit: 'share',
      of: 'pairs',
    }),
  ];
}

export function qualityRows(answered: readonly Answered[]): Row[] {
  const items = ofKind(answered, 'quality');
  if (items.length === 0) return [];
  const exact = items.filter(isExact).length;
  const spoilt = items.filter(({ question }) => question.truth.defect !== null);
  const clean = items.filter(({ question }) => question.truth.defect === null);
  const alarms = clean.filter(({ answer }) => (defectsIn(answer.text) ?? []).length > 0).length;
  return [
    row('Quality', 'answers that name the defect and no other, or none on a clean image', ratio(exact, items.length), {
      unit: 'share',
      detail: 'defects generated on clean images, one an image',
      target: { must: 0.9, hoped: 0.98, better: 'more' },
    }),
    ...groupBy(spoilt, ({ question }) => question.truth.defect ?? '').map(([defect, of]) => {
      const named = of.filter(({ question: { truth }, answer }) =>
        (defectsIn(answer.text) ?? []).some((each) => each === truth.defect),
      );
      return row('Quality', `${defect}: named`, ratio(named.length, of.length), {
        unit: 'share',
        detail: `named alone in ${of.filter(isExact).length}`,
      });
    }),
    row('Quality', 'false alarms on clean images', ratio(alarms, clean.length), { unit: 'share' }),
    ...qualityHeadRows(items),
  ];
}

function qualityHeadRows(items: readonly Of<'quality'>[]): Row[] {
  const held = items.filter(({ answer }) => answer.heads.defects !== null);
  if (held.length === 0) return [];
  const right = held.filter(({ question: { truth }, answer }) => {
    const named = answer.heads.defects ?? [];
    return truth.defect === null ? named.length === 0 : named.length === 1 && named[0] === truth.defect;
  });
  return [
    row('Quality', 'the quality head alone, at probability 0.5', ratio(right.length, held.length), { unit: 'share' }),
  ];
}

function isExact({ question: { truth }, answer }: Of<'quality'>): boolean {
  const named = defectsIn(answer.text);
  if (named === null) return false;
  return truth.defect === null ? named.length === 0 : named.length === 1 && named[0] === truth.defect;
}

/** Presence with near infrared compared to without, question by question. */
export function presenceAblationRows(answered: readonly Answered[]): Row[] {
  const items = ofKind(answered, 'presence').filter(({ question }) => question.set === 'naip_trees');
  return groupBy(items, ({ question }) => question.truth.label).flatMap(([label, of]) => {
    const pairs = groupBy(of, ({ question: { image } }) => (image.kind === 'bands' ? image.rgb : '')).flatMap(
      ([, both]) => {
        const right = (variant: string) => {
          const item = both.find(({ question }) => question.variant === variant);
          return item ? Number(yesOrNo(item.answer.text) === (item.question.truth.present ? 'yes' : 'no')) : null;
        };
        const [withNir, without] = [right('RGB + NIR'), right('RGB')];
        return withNir === null || without === null ? [] : [withNir - without];
      },
    );
    if (pairs.length === 0) return [];
    return [
      row('Near infrared', `"${label}": accuracy with NIR less accuracy without`, bootstrap(pairs, mean), {
        of: 'tiles',
        detail: `right only with NIR: ${pairs.filter((each) => each > 0).length}, only without: ${pairs.filter((each) => each < 0).length}`,
      }),
    ];
  });
}
