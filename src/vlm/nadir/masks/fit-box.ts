import { cornersOf, rotatedIou } from '../../../geo/boxes/rotated-box.ts';
import { smallestRectangle } from '../../../geo/boxes/smallest-rectangle.ts';
import type { Point, RotatedBox } from '../../../geo/types.ts';
import { frameOf } from './crops.ts';

/** A part with fewer samples says too little about a box. */
export const minSamples = 20;
/** A rectangle with a lower IoU with the box belongs to something else. */
const minIou = 0.25;

/**
 * Fits the box to its own mask: the smallest rectangle around the largest 4-connected part of the samples above 0
 * inside the tile of `tile` × `tile` pixels. `logits` f32[size, size] in the frame of `box` enlarged by `grow`; boxes
 * in tile pixels. w keeps its axis as far as possible (θ within 45°). Returns `box` itself if the part is too small or
 * the rectangle lies elsewhere. Follows the same rule as `fit_box` of training/inference/fit_box.py.
 */
export function fitBox(box: RotatedBox, logits: Float32Array, size: number, grow: number, tile: number): RotatedBox {
  const toTile = frameOf(box, grow);
  const inside = (sample: number): boolean => {
    const col = sample % size;
    const [x, y] = toTile((col + 0.5) / size, ((sample - col) / size + 0.5) / size);
    return x >= 0 && y >= 0 && x <= tile && y <= tile;
  };
  const part = largestPart(size, (sample) => logits[sample]! > 0 && inside(sample));
  if (part.length < minSamples) return box;
  const points = rowEnds(part, size).map(([x, y]) => toTile(x / size, y / size));
  const fitted = smallestRectangle(points, box.thetaDeg);
  // With NaN the comparison is false, so `box` is kept.
  return fitted && rotatedIou(cornersOf(box), cornersOf(fitted)) >= minIou ? fitted : box;
}

/** Outer corners of each row's first and last sample, in samples. No other corner can be on the hull. */
function rowEnds(part: number[], size: number): Point[] {
  const ends = new Map<number, [first: number, last: number]>();
  for (const sample of part) {
    const x = sample % size;
    const y = (sample - x) / size;
    const [first, last] = ends.get(y) ?? [x, x];
    ends.set(y, [Math.min(first, x), Math.max(last, x)]);
  }
  return [...ends].flatMap(([y, [first, last]]): Point[] =>
    [first, last + 1].flatMap((x): Point[] => [
      [x, y],
      [x, y + 1],
    ]),
  );
}

/** Indices of the samples in the largest 4-connected part that `belongs`. Of equally large parts, the first one wins. */
function largestPart(size: number, belongs: (sample: number) => boolean): number[] {
  // 1: in no part yet. Each sample is asked about once.
  const open = Uint8Array.from({ length: size * size }, (_, sample) => Number(belongs(sample)));
  let largest: number[] = [];
  for (let start = open.indexOf(1); start >= 0; start = open.indexOf(1, start + 1)) {
    const part = takePart(open, size, start);
    if (part.length > largest.length) largest = part;
  }
  return largest;
}

/** The 4-connected part with the sample `start`; clears its samples in `open`. */
function takePart(open: Uint8Array, size: number, start: number): number[] {
  const part: number[] = [];
  const reach = (sample: number): void => {
    if (!open[sample]) return;
    open[sample] = 0;
    part.push(sample);
  };
  reach(start);
  for (let next = 0; next < part.length; next++) {
    const at = part[next]!;
    const x = at % size;
    if (x > 0) reach(at - 1);
    if (x < size - 1) reach(at + 1);
    if (at >= size) reach(at - size);
    if (at < size * (size - 1)) reach(at + size);
  }
  return part;
}
