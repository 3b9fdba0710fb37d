import { batch, computed, type ReadonlySignal, type Signal } from '@preact/signals';
import type { Answer, SceneObject } from '../document.ts';
import type { History } from '../history/history.ts';
import { answersOfActive, objectsOfLayer, patchAnswer, type SessionState } from '../state.ts';
import { detectionsIn, joinSightings, pointedAt, withoutAnswer } from './objects.ts';
import type { ReviewPort } from './port.ts';

const STEP = { accepted: 'accept-object', rejected: 'reject-object', proposed: 'reset-object' } as const;

/** The user's decisions about objects and answers. */
export class Review implements ReviewPort {
  readonly objects: ReadonlySignal<SceneObject[]>;
  readonly hovered: Signal<string | null>;
  readonly selected: Signal<string | null>;
  readonly hiddenLabels: ReadonlySignal<ReadonlySet<string>>;
  private readonly state: SessionState;
  private readonly history: History;
  private readonly stopAnswer: (answerId: string) => void;

  constructor(state: SessionState, history: History, stopAnswer: (answerId: string) => void) {
    this.state = state;
    this.history = history;
    this.stopAnswer = stopAnswer;
    this.hovered = state.hovered;
    this.selected = state.selected;
    this.hiddenLabels = state.hiddenLabels;
    this.objects = computed(() => {
      const shown = new Set(answersOfActive(state).map(({ id }) => id));
      return state.objects.value.filter(({ answerId }) => shown.has(answerId));
    });
  }

  setState(objectId: string, next: SceneObject['state']): void {
    const { state } = this;
    const object = state.objects.value.find((candidate) => candidate.id === objectId);
    if (!object || object.state === next) return;
    const before = object.state;
    const put = (value: SceneObject['state']) => {
      state.objects.value = state.objects.value.map((candidate) =>
        candidate.id === objectId ? { ...candidate, state: value } : candidate,
      );
    };
    this.history.run({
      id: STEP[next],
      target: `${object.label} ${object.number}`,
      apply: () => put(next),
      revert: () => put(before),
    });
  }

  setStates(objectIds: readonly string[], next: 'accepted' | 'rejected'): void {
    const { state } = this;
    const ids = new Set(objectIds);
    const before = new Map(
      state.objects.value.flatMap(({ id, state }) => (ids.has(id) && state !== next ? [[id, state] as const] : [])),
    );
    if (before.size === 0) return;
    const put = (stateOf: (id: string) => SceneObject['state'] | undefined) => {
      state.objects.value = state.objects.value.map((object) => {
        const put = stateOf(object.id);
        return put === undefined ? object : { ...object, state: put };
      });
    };
    this.history.run({
      id: next === 'accepted' ? 'accept-objects' : 'reject-objects',
      target: before.size === 1 ? '1 object' : `${before.size} objects`,
      apply: () => put((id) => (before.has(id) ? next : undefined)),
      revert: () => put((id) => before.get(id)),
    });
  }

  /** One step. `target`: what the step is named by. */
  setHiddenLabels(next: ReadonlySet<string>, stepId: 'show-classes' | 'hide-classes', target: string): void {
    const { hiddenLabels } = this.state;
    const before = hiddenLabels.value;
    this.history.run({
      id: stepId,
      target,
      apply: () => {
        hiddenLabels.value = next;
      },
      revert: () => {
        hiddenLabels.value = before;
      },
    });
  }

  showLabel(label: string): void {
    const next = new Set(this.state.hiddenLabels.value);
    if (next.delete(label)) this.setHiddenLabels(next, 'show-classes', label);
  }

  removeAnswer(answerId: string): void {
    this.removeAnswers([answerId], 'remove-answer');
  }

  /** In one step, with the objects that no other answer points at. */
  removeAnswers(answerIds: readonly string[], stepId: 'remove-answer' | 'clear-answers'): void {
    const { state } = this;
    for (const id of answerIds) this.stopAnswer(id);
    const gone = new Set(answerIds);
    const answers = state.answers.value;
    const removed = answers.filter(({ id }) => gone.has(id));
    if (removed.length === 0) return;
    let before: SceneObject[] = [];
    let after: SceneObject[] = [];
    this.history.run({
      id: stepId,
      target: '',
      apply: () => {
        before = state.objects.value;
        after = removed.reduce<SceneObject[]>((objects, { id }) => withoutAnswer(objects, id), before);
        batch(() => {
          state.answers.value = state.answers.value.filter(({ id }) => !gone.has(id));
          state.objects.value = after;
          const isLeft = (id: string | null) => id === null || after.some((object) => object.id === id);
          if (!isLeft(state.hovered.value)) state.hovered.value = null;
          if (!isLeft(state.selected.value)) state.selected.value = null;
        });
      },
      revert: () =>
        batch(() => {
          const isUntouched = state.objects.value === after;
          for (const answer of removed) {
            state.answers.value = state.answers.value.toSpliced(answers.indexOf(answer), 0, answer);
            if (!isUntouched) restoreAnswer(state, answer, before);
          }
          if (isUntouched) state.objects.value = before;
        }),
    });
  }
}

/** After objects have changed since the answer was removed: joins its sightings to the present objects. */
function restoreAnswer(state: SessionState, answer: Answer, before: readonly SceneObject[]): void {
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
