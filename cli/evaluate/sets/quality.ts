import { join } from 'node:path';
import type { LabelRow } from '../label-files.ts';
import { spread } from '../label-files.ts';
import { DEFECTS, type Defect, type Question } from '../question.ts';
import { question, type SetContext } from './set.ts';

/** In turn, so that neighbours in the file (one scene) get different defects; null: stays clean. */
const KINDS: readonly (Defect | null)[] = [...DEFECTS, null, null, null];
/** Severities per defect. */
const ROUNDS = 10;
/** Step through the plan, chosen so that the first few have all kinds and severities; coprime to KINDS × ROUNDS. */
const STEP = 37;

/** Applies defects to UC Merced's eval images in turn, mild to strong, the same in every run. */
export function qualityQuestions(rows: readonly LabelRow[], context: SetContext): Question[] {
  if (!context.abilities.tasks.includes('quality')) {
    context.skip('quality: the model has no task "quality".');
    return [];
  }
  const plan = spread(rows, KINDS.length * ROUNDS).map((row, index) => {
    const defect = KINDS[index % KINDS.length]!;
    const severity = (Math.floor(index / KINDS.length) % ROUNDS) / (ROUNDS - 1);
    return question('quality', row, context, {
      task: 'quality',
      variant: defect ?? 'clean',
      image: {
        kind: 'defect',
        path: join(context.dataDir, 'ucm', row.file),
        defect,
        severity: defect === null ? 0 : severity,
        seed: index + 1,
      },
      truth: { kind: 'quality', defect },
      round: 1,
    });
  });
  const limit = Math.min(context.limit ?? plan.length, plan.length);
  return Array.from({ length: limit }, (_, index) => plan[(index * STEP) % plan.length]!);
}
