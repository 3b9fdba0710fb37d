import { type EvalSet, question } from './set.ts';
import { PRESENCE_QUESTIONS } from './ucm.ts';

const LICENCE = 'CC BY-SA 4.0 (Planet)';

/** Four scenes at 3 m, much coarser than the model was made for: tests whether it notices, not how good it is. */
export const planetScenes: EvalSet = {
  id: 'planet_scenes',
  questions: (row, context) =>
    ['airplane', 'ship'].map((label) =>
      question('planet_scenes', { ...row, licence: LICENCE }, context, {
        task: 'ask',
        text: PRESENCE_QUESTIONS[label]!,
        truth: { kind: 'presence', label, present: row.contains === label, scene: null, derived: false },
        round: 3,
      }),
    ),
};
