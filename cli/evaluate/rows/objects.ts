import type { Quad } from '../../../src/geo/types.ts';
import type { Answered, FoundBox } from '../answer-line.ts';
import type { TrueBox } from '../question.ts';
import { averagePrecision, averagePrecisionWithoutScores } from '../scores/average-precision.ts';
import { type DetectionScore, detectionScore, matchPairs, type UprightRule } from '../scores/boxes.ts';
import { f1Of } from '../scores/labels.ts';
import { bootstrap, mean } from '../scores/ratio.ts';
import { groupBy, type Of, ofKind, type Row, restrictionOf, row, type Target } from './row.ts';

const IOU = 0.5;

const UCM_TARGET: Target = { must: 0.5, hoped: 0.8, better: 'more' };
const TARGETS: Record<string, Target> = {
  oam_buildings: { must: 0.4, hoped: 0.65, better: 'more' },
  aerial_cars: { must: 0.5, hoped: 0.8, better: 'more' },
};

/** Classes that came with edition 1.0. */
const NEW = ['truck', 'ship', 'dock', 'swimming pool', 'solar panel', 'tree crown'];
const NEW_TARGET: Target = { must: 0.5, hoped: 0.75, better: 'more' };

/** What was found and what is true, in one image. */
interface BoxImage {
  found: readonly FoundBox[];
  truth: readonly TrueBox[];
}

/** Counts of one image, to be summed over images. */
interface Tally {
  matched: number;
  found: number;
  truth: number;
}

const setOf = (set: string) => (set === 'samples' ? 'generated scenes' : set);

export function boxRows(answered: readonly Answered[]): Row[] {
  const items = ofKind(answered, 'boxes');
  const rows = groupBy(items, ({ question: { set, truth } }) => `${set} ${truth.label}`).flatMap(([, of]) =>
    labelRows(of, answered),
  );
  const ucm = items.filter(({ question }) => question.set === 'ucm');
  if (new Set(ucm.map(({ question }) => question.truth.label)).size < 2) return rows;
  const pooled = ucm.map(imageOfItem);
  return [
    row('Boxes', 'ucm, its classes together: F1 at IoU 0.5', f1Interval(pooled, 'either'), {
      detail: words(score(pooled, IOU, 'either')),
      target: UCM_TARGET,
    }),
    ...rows,
  ];
}

function labelRows(of: Of<'boxes'>[], answered: readonly Answered[]): Row[] {
  const { set, truth } = of[0]!.question;
  const name = `${setOf(set)}, ${truth.label}`;
  const images = of.map(imageOfItem);
  const target = NEW.includes(truth.label) ? NEW_TARGET : set === 'ucm' ? UCM_TARGET : (TARGETS[set] ?? null);
  const total = score(images, IOU, 'either');
  const restricted = restrictionOf(of);
  const rows = [
    row('Boxes', `${name}: F1 at IoU 0.5`, f1Interval(images, 'either'), {
      detail: `${words(total)}; F1 by upright hulls alone ${score(images, IOU, 'hull').f1.toFixed(3)}`,
      target,
      restricted,
    }),
    row(
      'Boxes',
      `${name}: AP without confidence`,
      averagePrecisionWithoutScores(total.matched, total.found, total.truth),
      {
        n: total.truth,
        of: 'true boxes',
        detail: `ranked by detector score: ${fixed(averagePrecision(images.map(ranked), IOU, 'either'))}`,
        restricted,
      },
    ),
  ];
  const free = of.filter(({ question }) => question.restricted === null);
  if (restricted !== null && free.length > 0) {
    rows.push(
      row(
        'Boxes',
        `${name}: F1 at IoU 0.5, share-alike photographs left out`,
        f1Interval(free.map(imageOfItem), 'either'),
        {
          detail: words(score(free.map(imageOfItem), IOU, 'either')),
        },
      ),
    );
  }
  return [...rows, ...rotatedRows(name, images), ...denseRows(name, of, answered)];
}

/** Only images in which all true boxes of the label are rotated ones; they are compared with rotated boxes only. */
function rotatedRows(name: string, images: readonly BoxImage[]): Row[] {
  const turned = images.filter(({ truth }) => truth.length > 0 && truth.every(({ upright }) => !upright));
  if (turned.length === 0) return [];
  const matches = turned.flatMap(({ found, truth }) => matchPairs(cornersOf(found), truth, IOU, 'hull'));
  return [
    row('Rotated boxes', `${name}: F1 at rotated IoU 0.5`, f1Interval(turned, 'hull'), {
      detail: words(score(turned, IOU, 'hull')),
    }),
    row('Rotated boxes', `${name}: mean rotated IoU of matched boxes`, mean(matches.map(({ iou }) => iou)), {
      n: matches.length,
      of: 'matched boxes',
    }),
  ];
}

/** What the dense head alone would answer, from inspections of the same images; empty if there were none. */
function denseRows(name: string, of: Of<'boxes'>[], answered: readonly Answered[]): Row[] {
  const looks = new Map(
    answered.flatMap(({ question: { image, task }, answer }) =>
      task === 'masks' && answer.proposals ? [[JSON.stringify(image), answer.proposals] as const] : [],
    ),
  );
  const images = of.flatMap(({ question: { image, truth } }): BoxImage[] => {
    const proposals = looks.get(JSON.stringify(image));
    if (!proposals) return [];
    return [{ found: proposals.filter(({ label }) => label === truth.label), truth: truth.boxes }];
  });
  if (images.length === 0) return [];
  return [
    row('Boxes', `${name}: F1 of the dense head alone`, f1Interval(images, 'either'), {
      detail: `${words(score(images, IOU, 'either'))}; one look at the whole image, without the app's tiles`,
    }),
  ];
}

const imageOfItem = ({ question: { truth }, answer }: Of<'boxes'>): BoxImage => ({
  found: answer.boxes,
  truth: truth.boxes,
});
const cornersOf = (found: readonly FoundBox[]): Quad[] => found.map(({ corners }) => corners);
const ranked = ({ found, truth }: BoxImage) => ({
  found: found.map(({ corners, score: heat }) => ({ corners, score: heat })),
  truth,
});
const fixed = (value: number) => (Number.isNaN(value) ? '–' : value.toFixed(3));

/** Matches boxes of all images at `iou`. */
export function score(images: readonly BoxImage[], iou: number, rule: UprightRule): DetectionScore {
  const { matched, found, truth } = sum(images.map((image) => tally(image, iou, rule)));
  return detectionScore(matched, found, truth);
}

/** F1 over all boxes, with an interval from resampling images. */
export function f1Interval(images: readonly BoxImage[], rule: UprightRule, iou = IOU) {
  return bootstrap(
    images.map((image) => tally(image, iou, rule)),
    (drawn) => {
      const { matched, found, truth } = sum(drawn);
      return found + truth === 0 ? Number.NaN : f1Of(matched, found, truth);
    },
  );
}

function tally({ found, truth }: BoxImage, iou: number, rule: UprightRule): Tally {
  return {
    matched: matchPairs(cornersOf(found), truth, iou, rule).length,
    found: found.length,
    truth: truth.length,
  };
}

function sum(tallies: readonly Tally[]): Tally {
  const total = { matched: 0, found: 0, truth: 0 };
  for (const each of tallies) {
    total.matched += each.matched;
    total.found += each.found;
    total.truth += each.truth;
  }
  return total;
}

export function words({ precision, recall, matched, found, truth }: DetectionScore): string {
  return `precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}; ${matched} of ${truth} there, ${found} found`;
}
