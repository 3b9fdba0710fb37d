import type { Session } from '../../session/port.ts';
import { withTaught } from '../../session/teaching/taught-model.ts';
import { scoreMeaningOf } from '../../teaching/score-meaning.ts';
import type { ModelInfo } from '../../vlm/types.ts';

/** The loaded model with the classes that it was taught; null until it is ready. */
export function loadedModel(session: Pick<Session, 'model' | 'teaching'>): ModelInfo | null {
  const state = session.model.state.value;
  return state.status === 'ready' ? withTaught(state.loaded.model, session.teaching.classes.value) : null;
}

/** Names of the classes that the model can count, find and segment; empty until it is ready. */
export function classNames(session: Pick<Session, 'model' | 'teaching'>): string[] {
  return loadedModel(session)?.classes.map((each) => each.name) ?? [];
}

/** What the score of an object means; undefined until the model is ready. */
export function meaningOf(session: Pick<Session, 'model' | 'teaching'>, label: string): string | undefined {
  const model = loadedModel(session);
  return model ? scoreMeaningOf(label, model) : undefined;
}
