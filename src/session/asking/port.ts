import type { ReadonlySignal } from '@preact/signals';
import type { SlicingMode } from '../../geo/slicing/slicings.ts';
import type { PixelWindow } from '../../geo/types.ts';
import type { BandTile } from '../../imagery/tiles.ts';
import type { Plan } from '../../plan/plan.ts';
import type { TaskId } from '../../tasks/table.ts';
import type { Answer, Generation } from '../document.ts';

export interface AskInput {
  task: TaskId;
  /** For count, find, segment: a class of the model or another word that it knows for one, also in Chinese. */
  label?: string | null;
  /** The question for `ask`; for `describe`, `classify`, `quality` and `change` in place of the task's own; ignored elsewhere. */
  text?: string;
  /** A plan to run in place of reading `text`. */
  plan?: Plan;
  /** The question as the user typed it, if it was taken for a task. */
  typed?: string;
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
  /** Whether a question has to wait for the model; typed commands and questions about the file don't. */
  needsModel(input: AskInput): boolean;
  stop(answerId: string): void;
  /**
   * Answers again by another plan, in the answer's place; tiles that were looked at aren't looked at again. Errors: as `ask`,
   * ANSWER_OUTDATED.
   */
  runPlan(answerId: string, plan: Plan): Promise<Answer>;
  /** Asks again about the slices listed in `failedTiles`, and merges the results into the same answer. Errors: as `ask`, ANSWER_OUTDATED. */
  retryFailed(answerId: string): Promise<Answer>;
  /** The model's input for one of the answer's slices, read again with the recorded bands and stretch: the same numbers. */
  readModelInput(answer: Answer, tile: PixelWindow, signal: AbortSignal): Promise<BandTile>;
}
