import { join } from 'node:path';
import type { LabelRow } from '../label-files.ts';
import { restriction } from '../label-files.ts';
import type { ImageRecipe, Question } from '../question.ts';

/** What the model's manifest says that it can do. Other questions are omitted, with a message. */
export interface ModelAbilities {
  tasks: readonly string[];
  /** Names of the detector's classes, and of what is counted without boxes. */
  classes: readonly string[];
  counted: readonly string[];
  presence: readonly string[];
  /** Whether it maps land cover. */
  hasCover: boolean;
  hasRefiner: boolean;
  /** Whether the app can return masks of given boxes and the dense head's proposals. */
  canLook: boolean;
}

export interface SetContext {
  dataDir: string;
  /** The folder in which training's `cover_truth` wrote what pixels may be; null without it. */
  coverDir: string | null;
  limit: number | null;
  abilities: ModelAbilities;
  /** Tells the user what is omitted, and why. */
  skip: (line: string) => void;
}

/** One labelled set: its folder under the data folder, and the questions about a row. */
export interface EvalSet {
  id: string;
  /** The questions about a row; the planner applies `limit`. */
  questions: (row: LabelRow, context: SetContext) => Question[];
}

type Asked = Pick<Question, 'task' | 'truth' | 'round'> & {
  label?: string | null;
  text?: string | null;
  variant?: string | null;
  image?: ImageRecipe;
};

/** A question about a row's image, or about an image made from a recipe. */
export function question(set: string, row: LabelRow, { dataDir }: { dataDir: string }, asked: Asked): Question {
  const { task, truth, round, label = null, text = null, variant = null } = asked;
  const file = row.file ?? row.after ?? '';
  return {
    id: [set, file, variant, task, label ?? text].filter((part) => part !== null).join('/'),
    set,
    variant,
    size: { width: row.w, height: row.h },
    image: asked.image ?? { kind: 'file', path: join(dataDir, set, row.file) },
    task,
    label,
    text,
    truth,
    restricted: restriction(row.licence),
    round,
  };
}
