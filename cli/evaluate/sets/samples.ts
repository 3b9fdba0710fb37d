import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Quad } from '../../../src/geo/types.ts';
import { ROOT } from '../../paths.ts';
import type { LabelRow } from '../label-files.ts';
import type { Question } from '../question.ts';
import { question, type SetContext } from './set.ts';

interface SampleTruth {
  width: number;
  height: number;
  labels: Record<string, { corners: Quad; inside: number }[]>;
}

/**
 * If the image's edge cuts off more, an object counts as neither present nor absent, as in the generator's own tests.
 */
const MIN_INSIDE = 0.3;
const SAMPLES = join(ROOT, 'public', 'samples');

/**
 * The generated scenes that ship with the app: exact rotated boxes, and the app's own tiling. Not a result on real
 * imagery.
 */
export function sampleQuestions(context: SetContext): Question[] {
  const index = join(SAMPLES, 'index.json');
  if (!existsSync(index)) return [];
  const samples = JSON.parse(readFileSync(index, 'utf8')) as { file: string; truth?: string }[];
  return samples.flatMap(({ file, truth: truthFile }) => {
    if (!truthFile || !existsSync(join(SAMPLES, truthFile))) return [];
    const truth = JSON.parse(readFileSync(join(SAMPLES, truthFile), 'utf8')) as SampleTruth;
    const row: LabelRow = { file, w: truth.width, h: truth.height };
    return Object.entries(truth.labels).flatMap(([label, objects]) => {
      if (!context.abilities.classes.includes(label)) return [];
      const boxes = objects
        .filter(({ inside }) => inside >= MIN_INSIDE)
        .map(({ corners }) => ({ corners, upright: false }));
      return [
        question('samples', row, context, {
          task: 'find',
          label,
          image: { kind: 'file', path: join(SAMPLES, file) },
          truth: { kind: 'boxes', label, boxes },
          round: 3,
        }),
      ];
    });
  });
}
