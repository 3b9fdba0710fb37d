import {
  type Answered,
  type DetectionScore,
  detectionScore,
  macroF1,
  matchBoxes,
  type Ratio,
  ratio,
  rougeL,
  yesOrNo,
} from './scores.ts';

/** UC Merced's folders in the order of the manifest's `scenes`. */
const UCM_SCENES = [
  'agricultural',
  'airplane',
  'baseballdiamond',
  'beach',
  'buildings',
  'chaparral',
  'denseresidential',
  'forest',
  'freeway',
  'golfcourse',
  'harbor',
  'intersection',
  'mediumresidential',
  'mobilehomepark',
  'overpass',
  'parkinglot',
  'river',
  'runway',
  'sparseresidential',
  'storagetanks',
  'tenniscourt',
];
const IOU = 0.5;

export interface Report {
  protocol: string;
  model: { id: string; version: string; hash: string };
  backend: string;
  questions: number;
  scene: { accuracy: Ratio; macroF1: number; majority: number } | null;
  presence: { macroF1: number; withinScenes: number | null; falseYes: Ratio; unparsable: number } | null;
  counting: { label: string; meanAbsoluteError: number; within10Percent: Ratio }[];
  boxes: ({ label: string; f1ByHull: number } & DetectionScore)[];
  captionRougeL: number | null;
  malformedBoxes: number;
  repetitionStops: number;
  errors: number;
  medianAnswerMs: number;
}

export const PROTOCOL =
  'Every question asked through the app with greedy decoding and its own slicing. Boxes match one to one at IoU ≥ 0.5, upright ' +
  'truth against the found box or its upright hull, whichever overlaps more (F1 by the hull alone beside it), polygons and rotated truth as rectangles against the rotated box. Only labels that are complete ' +
  'in an image are scored there. Presence is macro-F1 of "yes" over 17 labels. Intervals are 95 % Wilson.';

export function summarise(
  answered: readonly Answered[],
  scenes: readonly string[],
  model: Report['model'],
  backend: string,
): Report {
  const times = answered.map(({ answer }) => answer.answerMs).sort((a, b) => a - b);
  const captions = answered.flatMap(({ question: { truth }, answer }) =>
    truth.kind === 'caption' ? [rougeL(answer.text, truth.references)] : [],
  );
  return {
    protocol: PROTOCOL,
    model,
    backend,
    questions: answered.length,
    scene: sceneScores(answered, scenes),
    presence: presenceScores(answered),
    counting: countScores(answered),
    boxes: boxScores(answered),
    captionRougeL: captions.length === 0 ? null : mean(captions),
    malformedBoxes: answered.reduce((sum, { answer }) => sum + answer.malformedBoxes, 0),
    repetitionStops: answered.filter(({ answer }) => answer.stopReasons.includes('repetition')).length,
    errors: answered.filter(({ answer }) => answer.error !== null).length,
    medianAnswerMs: times[Math.floor(times.length / 2)] ?? Number.NaN,
  };
}

function sceneScores(answered: readonly Answered[], scenes: readonly string[]): Report['scene'] {
  const pairs = answered.flatMap(({ question: { truth }, answer }) =>
    truth.kind === 'scene' ? [{ predicted: sceneIn(answer.text, scenes), truth: truth.scene }] : [],
  );
  if (pairs.length === 0) return null;
  const largest = Math.max(...UCM_SCENES.map((scene) => pairs.filter(({ truth }) => truth === scene).length));
  return {
    accuracy: ratio(pairs.filter(({ predicted, truth }) => predicted === truth).length, pairs.length),
    macroF1: macroF1(pairs),
    majority: largest / pairs.length,
  };
}

/** The scene that the answer names; the longest name wins ("storage tanks" before "tanks"). */
function sceneIn(text: string, scenes: readonly string[]): string | null {
  const lower = text.toLowerCase();
  const named = scenes
    .map((name, index) => ({ name, folder: UCM_SCENES[index] ?? null }))
    .filter(({ name }) => lower.includes(name.toLowerCase()))
    .sort((a, b) => b.name.length - a.name.length);
  return named[0]?.folder ?? null;
}

function presenceScores(answered: readonly Answered[]): Report['presence'] {
  const rows = answered.flatMap(({ question: { truth }, answer }) =>
    truth.kind === 'presence' ? [{ ...truth, said: yesOrNo(answer.text) }] : [],
  );
  if (rows.length === 0) return null;
  const absent = rows.filter(({ present }) => !present);
  return {
    macroF1: mean(presenceF1(rows)),
    withinScenes: withinScenes(rows),
    falseYes: ratio(absent.filter(({ said }) => said === 'yes').length, absent.length),
    unparsable: rows.filter(({ said }) => said === null).length,
  };
}

type PresenceRow = { label: string; present: boolean; scene: string; said: 'yes' | 'no' | null };

