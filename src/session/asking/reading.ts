import { hasHan } from '../../lib/han.ts';
import { type Plan, parsePlan } from '../../plan/plan.ts';
import { taskOf } from '../../tasks/table.ts';
import type { ModelInfo, QuestionReading } from '../../vlm/types.ts';
import type { Command } from '../commands/command.ts';
import { commandTyped } from '../commands/recognise.ts';
import { knownName, scenesNamed } from '../evidence/subjects-of-model.ts';
import { type FactId, factAsked } from '../facts/recognise.ts';
import type { AskInput } from './port.ts';
import { typedTask } from './typed-task.ts';

/** What a question is taken for. */
export type Reading =
  | { kind: 'task'; input: AskInput }
  /** `readings`: the likeliest plans, if none is certain enough; else empty. */
  | { kind: 'plan'; input: AskInput; plan: Plan; readings: Plan[] }
  /** Something that the file itself tells. */
  | { kind: 'fact'; input: AskInput; fact: FactId; language: Plan['language'] }
  /** Something to be done, not to be answered. */
  | {
      kind: 'command';
      input: AskInput;
      command: Command;
      language: Plan['language'];
      /** The words as the model's reader reads them; null without a reader. */
      asQuestion(): Promise<Plan | null>;
    };

/** What a reading depends on beside the words. */
export interface ReadingContext {
  model: ModelInfo;
  /** The plan of the question before it about the same image, which a follow-up goes on from; null if there is none. */
  before: Plan | null;
  /** Whether a region is drawn. */
  hasRegion: boolean;
  /** By the model's reader. */
  read(question: string, before: Plan | null): Promise<QuestionReading>;
}

/** Intents that a task of the model answers better than a plan can. */
const TASKS: Partial<Record<Plan['intent'], AskInput['task']>> = { quality: 'quality', change: 'change' };

/** A given plan, or the command, fact, plan or task that typed words are read as. Other tasks are what they are. Errors: those of `read`. */
export async function readQuestion(input: AskInput, context: ReadingContext): Promise<Reading> {
  if (input.plan) return asTaskOr({ kind: 'plan', input, plan: input.plan, readings: [] }, context);
  if (taskOf(input.task).needs.text !== 'required') return { kind: 'task', input };
  const text = (input.text ?? '').trim();
  if (text === '') return { kind: 'task', input };
  const language = hasHan(text) ? 'zh' : 'en';
  const command = commandTyped(text);
  if (command) {
    const asQuestion = async () => (context.model.reader ? (await planned(input, text, context)).plan : null);
    return { kind: 'command', input, command, language, asQuestion };
  }
  const fact = factAsked(text);
  if (fact) return { kind: 'fact', input, fact, language };
  if (context.model.reader) return asTaskOr(await planned(input, text, context), context);
  const typed = typedTask(context.model, text);
  return { kind: 'task', input: typed ? { ...input, ...typed, typed: text } : input };
}

async function planned(
  input: AskInput,
  text: string,
  { model, before, read }: ReadingContext,
): Promise<Extract<Reading, { kind: 'plan' }>> {
  const { alternatives, ...fields } = await read(text, before);
  const named = fields.subjects.map((subject) => knownName(asSaid(subject, text, model), model));
  const subjects = fields.intent === 'classify' ? scenesOffered(text, named, model) : named;
  const plan = parsePlan({ ...fields, subjects });
  const isSure = plan.certainty >= (model.reader?.leastCertainty ?? 0);
  const others = alternatives.flatMap(({ intent, probability }) => {
    const other = { ...plan, intent, certainty: probability };
    return isRunnable(other) ? [parsePlan(other)] : [];
  });
  const readings = isSure ? [] : [plan, ...others].filter(isRunnable).map((each) => ({ ...each, certainty: 1 }));
  return { kind: 'plan', input, plan, readings: readings.length > 1 ? readings : [] };
}

/** Readers take the sea for water; a model that tells them apart is asked about what was said. */
function asSaid(subject: string, text: string, { presence = [] }: ModelInfo): string {
  return subject === 'water' && presence.includes('sea') && /\b(sea|ocean)\b|海/i.test(text) ? 'sea' : subject;
}

/** The scenes to choose from: those named, of which one alone is a question of yes or no. `read`: by the reader. */
function scenesOffered(text: string, read: readonly string[], model: ModelInfo): readonly string[] {
  const named = scenesNamed(text, model);
  if (YES_OR_NO.test(text)) return named.length > 0 ? named.slice(0, 1) : read.slice(0, 1);
  const offered = named.length > read.length ? named : read;
  return offered.length > 1 ? offered : [];
}

const YES_OR_NO = /^\W*(is|was|could|would|does|do|are)\b(?!.*\bor\b)|\bwould you say\b|[^么哪]吗|像不像|是不是/i;

/** Whether it makes sense as a button: what it asks about is there. */
function isRunnable({ intent, subjects }: { intent: string; subjects: readonly string[] }): boolean {
  if (['help', 'outside', 'attribute', 'identify'].includes(intent)) return false;
  return subjects.length > 0 || ['describe', 'classify', 'quality', 'change'].includes(intent);
}

function asTaskOr(reading: Extract<Reading, { kind: 'plan' }>, { model, hasRegion }: ReadingContext): Reading {
  const { intent } = reading.plan;
  const task = intent === 'identify' && hasRegion ? 'identify' : TASKS[intent];
  if (reading.readings.length > 0 || task === undefined || !model.tasks.includes(task)) return reading;
  const { text, plan: _, ...input } = reading.input;
  return { kind: 'task', input: { ...input, task, ...(text !== undefined && { typed: text }) } };
}

/** Whether a question asks for outlines of what is found: "segment the roofs", "mask the tanks". */
export function asksForOutlines(question: string): boolean {
  return /\b(segment|outlin|mask|contour|trace|delineat|footprint|polygon)|分割|轮廓|勾勒|描边|掩膜/i.test(question);
}
