import type { Answered } from './answer-line.ts';
import { SEVERITIES } from './images/defects.ts';
import { countRows, treeRows } from './rows/counts.ts';
import { coverRows } from './rows/cover.ts';
import { healthRows, timeRows } from './rows/health.ts';
import { changeRows, presenceAblationRows, qualityRows } from './rows/judgements.ts';
import { foundMaskRows, trueMaskRows } from './rows/masks.ts';
import { boxRows } from './rows/objects.ts';
import type { Row } from './rows/row.ts';
import { captionRows, coarseSceneRows, optionRows, otherPresenceRows, presenceRows, sceneRows } from './rows/words.ts';
import { VEGETATED } from './sets/trees.ts';
import { NDVI_FROM } from './vegetation.ts';

export interface Report {
  format: 'nadir-evaluation/1';
  /** How it was measured, one sentence per entry. */
  protocol: string[];
  model: { id: string; version: string; hash: string };
  backend: string;
  /** The first 12 digits of the SHA-256 of the page that answered, and how many answers came from other builds. */
  app: { hash: string; answersOfOtherBuilds: number };
  createdAt: string;
  questions: { planned: number; answered: number; failed: number };
  /** Images per set, if limited. */
  limit: number | null;
  skipped: string[];
  rows: Row[];
}

const percent = (share: number) => `${share * 100} %`;

export const PROTOCOL: readonly string[] = [
  'Every question is asked through the app, with greedy decoding and the app’s own slicing and stretch (TIFFs are stretched, pictures shown as they are); images carry no georeferencing, so their scale is unknown to it, except where land cover or scenes at 10 m are asked for.',
  'Boxes match one to one at IoU ≥ 0.5, best overlap first. A truth drawn upright is held against the found box or its upright hull, whichever overlaps more (F1 by hulls alone beside it); polygons and rotated truth, as rectangles, against the rotated box. Only labels that are complete in an image are scored there.',
  'AP without confidence: the answer ranks nothing, so its precision–recall curve is one point, and AP is precision × recall. Ranked by detector score: area under the precision–recall curve over all images, precision made monotone, every point used.',
  'Rotated boxes: only images whose true boxes of the label all carry their direction. Buildings’ truth is the smallest rectangle of the footprint.',
  'Masks are compared on the image’s grid, 2 × 2 samples a pixel; a missing mask scores 0.',
  'Dense head alone: all proposals of the class that the language model is shown, before it chooses.',
  'Land cover is held against the class of each pixel, where one is known for sure; what may be several classes counts only for the share of pixels given a class that they may be. A cell of which the map says nothing is a miss.',
  'A count is the number that the model wrote or that was added up from densities, else the boxes it gave; an answer with neither counts as 0 and as unparsable.',
  `Trees are asked on the same pixels as RGB + NIR and as RGB, both as TIFF, so that both are stretched alike. Vegetation is a derived truth: NDVI ≥ ${NDVI_FROM} on at least ${percent(VEGETATED.yesFrom)} of the tile, or on less than ${percent(VEGETATED.noBelow)}; tiles between are left out. No tile shows open water.`,
  `Quality defects are generated on clean images, one an image, ten severities each: ${Object.entries(SEVERITIES)
    .map(([defect, does]) => `${defect}: ${does}`)
    .join('; ')}. They are PNGs, shown as they are.`,
  'Unparsable: neither yes nor no, no known scene, no number, no boxes and no word that there are none, or a box that can’t be read. Looping: stopped for repetition or at the token limit.',
  'Intervals are 95 %: Wilson for shares, bootstrap over images for the rest. Failed questions are left out of scores and counted.',
];

/** Every row that the answers support; first those of the release table, in its order. */
export function rowsOf(answered: readonly Answered[]): Row[] {
  return [
    ...sceneRows(answered),
    ...coarseSceneRows(answered),
    ...presenceRows(answered),
    ...boxRows(answered),
    ...treeRows(answered),
    ...presenceAblationRows(answered),
    ...trueMaskRows(answered),
    ...coverRows(answered),
    ...changeRows(answered),
    ...qualityRows(answered),
    ...healthRows(answered),
    ...foundMaskRows(answered),
    ...countRows(answered),
    ...optionRows(answered),
    ...otherPresenceRows(answered),
    ...captionRows(answered),
    ...timeRows(answered),
  ];
}

/** An entry of `scores` in a model's nadir.json. */
export interface ManifestScore {
  task: string;
  metric: string;
  value: number;
  /** 95 %; absent if there is none. */
  interval?: [low: number, high: number];
  n: number;
  data: string;
}

/** The rows that decide a release, in the form in which a model's manifest states its scores. */
export function manifestScores({ rows, backend, limit }: Report): ManifestScore[] {
  const round = (value: number) => Math.round(value * 1000) / 1000;
  const sample = limit === null ? '' : `, a sample of at most ${limit} images a set`;
  return rows.flatMap(({ section, measure, value, interval, n, of, target }) =>
    target === null || value === null
      ? []
      : [
          {
            task: section.toLowerCase(),
            metric: measure,
            value: round(value),
            ...(interval ? { interval: [round(interval[0]), round(interval[1])] as [number, number] } : {}),
            n,
            data: `held-out, ${of}, through the app on ${backend}${sample}`,
          },
        ],
  );
}
