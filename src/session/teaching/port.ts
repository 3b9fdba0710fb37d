import type { ReadonlySignal } from '@preact/signals';
import type { PixelWindow, RotatedBox } from '../../geo/types.ts';
import type { TaughtClass } from '../../teaching/taught-class.ts';
import type { TaughtLook } from '../../vlm/types.ts';
import type { ExportedFile } from '../exporting/port.ts';

/** A marked example. */
export interface LessonExample {
  id: string;
  layerId: string;
  /** In full-resolution source pixels of the layer. */
  box: RotatedBox;
  /** False: an example of what the class isn't. */
  isOne: boolean;
}

/** What the user is teaching. */
export interface Lesson {
  name: string;
  examples: readonly LessonExample[];
}

export interface TeachingProgress {
  stage: 'looking' | 'learning';
  done: number;
  total: number;
}

/** Where a taught class was looked for last, and how sure each cell is. */
export interface HeatMap {
  layerId: string;
  name: string;
  tiles: readonly { window: PixelWindow; heat: TaughtLook['heat'] }[];
}

/** Classes that the user teaches by examples. */
export interface TeachingPort {
  /** Those of this session, also ones taught to another model. */
  readonly classes: ReadonlySignal<readonly TaughtClass[]>;
  readonly lesson: ReadonlySignal<Lesson>;
  /** Null when nothing is being learned. */
  readonly progress: ReadonlySignal<TeachingProgress | null>;
  readonly heat: ReadonlySignal<HeatMap | null>;
  /** Marks a box on the active layer. Can be undone. Errors: NO_IMAGE, EXAMPLES_TOO_MANY. */
  mark(box: RotatedBox, isOne: boolean): void;
  /** Can be undone. */
  change(exampleId: string, change: Partial<Pick<LessonExample, 'box' | 'isOne'>>): void;
  /** Can be undone. */
  unmark(exampleId: string): void;
  rename(name: string): void;
  /** Starts an empty lesson. Can be undone. */
  clear(): void;
  /** Goes on with a class: its examples on images that are open, in place of the present lesson. Can be undone. */
  resume(name: string): void;
  /** How many reviewed objects of the lesson's class aren't examples yet. */
  readonly reviewed: ReadonlySignal<{ accepted: number; rejected: number }>;
  /** Takes accepted objects of the lesson's class as examples, and rejected ones as what it isn't. Can be undone. */
  takeReviewed(): void;
  /**
   * Learns the lesson's class, in place of an earlier one of its name. Errors: CLASS_INVALID for its name,
   * CLASS_NAME_TAKEN by a class of the model, EXAMPLES_TOO_FEW, QUESTION_RUNNING, MODEL_NOT_READY, MODEL_LACKS_TASK,
   * ABORTED, those of reading.
   */
  learn(): Promise<TaughtClass>;
  cancel(): void;
  /** Adds the class of a file, in place of one of its name. Errors: CLASS_INVALID, CLASS_WRONG_MODEL, CLASS_NAME_TAKEN, MODEL_NOT_READY. */
  add(file: File): Promise<TaughtClass>;
  /** Errors: CHOICE_UNKNOWN. */
  write(name: string): ExportedFile;
  /** Can be undone. */
  remove(name: string): void;
}
