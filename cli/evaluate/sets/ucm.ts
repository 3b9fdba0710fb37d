import type { LabelRow } from '../label-files.ts';
import type { Question } from '../question.ts';
import { sceneName, UCM_SCENES } from '../read-text.ts';
import { seededRandom } from '../scores/ratio.ts';
import { boxQuestions } from './objects.ts';
import { type EvalSet, question } from './set.ts';

/** UC Merced's presence labels as a person would ask for them. */
export const PRESENCE_QUESTIONS: Record<string, string> = {
  airplane: 'Is there an airplane in this image?',
  'bare-soil': 'Is there bare soil in this image?',
  buildings: 'Is there a building in this image?',
  cars: 'Is there a car in this image?',
  chaparral: 'Is there chaparral in this image?',
  court: 'Is there a court in this image?',
  dock: 'Is there a dock in this image?',
  field: 'Is there a field in this image?',
  grass: 'Is there grass in this image?',
  'mobile-home': 'Is there a mobile home in this image?',
  pavement: 'Is there pavement in this image?',
  sand: 'Is there sand in this image?',
  sea: 'Is there sea in this image?',
  ship: 'Is there a ship in this image?',
  tanks: 'Is there a storage tank in this image?',
  trees: 'Is there a tree in this image?',
  water: 'Is there water in this image?',
};
const OPTIONS = 3;

/** Scenes, presence, captions, options, and boxes of the classes that are complete in an image. */
export const ucm: EvalSet = {
  id: 'ucm',
  questions: (row, context) => {
    const questions: Question[] = [];
    const add = (asked: Parameters<typeof question>[3]) => questions.push(question('ucm', row, context, asked));
    if (row.scene) {
      add({ task: 'classify', truth: { kind: 'scene', scene: row.scene }, round: 1 });
      const options = optionsFor(row.scene, row.file);
      const text = `Which of these fits best: ${listed(options.map(sceneName))}?`;
      add({ task: 'ask', text, truth: { kind: 'option', answer: row.scene, options }, round: 3 });
    }
    if (row.present && row.scene) {
      for (const [label, text] of Object.entries(PRESENCE_QUESTIONS)) {
        const present = row.present.includes(label);
        const truth = { kind: 'presence', label, present, scene: row.scene, derived: false } as const;
        add({ task: 'ask', text, truth, round: 2 });
      }
    }
    for (const label of row.boxes_complete_for ?? []) questions.push(...boxQuestions('ucm', row, label, context));
    if (row.captions) add({ task: 'describe', truth: { kind: 'caption', references: row.captions }, round: 3 });
    return questions;
  },
};

/** The true scene among two others, in an order determined by the file's name. */
function optionsFor(scene: string, file: LabelRow['file']): string[] {
  const random = seededRandom([...file].reduce((sum, character) => sum * 31 + character.charCodeAt(0), 7));
  const others = Object.keys(UCM_SCENES).filter((other) => other !== scene);
  const options = [scene];
  while (options.length < OPTIONS) options.push(...others.splice(Math.floor(random() * others.length), 1));
  return options
    .map((option) => ({ option, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ option }) => option);
}

/** "a, b or c". */
function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
