import type { SceneObject } from '../session/types.ts';
import { formatScore } from './format.ts';

/** Boxes with a lower score are said to be uncertain. A quiet hint: what a score means is the model's to say. */
export const uncertainBelow = 0.35;

/** A box without a score claims nothing about its certainty. */
export function isUncertain({ score }: Pick<SceneObject, 'score'>): boolean {
  return score !== null && score < uncertainBelow;
}

/** "score 0.21, uncertain"; empty without a score. */
export function certaintyWords(object: Pick<SceneObject, 'score'>): string {
  if (object.score === null) return '';
  return `score ${formatScore(object.score)}${isUncertain(object) ? ', uncertain' : ''}`;
}

/** What a tooltip says beside a score: the number in words, and what the model's maker says it means. */
export function certaintyTip(object: Pick<SceneObject, 'score'>, scoreMeaning: string | undefined): string {
  const words = certaintyWords(object);
  if (words === '') return '';
  const sentence = `${words[0]!.toUpperCase()}${words.slice(1)}.`;
  return scoreMeaning ? `${sentence} The score is ${scoreMeaning.replace(/\.$/, '')}.` : sentence;
}
