import type { ReadonlySignal } from '@preact/signals';
import type { Step } from './steps.ts';

/** Undo and redo of every change to the document, layers and reviews alike. */
export interface HistoryPort {
  /** The step that `undo` takes back; null when there is none. */
  readonly canUndo: ReadonlySignal<Step | null>;
  readonly canRedo: ReadonlySignal<Step | null>;
  undo(): void;
  redo(): void;
}
