import type { PixelWindow, Quad, RotatedBox } from '../types.ts';
import { intersectConvex } from './convex.ts';
import { ringArea } from './rings.ts';
import { areaOf, cornersOf, hullOf, intersectionOverSmaller, rotatedIou } from './rotated-box.ts';

/** A detection as merging sees it. `box` and `tile` are in the same (source) pixels. */
export interface MergeItem {
  label: string;
  box: RotatedBox;
  score: number | null;
  tile: PixelWindow;
}

/** A box with the tile that it was seen in. */
type SeenBox = Pick<MergeItem, 'box' | 'tile'>;

/** The same with the corners worked out. */
interface SeenQuad {
  corners: Quad;
  tile: PixelWindow;
}

const quadOf = ({ box, tile }: SeenBox): SeenQuad => ({ corners: cornersOf(box), tile });

export interface MergeOptions {
  /** IoU from which two detections are the same object. */
  iou: number;
  /**
   * Intersection over smaller from which two detections from different tiles are the same object: a piece cut by a seam
   * lies inside the whole.
   */
  overSmaller: number;
  /** The same for detections from one tile. Stricter, because the boxes of real neighbours overlap. */
  insideSameTile: number;
  /** A box this close to an inner tile edge is cut by it. */
  seamPx: number;
  /** The area that the tiles cover: an edge on its border isn't a seam. Default: the hull of the items' tiles. */
  extent?: PixelWindow;
}

interface Ranked extends SeenQuad {
  label: string;
  score: number | null;
  cut: boolean;
}

const DEFAULT_MERGE: MergeOptions = { iou: 0.5, overSmaller: 0.6, insideSameTile: 0.8, seamPx: 2 };

/**
 * Reduces detections to one per object and label across slices. A box cut by an inner tile seam loses to one that
 * isn't; then the higher score wins (null is lowest), then the larger box. Two cut pieces are one object if they agree
 * in the tiles' common part. Within one tile, neighbours may overlap, so a box is a duplicate only if it lies almost
 * entirely inside another (a nose or a wing detected as an airplane). Nothing is averaged: survivors are elements of
 * `items`, unchanged. The result doesn't depend on the order of `items`; it is sorted by label, then score from high to
 * low, then position.
 */
export function mergeDetections<T extends MergeItem>(items: readonly T[], options: Partial<MergeOptions> = {}): T[] {
  const settings = { ...DEFAULT_MERGE, ...options };
  const extent = settings.extent ?? hullOfWindows(items.map((item) => item.tile));
  const ranked = items
    .map((item) => {
      const quad = quadOf(item);
      const { label, score } = item;
      return { item, label, score, ...quad, hull: hullOf(quad.corners), cut: isCut(quad, extent, settings.seamPx) };
    })
    .sort((a, b) => Number(a.cut) - Number(b.cut) || byStrength(a, b));

  const kept: typeof ranked = [];
  for (const candidate of ranked) {
    const known = kept.some(
      (winner) =>
        winner.label === candidate.label &&
        windowsMeet(winner.hull, candidate.hull) &&
        isSameObject(winner, candidate, settings),
    );
    if (!known) kept.push(candidate);
  }
  return kept.sort((a, b) => compare(a.label, b.label) || byStrength(a, b)).map(({ item }) => item);
}

/** `a` is the stronger one. Within one tile it absorbs what lies inside it, but never a larger box around it. */
function isSameObject(a: Ranked, b: Ranked, settings: MergeOptions): boolean {
  if (rotatedIou(a.corners, b.corners) >= settings.iou) return true;
  const overSmaller = intersectionOverSmaller(a.corners, b.corners);
  if (sameWindow(a.tile, b.tile))
    return areaOf(b.corners) < areaOf(a.corners) && overSmaller >= settings.insideSameTile;
  return overSmaller >= settings.overSmaller || (a.cut && b.cut && agreeWhereBothSee(a, b, settings.iou));
}

/**
 * How strongly two detections of different runs overlap as one object, regardless of label: their IoU, or null if they
 * are two objects. The criteria are those across slices: IoU, one inside the other, or agreement in the common part if
 * the tiles' edges cut both. Symmetric.
 */
