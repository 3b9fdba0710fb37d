import { join } from 'node:path';
import { quadOfEdges } from '../scores/boxes.ts';
import { type EvalSet, question } from './set.ts';

/** Pairs of images of the same place in different years. Boxes around changes are loose. */
export const realChange: EvalSet = {
  id: 'real_change',
  questions: (row, context) => {
    if (!context.abilities.tasks.includes('change')) {
      context.skip('real_change: the model has no task "change".');
      return [];
    }
    if (!row.before || !row.after) return [];
    const at = (file: string) => join(context.dataDir, 'real_change', file);
    const boxes = (row.changes ?? []).flatMap(({ box }) =>
      box ? [{ corners: quadOfEdges(...box), upright: true }] : [],
    );
    return [
      question('real_change', row, context, {
        task: 'change',
        image: { kind: 'pair', before: at(row.before), after: at(row.after) },
        truth: { kind: 'change', changed: row.changed === true, boxes },
        round: 1,
      }),
    ];
  },
};
