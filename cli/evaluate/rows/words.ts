import type { Answered } from '../answer-line.ts';
import { EUROSAT_SCENES, sceneIn, yesOrNo } from '../read-text.ts';
import { rougeL } from '../scores/captions.ts';
import { macroF1, mixedRows, type PresenceRow, presenceF1 } from '../scores/labels.ts';
import { bootstrap, mean, ratio } from '../scores/ratio.ts';
import { groupBy, imageOf, type Of, ofKind, type Row, restrictionOf, row } from './row.ts';

export function sceneRows(answered: readonly Answered[]): Row[] {
  const items = ofKind(answered, 'scene').filter(({ question }) => question.set !== 'eurosat');
  const pairs = items.map(({ question, answer }) => ({
    predicted: sceneIn(answer.text),
    truth: question.truth.scene,
  }));
  if (pairs.length === 0) return [];
  const classes = groupBy(pairs, ({ truth }) => truth);
  const commonest = Math.max(...classes.map(([, of]) => of.length)) / pairs.length;
  const right = pairs.filter(({ predicted, truth }) => predicted === truth).length;
  const of = `${classes.length} classes`;
  return [
    row('Scene', `accuracy, top-1, ${of}`, ratio(right, pairs.length), {
      unit: 'share',
      detail: `always the commonest class: ${(commonest * 100).toFixed(1)} %; k-means patches: 82 %`,
      target: { must: 0.86, hoped: 0.95, better: 'more' },
    }),
    row('Scene', `macro-F1, ${of}`, bootstrap(pairs, macroF1), {}),
    ...headRows(items),
  ];
}

/** Scenes of 10 m imagery. An answer that names a scene of another scale is wrong. */
export function coarseSceneRows(answered: readonly Answered[]): Row[] {
  const items = ofKind(answered, 'scene').filter(({ question }) => question.set === 'eurosat');
  if (items.length === 0) return [];
  const folders = Object.keys(EUROSAT_SCENES);
  const pairs = items.map(({ question, answer }) => ({
    predicted: sceneIn(answer.text, folders),
    truth: question.truth.scene,
  }));
  const right = pairs.filter(({ predicted, truth }) => predicted === truth).length;
  return [
    row('Scene', `accuracy at 10 m, top-1, ${folders.length} classes`, ratio(right, pairs.length), {
      unit: 'share',
      detail: 'one chip of 64 px a question; the split by place is partial',
      target: { must: 0.9, hoped: 0.95, better: 'more' },
    }),
  ];
}

function headRows(items: readonly Of<'scene'>[]): Row[] {
  const held = items.filter(({ answer }) => answer.heads.scene !== null);
  if (held.length === 0) return [];
  const right = held.filter(
    ({ question, answer }) => sceneIn(answer.heads.scene ?? '') === question.truth.scene,
  ).length;
  return [row('Scene', 'accuracy of the scene head alone', ratio(right, held.length), { unit: 'share' })];
}

export function optionRows(answered: readonly Answered[]): Row[] {
  const items = ofKind(answered, 'option');
  if (items.length === 0) return [];
  const right = items.filter(
    ({ question: { truth }, answer }) => sceneIn(answer.text, truth.options) === truth.answer,
  ).length;
  const options = items[0]!.question.truth.options.length;
  return [
    row('Options', `"Which of these fits best?", ${options} scenes offered`, ratio(right, items.length), {
      unit: 'share',
      detail: `by chance: ${(100 / options).toFixed(0)} %`,
    }),
  ];
}

const presenceOf = ({ question: { truth }, answer }: Of<'presence'>): PresenceRow => ({
  label: truth.label,
  present: truth.present,
  scene: truth.scene,
  said: yesOrNo(answer.text),
});

const macroPresence = (rows: readonly PresenceRow[]) => mean(presenceF1(rows).map(({ f1 }) => f1));

export function presenceRows(answered: readonly Answered[]): Row[] {
  const items = ofKind(answered, 'presence').filter(({ question }) => question.set === 'ucm');
  if (items.length === 0) return [];
  const rows = items.map(presenceOf);
  const mixed = mixedRows(rows);
  const absent = rows.filter(({ present }) => !present);
  const byImage = groupBy(items, imageOf).map(([, of]) => of.map(presenceOf));
  const mixedByImage = groupBy(
    items.filter((_, index) => mixed.includes(rows[index]!)),
    imageOf,
  ).map(([, of]) => of.map(presenceOf));
  const labels = presenceF1(rows);
  return [
    row(
      'Presence',
      `macro-F1 of "yes", ${labels.length} labels`,
      bootstrap(byImage, (of) => macroPresence(of.flat())),
      {
        detail: labels.map(({ label, f1 }) => `${label} ${f1.toFixed(2)}`).join(', '),
        target: { must: 0.8, hoped: 0.92, better: 'more' },
      },
    ),
    row(
      'Presence',
      "macro-F1 within scenes (only where a scene's images differ)",
      bootstrap(mixedByImage, (of) => macroPresence(of.flat())),
      { detail: `${mixed.length} of ${rows.length} questions` },
    ),
    row(
      'Presence',
      '"yes" on absent labels',
      ratio(absent.filter(({ said }) => said === 'yes').length, absent.length),
      {
        unit: 'share',
        of: 'questions',
        target: { must: 0.1, hoped: 0.03, better: 'less' },
      },
    ),
  ];
}

/** Presence on other sets: accuracy per label, because most labels are only present or only absent there. */
export function otherPresenceRows(answered: readonly Answered[]): Row[] {
  const items = ofKind(answered, 'presence').filter(({ question }) => question.set !== 'ucm');
  const keyOf = ({ question: { set, variant, truth } }: Of<'presence'>) =>
    `${set}${variant ? `, ${variant}` : ''}: ${truth.label}`;
  return groupBy(items, keyOf).map(([key, of]) => {
    const rows = of.map(presenceOf);
    const right = rows.filter(({ said, present }) => said === (present ? 'yes' : 'no')).length;
    const there = rows.filter(({ present }) => present).length;
    const [f1] = presenceF1(rows);
    const derived = of[0]!.question.truth.derived ? '; truth derived from NDVI, not from people' : '';
    return row('Presence elsewhere', `${key}, answered right`, ratio(right, rows.length), {
      unit: 'share',
      detail: `there in ${there}${f1 ? `, F1 of "yes" ${f1.f1.toFixed(3)}` : ''}${derived}`,
      restricted: restrictionOf(of),
    });
  });
}

export function captionRows(answered: readonly Answered[]): Row[] {
  const items = ofKind(answered, 'caption');
  if (items.length === 0) return [];
  const scores = items.map(({ question: { truth }, answer }) => rougeL(answer.text, truth.references));
  return [
    row('Description', 'ROUGE-L against the best of the references', bootstrap(scores, mean), {
      detail: 'the model was never trained on these captions’ wording',
    }),
  ];
}
