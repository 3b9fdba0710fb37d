import type { Session } from '../../session/port.ts';
import type { ModelInfo } from '../../vlm/types.ts';

/** The loaded model; null until it is ready. */
export function loadedModel(session: Pick<Session, 'model'>): ModelInfo | null {
  const state = session.model.state.value;
  return state.status === 'ready' ? state.loaded.model : null;
}

/** Names of the classes that the model can count, find and segment; empty until it is ready. */
export function classNames(session: Pick<Session, 'model'>): string[] {
  return loadedModel(session)?.classes.map((each) => each.name) ?? [];
}
