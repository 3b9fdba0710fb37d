import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../cli/paths.ts';
import { rotatedIou } from '../../src/geo/rotated-box.ts';
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

/** Each true box is matched by at most one found box and the reverse, best overlap first. */
export function precisionRecall(found: readonly Quad[], truth: readonly Quad[], iou: number) {
  const pairs = found
    .flatMap((quad, f) => truth.map((other, t) => ({ f, t, overlap: rotatedIou(quad, other) })))
    .filter(({ overlap }) => overlap >= iou)
    .sort((a, b) => b.overlap - a.overlap);
  const usedFound = new Set<number>();
  const usedTruth = new Set<number>();
  for (const { f, t } of pairs) {
    if (usedFound.has(f) || usedTruth.has(t)) continue;
    usedFound.add(f);
    usedTruth.add(t);
  }
  const matched = usedFound.size;
  return {
    precision: found.length === 0 ? 0 : matched / found.length,
    recall: truth.length === 0 ? 0 : matched / truth.length,
  };
}
