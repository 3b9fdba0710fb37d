import { intersectConvex } from './convex.ts';
import { ringArea } from './rings.ts';
import { areaOf, hullOf, intersectionOverSmaller, rotatedIou } from './rotated-box.ts';
import type { PixelWindow, Quad } from './types.ts';

/** What merging needs to know of a detection; `corners` and `tile` in the same (source) pixels. */
export interface MergeItem {
  label: string;
  corners: Quad;
  score: number | null;
  tile: PixelWindow;
}

type SeenBox = Pick<MergeItem, 'corners' | 'tile'>;

export interface MergeOptions {
  /** Same object at IoU ≥ this. */
  iou: number;
  /** Same object, seen from two tiles, at intersection-over-smaller ≥ this: a piece cut by a seam lies inside the whole. */
  overSmaller: number;
  /** Same object, seen in one tile, at intersection-over-smaller ≥ this: stricter, since real neighbours' boxes overlap. */
  insideSameTile: number;
  /** A box is cut when it comes this close to an inner tile edge. */
  seamPx: number;
  /** What the tiles cover: a tile edge on its border is no seam. Default: the hull of the items' tiles. */
  extent?: PixelWindow;
}

interface Ranked {
  item: MergeItem;
  cut: boolean;
}

export const DEFAULT_MERGE: MergeOptions = { iou: 0.5, overSmaller: 0.6, insideSameTile: 0.8, seamPx: 2 };

/**
 * One detection per object across slices, per label. A box cut by an inner tile seam loses to one that isn't; then the
 * higher score wins (null below every number), then the larger box. Two cut pieces are one object where they agree in the
 * tiles' common part. Within one tile, neighbours may overlap, so only a box that lies nearly whole inside another is a
 * second look at it (a nose or a wing taken for an airplane). Nothing is averaged: each survivor is one of `items`, untouched. The result doesn't depend on the order of
 * `items`; it is sorted by label, then score from high to low, then position.
 */
export function mergeDetections<T extends MergeItem>(items: readonly T[], options: Partial<MergeOptions> = {}): T[] {
  const settings = { ...DEFAULT_MERGE, ...options };
  const extent = settings.extent ?? hullOfWindows(items.map((item) => item.tile));
  const ranked = items
    .map((item) => ({ item, hull: hullOf(item.corners), cut: isCut(item, extent, settings.seamPx) }))
    .sort((a, b) => Number(a.cut) - Number(b.cut) || byStrength(a.item, b.item));

  const kept: typeof ranked = [];
  for (const candidate of ranked) {
    const known = kept.some(
      (winner) =>
        winner.item.label === candidate.item.label &&
        windowsMeet(winner.hull, candidate.hull) &&
        isSameObject(winner, candidate, settings),
    );
    if (!known) kept.push(candidate);
  }
  return kept.map(({ item }) => item).sort((a, b) => compare(a.label, b.label) || byStrength(a, b));
}

/** `first` is the stronger one. Within one tile it swallows what lies inside it, but never the larger box around it. */
function isSameObject(first: Ranked, second: Ranked, settings: MergeOptions): boolean {
  const a = first.item;
  const b = second.item;
  if (rotatedIou(a.corners, b.corners) >= settings.iou) return true;
  const overSmaller = intersectionOverSmaller(a.corners, b.corners);
  if (sameWindow(a.tile, b.tile))
    return areaOf(b.corners) < areaOf(a.corners) && overSmaller >= settings.insideSameTile;
  return overSmaller >= settings.overSmaller || (first.cut && second.cut && agreeWhereBothSee(a, b, settings.iou));
}

/**
 * How surely two detections of different runs are one object, labels aside: their IoU, or null where they are two. As across
 * slices: by IoU, by one lying in the other, or, where the edges of their tiles cut both, by agreeing where both tiles look.
 * Symmetric, and neither is preferred.
 */
export function overlapAsOne(a: SeenBox, b: SeenBox): number | null {
  if (!windowsMeet(hullOf(a.corners), hullOf(b.corners))) return null;
  const iou = rotatedIou(a.corners, b.corners);
  if (iou >= DEFAULT_MERGE.iou) return iou;
  const inside = sameWindow(a.tile, b.tile) ? DEFAULT_MERGE.insideSameTile : DEFAULT_MERGE.overSmaller;
  if (intersectionOverSmaller(a.corners, b.corners) >= inside) return iou;
  return isCutByTile(a) && isCutByTile(b) && agreeWhereBothSee(a, b, DEFAULT_MERGE.iou) ? iou : null;
}

/** Whether the box reaches an edge of its tile, so that a part of the object may lie beyond. */
export function isCutByTile(item: SeenBox): boolean {
  // A pixel or two of the model's, which sees tiles of about 256.
  const seamPx = Math.max(DEFAULT_MERGE.seamPx, item.tile.width / 128);
  return isCut(item, EVERYWHERE, seamPx);
}

const EVERYWHERE: PixelWindow = { x: -1e12, y: -1e12, width: 2e12, height: 2e12 };

/** Less of a box than this in the tiles' common part says nothing. */
const MIN_COMMON_SHARE = 0.2;

/** An object longer than the tiles' overlap is cut in both: its two pieces are one if they agree where both tiles look. */
function agreeWhereBothSee(a: SeenBox, b: SeenBox, iou: number): boolean {
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

function isCut(item: SeenBox, extent: PixelWindow, seamPx: number): boolean {
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

/** A total order by value, so that ties don't fall back on the order of arrival. */
function byStrength(a: MergeItem, b: MergeItem): number {
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
