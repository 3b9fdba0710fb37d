import { isInBox } from '../../src/geo/boxes/in-box.ts';
import { mergeDetections } from '../../src/geo/boxes/merge.ts';
import { cornersOf, mapBox } from '../../src/geo/boxes/rotated-box.ts';
import { tileGrid } from '../../src/geo/slicing/tiles.ts';
import type { Point, RotatedBox } from '../../src/geo/types.ts';
import type { TaughtHead } from '../../src/teaching/taught-class.ts';
import { detectTaught } from '../../src/vlm/teaching/detect.ts';
import { type LearningTile, learnHead } from '../../src/vlm/teaching/learn.ts';
import { averagePrecision } from '../evaluate/scores/average-precision.ts';
import type { HeldOutImage } from './classes.ts';
import type { FeatureKind, Features, Tile } from './features.ts';

const TILE = 256;
const OVERLAP = 0.25;

/** Some examples from the images of one scene. */
export interface Lesson {
  images: readonly HeldOutImage[];
  examples: readonly { file: string; box: RotatedBox }[];
  /** Side of a tile in pixels of the images. */
  sidePx: number;
}

export interface Marks {
  /** Average precision at IoU 0.3, and with the centre of a found box in a true one. */
  iou: number;
  centre: number;
  /** Mean score of what was found, and the share of it that was right (centre in box). */
  said: number;
  right: number;
  /** Of one processor. */
  learnMs: number;
}

export function tilesOf(image: HeldOutImage, sidePx: number): Tile[] {
  const whole = { x: 0, y: 0, width: image.width, height: image.height };
  return tileGrid(whole, whole, sidePx, OVERLAP).map((window) => ({ file: image.file, window }));
}

function tilesToLearn({ images, examples, sidePx }: Lesson, features: Features, kind: FeatureKind): LearningTile[] {
  const tiles = images.flatMap((image) => tilesOf(image, sidePx));
  return tiles.map((tile) => ({
    grid: features.grid(tile, kind),
    shows: () => true,
    examples: examples.flatMap(({ file, box }, id) => {
      const inTile = mapBox(box, toTile(tile));
      const isHere = file === tile.file && Math.max(inTile.cx, inTile.cy) < TILE && Math.min(inTile.cx, inTile.cy) > 0;
      return isHere ? [{ id, box: inTile, isOne: true }] : [];
    }),
  }));
}

export function mark(lesson: Lesson, search: readonly HeldOutImage[], features: Features, kind: FeatureKind): Marks {
  const tiles = tilesToLearn(lesson, features, kind);
  const started = process.cpuUsage();
  const head = learnHead(tiles);
  const { user, system } = process.cpuUsage(started);
  const learnMs = (user + system) / 1000;
  const found = search.map((image) => ({ image, boxes: find(head, image, lesson.sidePx, features, kind) }));
  const ranked = found.map(({ image, boxes }) => ({
    found: boxes.map(({ box, score }) => ({ corners: cornersOf(box), score })),
    truth: image.boxes.map((box) => ({ corners: cornersOf(box), upright: box.thetaDeg === 0 })),
  }));
  const hits = found.flatMap(({ image, boxes }) => centreHits(boxes, image.boxes));
  const truths = search.reduce((sum, { boxes }) => sum + boxes.length, 0);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return {
    iou: averagePrecision(ranked, 0.3, 'either'),
    centre: areaUnder(hits, truths),
    said: mean(hits.map(({ score }) => score)),
    right: mean(hits.map(({ hit }) => Number(hit))),
    learnMs,
  };
}

type Found = { box: RotatedBox; score: number };

function find(head: TaughtHead, image: HeldOutImage, sidePx: number, features: Features, kind: FeatureKind): Found[] {
  const items = tilesOf(image, sidePx).flatMap((tile) =>
    detectTaught(head, features.grid(tile, kind)).boxes.map(({ box, score }) => ({
      label: '',
      tile: tile.window,
      box: mapBox(box, fromTile(tile)),
      score,
    })),
  );
  return mergeDetections(items).filter(({ box: { cx, cy } }) =>
    image.unknown.every(([x0, y0, x1, y1]) => cx < x0 || cx > x1 || cy < y0 || cy > y1),
  );
}

/** In order of score, each found box takes the nearest free true box that its centre lies in. */
function centreHits(found: readonly Found[], truth: readonly RotatedBox[]): { score: number; hit: boolean }[] {
  const free = new Set(truth);
  return [...found]
    .sort((a, b) => b.score - a.score)
    .map(({ box, score }) => {
      const distance = (other: RotatedBox) => Math.hypot(box.cx - other.cx, box.cy - other.cy);
      const [nearest] = [...free]
        .filter((other) => isInBox([box.cx, box.cy], other))
        .sort((a, b) => distance(a) - distance(b));
      if (nearest) free.delete(nearest);
      return { score, hit: nearest !== undefined };
    });
}

/** Area under the precision–recall curve with monotone precision. */
function areaUnder(hits: readonly { score: number; hit: boolean }[], truths: number): number {
  const ranked = [...hits].sort((a, b) => b.score - a.score);
  let right = 0;
  const precisions = ranked.map(({ hit }, index) => {
    right += Number(hit);
    return right / (index + 1);
  });
  let best = 0;
  let area = 0;
  for (let i = ranked.length - 1; i >= 0; i--) {
    best = Math.max(best, precisions[i]!);
    if (ranked[i]!.hit) area += best / truths;
  }
  return area;
}

const toTile =
  ({ window }: Tile) =>
  ([x, y]: Point): Point => [((x - window.x) * TILE) / window.width, ((y - window.y) * TILE) / window.height];
const fromTile =
  ({ window }: Tile) =>
  ([x, y]: Point): Point => [window.x + (x * window.width) / TILE, window.y + (y * window.height) / TILE];
