import { join } from 'node:path';
import { type EvalSet, question } from './set.ts';

/** Metres a pixel of every chip. */
const GSD_METRES = 10;

/** Sentinel-2 chips: the kind of scene. */
export const eurosat: EvalSet = {
  id: 'eurosat',
  questions: (row, context) => {
    if (!row.scene) return [];
    const image = { kind: 'placed' as const, path: join(context.dataDir, 'eurosat', row.file), gsdMetres: GSD_METRES };
    return [
      question('eurosat', row, context, {
        task: 'classify',
        truth: { kind: 'scene', scene: row.scene },
        round: 1,
        image,
      }),
    ];
  },
};
