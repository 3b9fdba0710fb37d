import { batch } from '@preact/signals';
import type { History } from '../history/history.ts';
import { objectsOfLayer, patchAnswer, type SessionState } from '../state.ts';
import type { Answer, SceneObject } from '../types.ts';
import { detectionsIn, joinSightings, pointedAt, withoutAnswer } from './objects.ts';

const STEP = { accepted: 'accept-object', rejected: 'reject-object', proposed: 'reset-object' } as const;

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
    id: STEP[next],
    target: `${object.label} ${object.number}`,
    apply: () => put(next),
    revert: () => put(before),
  });
}

/**
 * Takes an answer away, and the objects that no other answer points at; can be undone. A running answer is stopped by the
 * caller first.
 */
export function removeAnswer(state: SessionState, history: History, answerId: string): void {
  const index = state.answers.value.findIndex((candidate) => candidate.id === answerId);
  const answer = state.answers.value[index];
  if (!answer) return;
  let before: SceneObject[] = [];
  let after: SceneObject[] = [];
  history.run({
    id: 'remove-answer',
    target: '',
    apply: () => {
      before = state.objects.value;
      after = withoutAnswer(before, answerId);
      batch(() => {
        state.answers.value = state.answers.value.filter((candidate) => candidate.id !== answerId);
        state.objects.value = after;
        const isLeft = (id: string | null) => id === null || after.some((object) => object.id === id);
        if (!isLeft(state.hovered.value)) state.hovered.value = null;
        if (!isLeft(state.selected.value)) state.selected.value = null;
      });
    },
    revert: () =>
      batch(() => {
        const isUntouched = state.objects.value === after;
        state.answers.value = state.answers.value.toSpliced(index, 0, answer);
        if (isUntouched) state.objects.value = before;
        else putBack(state, answer, before);
      }),
  });
}

/** Objects have changed since the answer was removed: what it saw is joined to those that there are now. */
function putBack(state: SessionState, answer: Answer, before: readonly SceneObject[]): void {
  const { here, elsewhere } = objectsOfLayer(state, answer.layerId);
  const joined = joinSightings(here, detectionsIn(before, answer.id), answer.id);
  const known = new Set(here.map(({ id }) => id));
  const stateOf = new Map(before.map((object) => [object.id, object.state]));
  const objects = joined.objects.map((object) =>
    known.has(object.id) ? object : { ...object, state: stateOf.get(object.id) ?? object.state },
  );
  state.objects.value = [...elsewhere, ...objects];
  patchAnswer(state, answer.id, pointedAt(answer, joined.objectOf, answer.model.classes));
}
