import type { Point, Quad } from '../../src/geo/types.ts';
import type { Question } from './question.ts';

/** A box in full-resolution source pixels. */
export interface FoundBox {
  label: string | null;
  corners: Quad;
  /** Detector heat 0–1, uncalibrated; null where the box came from text alone. */
  score: number | null;
  /** Outer rings in source pixels; null when none was asked for. */
  mask: Point[][] | null;
}

export interface Heads {
  /** The likeliest scene; null where the model has no such head. */
  scene: string | null;
  /** Defects at probability ≥ 0.5; null where the model has no such head. */
  defects: string[] | null;
  /** Probability that something changed; null unless two images were compared. */
  changed: number | null;
}

/** What is kept of an answer, a line in answers.jsonl. */
export interface AnswerLine {
  /** From the model's hash, the image's and the question: an answer of another model is never taken for this one's. */
  key: string;
  /** For people reading the file. */
  id: string;
  /** SHA-256 of the app's page, 12 digits: which build answered. */
  app: string;
  text: string;
  /** Exactly what the model wrote, a slice an entry. */
  rawTexts: string[];
  boxes: FoundBox[];
  /** For `masks`: a mask for each given box, null where the class has none; else null. */
  masks: (readonly (readonly Point[])[] | null)[] | null;
  /** For `masks`: what the dense head proposes before the language model chooses; null where the app doesn't say. */
  proposals: FoundBox[] | null;
  /** What the model's heads hold by themselves, whatever the language model wrote. */
  heads: Heads;
  statedCount: number | null;
  malformedBoxes: number;
  stopReasons: string[];
  answerMs: number;
  error: string | null;
}

/** What asking gives; the rest of the line says of what. */
export type Given = Omit<AnswerLine, 'key' | 'id' | 'app'>;

/** Nothing was answered, because of `error` where one is given; also what an answer is filled in from. */
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