export function overlapAsOne(first: SeenBox, second: SeenBox): number | null {
  const a = quadOf(first);
  const b = quadOf(second);
  if (!windowsMeet(hullOf(a.corners), hullOf(b.corners))) return null;
  const iou = rotatedIou(a.corners, b.corners);
  if (iou >= DEFAULT_MERGE.iou) return iou;
  const inside = sameWindow(a.tile, b.tile) ? DEFAULT_MERGE.insideSameTile : DEFAULT_MERGE.overSmaller;
  if (intersectionOverSmaller(a.corners, b.corners) >= inside) return iou;
  return isCutByTile(first) && isCutByTile(second) && agreeWhereBothSee(a, b, DEFAULT_MERGE.iou) ? iou : null;
}

/** Whether the box touches an edge of its tile, so that part of the object may lie outside. */
export function isCutByTile(item: SeenBox): boolean {
  // A tolerance of one or two model pixels; the model sees tiles of about 256.
  const seamPx = Math.max(DEFAULT_MERGE.seamPx, item.tile.width / 128);
  return isCut(quadOf(item), EVERYWHERE, seamPx);
}

const EVERYWHERE: PixelWindow = { x: -1e12, y: -1e12, width: 2e12, height: 2e12 };

/** If less than this share of a box lies in the tiles' common part, the overlap is inconclusive. */
const MIN_COMMON_SHARE = 0.2;

/**
 * An object longer than the tiles' overlap is cut in both tiles. Its two pieces are one object if they agree in the
 * common part.
 */
function agreeWhereBothSee(a: SeenQuad, b: SeenQuad, iou: number): boolean {
  const common = cornersOfWindow(commonWindow(a.tile, b.tile));
  const partA = intersectConvex(a.corners, common);
  const partB = intersectConvex(b.corners, common);
  const areaA = ringArea(partA);
  const areaB = ringArea(partB);
  if (Math.min(areaA, areaB) < MIN_COMMON_SHARE * Math.min(areaOf(a.corners), areaOf(b.corners))) return false;
  const shared = ringArea(intersectConvex(partA, partB));
  return shared > 0 && shared / (areaA + areaB - shared) >= iou;
}

function commonWindow(a: PixelWindow, b: PixelWindow): PixelWindow {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(0, Math.min(right(a), right(b)) - x),
    height: Math.max(0, Math.min(bottom(a), bottom(b)) - y),
  };
}

const cornersOfWindow = (w: PixelWindow): Quad => [
  [w.x, w.y],
  [right(w), w.y],
  [right(w), bottom(w)],
  [w.x, bottom(w)],
];

function isCut(item: SeenQuad, extent: PixelWindow, seamPx: number): boolean {
  const box = hullOf(item.corners);
  const { tile } = item;
  const inner = 0.5;
  return (
    (tile.x > extent.x + inner && box.x <= tile.x + seamPx) ||
    (tile.y > extent.y + inner && box.y <= tile.y + seamPx) ||
    (right(tile) < right(extent) - inner && right(box) >= right(tile) - seamPx) ||
    (bottom(tile) < bottom(extent) - inner && bottom(box) >= bottom(tile) - seamPx)
  );
}

/** A total order by value, so that ties don't depend on input order. */
function byStrength(a: Ranked, b: Ranked): number {
  return (
    (b.score ?? Number.NEGATIVE_INFINITY) - (a.score ?? Number.NEGATIVE_INFINITY) ||
    areaOf(b.corners) - areaOf(a.corners) ||
    compareNumbers([...a.corners.flat(), a.tile.x, a.tile.y], [...b.corners.flat(), b.tile.x, b.tile.y])
  );
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
  return 0;
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const right = (w: PixelWindow) => w.x + w.width;
const bottom = (w: PixelWindow) => w.y + w.height;
const sameWindow = (a: PixelWindow, b: PixelWindow) =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
const windowsMeet = (a: PixelWindow, b: PixelWindow) =>
  a.x <= right(b) && b.x <= right(a) && a.y <= bottom(b) && b.y <= bottom(a);

function hullOfWindows(windows: readonly PixelWindow[]): PixelWindow {
  if (windows.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const x = Math.min(...windows.map((w) => w.x));
  const y = Math.min(...windows.map((w) => w.y));
  return { x, y, width: Math.max(...windows.map(right)) - x, height: Math.max(...windows.map(bottom)) - y };
}