function presenceF1(rows: readonly PresenceRow[]): number[] {
  return [...new Set(rows.map(({ label }) => label))].flatMap((label) => {
    const of = rows.filter((row) => row.label === label);
    const there = of.filter(({ present }) => present).length;
    if (there === 0) return [];
    const said = of.filter((row) => row.said === 'yes').length;
    const hits = of.filter((row) => row.said === 'yes' && row.present).length;
    return [(2 * hits) / (said + there)];
  });
}

/** Only where a scene's images disagree on a label: there the scene alone doesn't give the answer away. */
function withinScenes(rows: readonly PresenceRow[]): number | null {
  const mixed = rows.filter(({ label, scene }) => {
    const of = rows.filter((row) => row.label === label && row.scene === scene);
    return of.some(({ present }) => present) && of.some(({ present }) => !present);
  });
  return mixed.length === 0 ? null : mean(presenceF1(mixed));
}

function countScores(answered: readonly Answered[]): Report['counting'] {
  return byLabel(answered, 'count').map(([label, of]) => {
    const errors = of.flatMap(({ question: { truth }, answer }) =>
      truth.kind === 'count'
        ? [{ count: truth.count, error: Math.abs((answer.statedCount ?? answer.boxes.length) - truth.count) }]
        : [],
    );
    return {
      label,
      meanAbsoluteError: mean(errors.map(({ error }) => error)),
      within10Percent: ratio(errors.filter(({ error, count }) => error <= count / 10).length, errors.length),
    };
  });
}

function boxScores(answered: readonly Answered[]): Report['boxes'] {
  return byLabel(answered, 'boxes').map(([label, of]) => {
    let matched = 0;
    let matchedByHull = 0;
    let found = 0;
    let truths = 0;
    for (const { question, answer } of of) {
      if (question.truth.kind !== 'boxes') continue;
      const quads = answer.boxes.map(({ corners }) => corners);
      matched += matchBoxes(quads, question.truth.boxes, IOU, 'either');
      matchedByHull += matchBoxes(quads, question.truth.boxes, IOU, 'hull');
      found += quads.length;
      truths += question.truth.boxes.length;
    }
    const { f1: f1ByHull } = detectionScore(matchedByHull, found, truths);
    return { label, f1ByHull, ...detectionScore(matched, found, truths) };
  });
}

function byLabel(answered: readonly Answered[], kind: 'count' | 'boxes'): [string, Answered[]][] {
  const groups = new Map<string, Answered[]>();
  for (const item of answered) {
    const { truth } = item.question;
    if (truth.kind !== kind) continue;
    groups.set(truth.label, [...(groups.get(truth.label) ?? []), item]);
  }
  return [...groups];
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
const interval = ({ value, low, high, n }: Ratio) => `${percent(value)} (${percent(low)}–${percent(high)}, n = ${n})`;

export function toMarkdown(report: Report): string {
  const { scene, presence } = report;
  const lines = [
    `# ${report.model.id} ${report.model.version} on held-out images`,
    '',
    `${report.protocol}`,
    '',
    `${report.questions} questions · ${report.backend} · model ${report.model.hash.slice(0, 12)} · median ${report.medianAnswerMs.toFixed(0)} ms an answer`,
    '',
    '| measure | value |',
    '|---|---|',
    ...(scene
      ? [
          `| scene accuracy, 21 classes | ${interval(scene.accuracy)}; always the commonest class: ${percent(scene.majority)} |`,
          `| scene macro-F1 | ${scene.macroF1.toFixed(3)} |`,
        ]
      : []),
    ...(presence
      ? [
          `| presence macro-F1, 17 labels | ${presence.macroF1.toFixed(3)} |`,
          `| presence macro-F1 where a scene's images differ | ${presence.withinScenes?.toFixed(3) ?? '–'} |`,
          `| "yes" on absent labels | ${interval(presence.falseYes)} |`,
          `| presence answers that are neither yes nor no | ${presence.unparsable} |`,
        ]
      : []),
    ...report.boxes.map(
      (b) =>
        `| ${b.label} boxes at IoU 0.5 | F1 ${b.f1.toFixed(3)} (by hull ${b.f1ByHull.toFixed(3)}), precision ${b.precision.toFixed(3)}, recall ${b.recall.toFixed(3)} (${b.matched} of ${b.truth}, ${b.found} found) |`,
    ),
    ...report.counting.map(
      (c) =>
        `| ${c.label} count | mean absolute error ${c.meanAbsoluteError.toFixed(2)}; within 10 %: ${interval(c.within10Percent)} |`,
    ),
    ...(report.captionRougeL === null
      ? []
      : [`| caption ROUGE-L, best of the references | ${report.captionRougeL.toFixed(3)} |`]),
    `| malformed boxes · repetition stops · errors | ${report.malformedBoxes} · ${report.repetitionStops} · ${report.errors} |`,
    '',
  ];
  return lines.join('\n');
}
