import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { matchBoxes } from '../../cli/evaluate/scores/boxes.ts';
import { ROOT } from '../../cli/paths.ts';
import type { Quad } from '../../src/geo/types.ts';

/** Ground truth of a generated sample scene, as the generator wrote it beside the image. */
export interface Truth {
  width: number;
  height: number;
  /** By class; `inside` is the part of the object that lies within the image. */
  labels: Record<string, { corners: Quad; inside: number }[]>;
}

export function samplePath(fileName: string): string {
  return join(ROOT, 'public', 'samples', fileName);
}

/** `name` without extension, e.g. "airfield". */
export function readTruth(name: string): Truth {
  return JSON.parse(readFileSync(samplePath(`${name}.truth.json`), 'utf8')) as Truth;
}

/** Matches each true box with at most one found box and vice versa, best overlap first; both are rotated boxes. */
export function precisionRecall(found: readonly Quad[], truth: readonly Quad[], iou: number) {
  const boxes = truth.map((corners) => ({ corners, upright: false }));
  const matched = matchBoxes(found, boxes, iou, 'hull');
  return {
    precision: found.length === 0 ? 0 : matched / found.length,
    recall: truth.length === 0 ? 0 : matched / truth.length,
  };
}
