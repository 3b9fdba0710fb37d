import type { History } from './history.ts';
import type { SessionState } from './state.ts';
import type { SceneObject } from './types.ts';

const VERB: Record<SceneObject['state'], string> = { accepted: 'accept', rejected: 'reject', proposed: 'reset' };

/** Accepts, rejects or resets one object; can be undone. */
export function setObjectState(
  state: SessionState,
  history: History,
  objectId: string,
  next: SceneObject['state'],
): void {
  const object = state.objects.value.find((candidate) => candidate.id === objectId);
  if (!object || object.state === next) return;
  const before = object.state;
  const put = (value: SceneObject['state']) => {
    state.objects.value = state.objects.value.map((candidate) =>
      candidate.id === objectId ? { ...candidate, state: value } : candidate,
    );
  };
  history.run({
    label: `${VERB[next]} ${object.label} ${object.number}`,
    apply: () => put(next),
    revert: () => put(before),
  });
}

/** Takes an answer and its objects away; can be undone. A running answer is stopped by the caller first. */
export function removeAnswer(state: SessionState, history: History, answerId: string): void {
  const index = state.answers.value.findIndex((candidate) => candidate.id === answerId);
  const answer = state.answers.value[index];
  if (!answer) return;
  let taken: SceneObject[] = [];
  history.run({
    label: 'remove answer',
    apply: () => {
      taken = state.objects.value.filter((object) => object.answerId === answerId);
      state.answers.value = state.answers.value.filter((candidate) => candidate.id !== answerId);
      state.objects.value = state.objects.value.filter((object) => object.answerId !== answerId);
      if (taken.some((object) => object.id === state.hovered.value)) state.hovered.value = null;
      if (taken.some((object) => object.id === state.selected.value)) state.selected.value = null;
    },
    revert: () => {
      state.answers.value = state.answers.value.toSpliced(index, 0, answer);
      state.objects.value = [...state.objects.value, ...taken];
    },
  });
}
