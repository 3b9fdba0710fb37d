import type { Plan } from '../../plan/plan.ts';
import type { Phrase } from '../../plan/write/phrase.ts';
import type { Language } from '../../tasks/task.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import type { OpenScene } from '../document.ts';
import type { Done } from './command.ts';

/** What a command is put to. */
export interface CommandContext {
  /** Of the command's own answer. */
  answerId: string;
  layer: OpenScene;
  model: ModelInfo;
  language: Language;
  /** As in `Reading`. */
  asQuestion(): Promise<Plan | null>;
}

/** What a command did or couldn't do, or the question to be answered first. */
export type Ran = { said: Phrase; undo?: Done['undo'] } | { first: Plan };
