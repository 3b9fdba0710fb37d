import { confirmed } from '../../geo/boxes/confirmed.ts';
import { mergeDetections } from '../../geo/boxes/merge.ts';
import { mapBox } from '../../geo/boxes/rotated-box.ts';
import type { PixelWindow, Point } from '../../geo/types.ts';
import type { Thing } from '../../vlm/types.ts';
import type { Sighting } from '../document.ts';
import { contains } from '../layers/region.ts';

/** What an answer saw, before it is matched to an object. In full-resolution source pixels. */
export interface Detection extends Thing, Omit<Sighting, 'answerId'> {
  /** Unique in the session. */
  id: string;
}

/** Converts a slice's things from tile pixels to source pixels. One detection per thing, in order. */
export function detectionsOf(
  answerId: string,
  slice: PixelWindow,
  tileSize: number,
  things: readonly Thing[],
): Detection[] {
  const toSource = ([x, y]: Point): Point => [
    slice.x + (x * slice.width) / tileSize,
    slice.y + (y * slice.height) / tileSize,
  ];
  const place = [slice.x, slice.y, slice.width].map((value) => Math.round(value)).join('_');
  return things.map(({ label, box, score, rings }, index) => ({
    id: `${answerId}:${place}:${index}`,
    label,
    box: mapBox(box, toSource),
    score,
    rings: rings?.map((ring) => ring.map(toSource)) ?? null,
    tile: slice,
  }));
}

/** Whether the detection's centre lies in the window. */
export function isCentredIn(detection: Detection, window: PixelWindow): boolean {
  return contains(window, detection.box.cx, detection.box.cy);
}

/**
 * Merges detections so that each object has one, ordered from the top of the scene to its bottom, then left to right. `slices`: all
 * that were answered. An object cut by one slice that another slice shows whole must be seen by both.
 */
export function mergeAcrossSlices(
  detections: readonly Detection[],
  slices: readonly PixelWindow[],
  extent: PixelWindow,
  tileSize: number,
): Detection[] {
  const widest = detections.reduce((most, { tile }) => Math.max(most, tile.width), 0);
  // A cut box ends a pixel or two short of the seam, in tile pixels.
  const seamPx = Math.max(2, (2 * widest) / tileSize);
  const borneOut = confirmed(detections, slices, { extent, seamPx });
  return mergeDetections(borneOut, { extent, seamPx }).sort(byReadingOrder);
}

/** Rows of about an object's height, so that a row of parked cars is numbered along the row. */
function byReadingOrder(a: Detection, b: Detection): number {
  const rowHeight = 64;
  const rowOf = (detection: Detection) => Math.floor(detection.box.cy / rowHeight);
  return rowOf(a) - rowOf(b) || a.box.cx - b.box.cx || a.box.cy - b.box.cy;
}
