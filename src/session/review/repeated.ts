import { keyOf } from '../../plan/plan.ts';
import { DEFAULT_GENERATION } from '../answer/generation.ts';
import { wantsOutlines } from '../asking/outlines.ts';
import type { Answer } from '../document.ts';
import { isSameAdapter } from '../model/adapter.ts';
import type { SessionState } from '../state.ts';
import { isReviewed, isSeenBy, withoutAnswer } from './objects.ts';

/**
 * Removes earlier answers to the same question, once the new answer has covered the whole region. An earlier answer stays if it alone
 * points at an object that was accepted or rejected.
 */
export function replaceRepeated(state: SessionState, answerId: string): void {
  const answer = state.answers.value.find(({ id }) => id === answerId);
  if (!answer || answer.failedTiles.length > 0) return;
  const holdsReview = (earlier: Answer) =>
    state.objects.value.some(
      (object) => isReviewed(object) && object.sightings.length === 1 && isSeenBy(object, earlier.id),
    );
  const gone = state.answers.value.filter(
    (earlier) => earlier.id !== answerId && isSameQuestion(earlier, answer) && !holdsReview(earlier),
  );
  for (const { id } of gone) state.objects.value = withoutAnswer(state.objects.value, id);
  if (gone.length > 0) state.answers.value = state.answers.value.filter((each) => !gone.includes(each));
}

/** Asked of the same pixels, shown the same way, to the same model with the same options. */
function isSameQuestion(a: Answer, b: Answer): boolean {
  const asked = (answer: Answer) => {
    const {
      layerId,
      task,
      label,
      prompt,
      question,
      region,
      slicing,
      model,
      bands,
      stretch,
      before = null,
      generation,
      plan,
    } = answer;
    const { maxNewTokens, temperature, topP, seed } = { ...DEFAULT_GENERATION, ...generation };
    const what = plan
      ? [keyOf(plan), wantsOutlines(answer)]
      : // A fact of the file has no words for the model.
        [task, label, prompt || question, before, maxNewTokens, temperature, topP, seed];
    return JSON.stringify([layerId, what, region, slicing, model.hash, bands, stretch]);
  };
  return asked(a) === asked(b) && isSameAdapter(a.adapter, b.adapter);
}
