import type { SceneObject } from '../../session/document.ts';
import { formatScore } from './format.ts';

/** Boxes with a lower score are marked as uncertain. What a score means is up to the model. */
export const uncertainBelow = 0.35;

/** A box without a score makes no claim about its certainty. */
export function isUncertain({ score }: Pick<SceneObject, 'score'>): boolean {
  return score !== null && score < uncertainBelow;
}

/** E.g. "score 0.21, uncertain"; empty without a score. */
export function certaintyWords(object: Pick<SceneObject, 'score'>): string {
  if (object.score === null) return '';
  return `score ${formatScore(object.score)}${isUncertain(object) ? ', uncertain' : ''}`;
}

/** A score's tooltip: the number in words, and its meaning according to the model's maker. */
export function certaintyTip(object: Pick<SceneObject, 'score'>, scoreMeaning: string | undefined): string {
  const words = certaintyWords(object);
  if (words === '') return '';
  const sentence = `${words[0]!.toUpperCase()}${words.slice(1)}.`;
  return scoreMeaning ? `${sentence} The score is ${scoreMeaning.replace(/\.$/, '')}.` : sentence;
}
