import { type Signal, signal } from '@preact/signals';
import type { PixelWindow } from '../geo/types.ts';
import type { BackendChoice } from '../workers/vlm/api.ts';
import type { Answer, ModelState, Notice, OpenScene, SampleScene, SceneObject } from './types.ts';

/** The document as signals: written by the parts of the session, read by everybody. */
export interface SessionState {
  model: Signal<ModelState>;
  backendChoice: Signal<BackendChoice>;
  samples: Signal<SampleScene[]>;
  opening: Signal<string | null>;
  scene: Signal<OpenScene | null>;
  answers: Signal<Answer[]>;
  objects: Signal<SceneObject[]>;
  notices: Signal<Notice[]>;
  canUndo: Signal<string | null>;
  canRedo: Signal<string | null>;
  running: Signal<string | null>;
  view: Signal<PixelWindow | null>;
  region: Signal<PixelWindow | null>;
  hovered: Signal<string | null>;
  selected: Signal<string | null>;
}

export function createState(): SessionState {
  return {
    model: signal<ModelState>({ status: 'idle' }),
    backendChoice: signal<BackendChoice>('auto'),
    samples: signal<SampleScene[]>([]),
    opening: signal<string | null>(null),
    scene: signal<OpenScene | null>(null),
    answers: signal<Answer[]>([]),
    objects: signal<SceneObject[]>([]),
    notices: signal<Notice[]>([]),
    canUndo: signal<string | null>(null),
    canRedo: signal<string | null>(null),
    running: signal<string | null>(null),
    view: signal<PixelWindow | null>(null),
    region: signal<PixelWindow | null>(null),
    hovered: signal<string | null>(null),
    selected: signal<string | null>(null),
  };
}

/** Changes one answer in place of the list; an answer that was removed meanwhile is left alone. */
export function patchAnswer(state: SessionState, answerId: string, patch: Partial<Answer>): void {
  state.answers.value = state.answers.value.map((answer) =>
    answer.id === answerId ? { ...answer, ...patch } : answer,
  );
}
