import type { ReadonlySignal } from '@preact/signals';
import type { SlicingId } from '../../geo/slicing/slicings.ts';
import type { PixelWindow } from '../../geo/types.ts';
import type { BandTile } from '../../imagery/tiles.ts';
import type { TaskId } from '../../tasks/table.ts';
import type { Answer, Generation } from '../document.ts';

/** How a region larger than the model's tile is covered; `auto`: as the model wants it, or as the task and the scale need it. */
export type SlicingMode = 'auto' | SlicingId;

export interface AskInput {
  task: TaskId;
  /** For count, find, segment: a class of the model or another word that it knows for one, also in Chinese. */
  label?: string | null;
  /** The question for `ask`; for `describe`, `classify`, `quality` and `change` in place of the task's own; ignored elsewhere. */
  text?: string;
  /** Default: the drawn region, else the view, else the whole scene. */
  region?: PixelWindow | 'scene';
  slicing?: SlicingMode;
  /** What is left out has its default: at most 256 tokens, greedy. */
  generation?: Partial<Generation>;
}

/** The progress of the running answer, once a second. */
export interface RunPulse {
  elapsedMs: number;
  /** Null if it can't be estimated, also while the worker is silent. */
  leftMs: number | null;
  /** How long the worker has been silent; null while it works at its usual pace. */
  silentMs: number | null;
  /** After a silence of this length the worker is replaced; null with `silentMs`. */
  replacedAfterMs: number | null;
}

/** Questions about the active layer, and their answers. */
export interface AskingPort {
  /** Of the active layer. */
  readonly answers: ReadonlySignal<Answer[]>;
  /** The id of the running answer; one at a time. */
  readonly running: ReadonlySignal<string | null>;
  /** Of the running answer; null when none runs. */
  readonly pulse: ReadonlySignal<RunPulse | null>;
  /**
   * Resolves with the answer when it is finished, stopped or failed; a failed answer has its `error`. `answers` shows it as it comes.
   * Errors: NO_IMAGE, NO_EARLIER_IMAGE, QUESTION_INCOMPLETE, QUESTION_RUNNING, LABEL_UNKNOWN, CHOICE_UNKNOWN, MODEL_LACKS_TASK,
   * MODEL_BAND_MISSING, MODEL_NOT_READY or what made its loading fail, WINDOW_OUTSIDE, SCENES_DO_NOT_MATCH.
   */
  ask(input: AskInput): Promise<Answer>;
  stop(answerId: string): void;
  /** Asks again about the slices listed in `failedTiles`, and merges the results into the same answer. Errors: as `ask`, ANSWER_OUTDATED. */
  retryFailed(answerId: string): Promise<Answer>;
  /** The model's input for one of the answer's slices, read again with the recorded bands and stretch: the same numbers. */
  readModelInput(answer: Answer, tile: PixelWindow, signal: AbortSignal): Promise<BandTile>;
}
