import type { CoverGrid } from '../../src/cover/cover-raster.ts';
import type { Point, Quad } from '../../src/geo/types.ts';
import type { Question } from './question.ts';

/** A box in full-resolution source pixels. */
export interface FoundBox {
  label: string | null;
  corners: Quad;
  /** Detector heat 0–1, uncalibrated; null if the box came only from text. */
  score: number | null;
  /** Outer rings in source pixels; null if none was requested. */
  mask: Point[][] | null;
}

export interface Heads {
  /** The most probable scene; null if the model has no such head. */
  scene: string | null;
  /** Defects with probability ≥ 0.5; null if the model has no such head. */
  defects: string[] | null;
  /** Probability that something changed; null unless two images were compared. */
  changed: number | null;
}

/** The likeliest class of each cell. */
export interface MappedCover extends CoverGrid {
  labels: readonly string[];
  /** Base64 of u8[rows, cols], indices into `labels`; 255 where nothing is known. */
  classes: string;
}

/** The stored part of an answer, one line in answers.jsonl. */
export interface AnswerLine {
  /** Computed from the model's hash, the image's and the question, so that another model's answer is never used. */
  key: string;
  /** For people reading the file. */
  id: string;
  /** The first 12 digits of the SHA-256 of the app's page: which build answered. */
  app: string;
  text: string;
  /** Exactly what the model wrote, one entry per slice. */
  rawTexts: string[];
  boxes: FoundBox[];
  /** For `masks`: one mask per given box, null if the class has none. Otherwise null. */
  masks: (readonly (readonly Point[])[] | null)[] | null;
  /**
   * For `masks`: the dense head's proposals before the language model chooses; null if the app doesn't provide them.
   */
  proposals: FoundBox[] | null;
  /** For `cover`, unless nothing could be mapped. Absent in older files. */
  cover?: MappedCover | null;
  /** The results of the model's heads, independent of the language model's text. */
  heads: Heads;
  statedCount: number | null;
  malformedBoxes: number;
  stopReasons: string[];
  answerMs: number;
  error: string | null;
}

/** The result of asking; the rest of the line says what it is about. */
export type Given = Omit<AnswerLine, 'key' | 'id' | 'app'>;

/** An answer without content, because of `error` if given. Also the default for an answer's fields. */
export function unanswered(error: string | null): Given {
  return {
    text: '',
    rawTexts: [],
    boxes: [],
    masks: null,
    proposals: null,
    heads: { scene: null, defects: null, changed: null },
    statedCount: null,
    malformedBoxes: 0,
    stopReasons: [],
    answerMs: 0,
    error,
  };
}

export interface Answered {
  question: Question;
  answer: AnswerLine;
}
