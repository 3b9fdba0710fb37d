import type { ReadonlySignal, Signal } from '@preact/signals';
import type { SceneObject } from '../document.ts';

/** The objects that were found, and the user's decisions about them. */
export interface ReviewPort {
  /** Of the active layer. */
  readonly objects: ReadonlySignal<SceneObject[]>;
  /** Ids of objects, written by the map and the conversation. */
  readonly hovered: Signal<string | null>;
  readonly selected: Signal<string | null>;
  /** Classes whose objects are hidden on the map and in the list, by a typed command. */
  readonly hiddenLabels: ReadonlySignal<ReadonlySet<string>>;
  /** Shows a hidden class again. Can be undone. */
  showLabel(label: string): void;
  /** Can be undone. */
  setState(objectId: string, state: SceneObject['state']): void;
  /** Decides about several objects in one step. Can be undone. */
  setStates(objectIds: readonly string[], state: 'accepted' | 'rejected'): void;
  /** Removes an answer with the objects that no other answer points at; stops it if it runs. Can be undone. */
  removeAnswer(answerId: string): void;
}
