import type { PixelWindow } from '../../geo/types.ts';
import { hasHan } from '../../lib/han.ts';
import { PLAIN_PLAN, type Plan, parsePlan } from '../../plan/plan.ts';
import { otherWord, wordsFor } from '../../plan/subjects.ts';
import { taskOf } from '../../tasks/table.ts';
import type { ModelInfo, QuestionReading } from '../../vlm/types.ts';
import type { Command } from '../commands/command.ts';
import { commandTyped } from '../commands/recognise.ts';
import { knownName, scenesNamed, subjectOfLabel, taughtName } from '../evidence/subjects-of-model.ts';
import { type Fact, factAsked } from '../facts/recognise.ts';
import { groundAsked } from './ground-questions.ts';
import type { AskInput } from './port.ts';
import { buildQuestion } from './question.ts';
import { twoQuestions } from './two-questions.ts';
import { typedTask } from './typed-task.ts';

/** What a question is taken for. */
export type Reading =
  | { kind: 'task'; input: AskInput }
  /** `readings`: the likeliest plans, if none is certain enough, or those of two questions at once (`areTwo`); else empty. */
  | { kind: 'plan'; input: AskInput; plan: Plan; readings: Plan[]; areTwo?: boolean }
  /** Something that the file itself tells. */
  | { kind: 'fact'; input: AskInput; fact: Fact; language: Plan['language'] }
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
  /** Vector layers with polygons on the image, by their names in plans, with their bounds in source pixels. */
  layers: ReadonlyMap<string, PixelWindow>;
  /** Whether what is asked about is shown to the model in one view, at a scale that its words are about. */
  isOneView(input: AskInput): boolean;
  /** Whether a typed noun names a class whose boxes are hidden. */
  isHidden(noun: string): boolean;
  /** By the model's reader. */
  read(question: string, before: Plan | null): Promise<QuestionReading>;
}

/** The command or the fact that typed words are read as; null if they are another question. Needs no model. */
export function readWithoutModel(
  input: AskInput,
  isHidden: ReadingContext['isHidden'],
): Extract<Reading, { kind: 'command' | 'fact' }> | null {
  const text = typedText(input);
  if (text === null || input.plan) return null;
  const language = hasHan(text) ? 'zh' : 'en';
  const command = commandTyped(text, isHidden);
  if (command) return { kind: 'command', input, command, language, asQuestion: async () => null };
  const fact = factAsked(text);
  return fact && { kind: 'fact', input, fact, language };
}

/** Whether a command may first have to answer a question, for which it needs the model. */
export const mayAsk = (command: Command): boolean =>
  (command.kind === 'zoom' && command.to.by === 'order') || command.kind === 'select';

/** Null for a task that isn't a question in words. */
function typedText(input: AskInput): string | null {
  const text = (input.text ?? '').trim();
  return taskOf(input.task).needs.text === 'required' && text !== '' ? text : null;
}

/** A given plan, or the command, fact, plan or task that typed words are read as. Errors: those of `read` and `buildQuestion`. */
export async function readQuestion(input: AskInput, context: ReadingContext): Promise<Reading> {
  if (input.plan) return answeredBy({ kind: 'plan', input, plan: input.plan, readings: [] }, context);
  const text = typedText(input);
  if (taskOf(input.task).needs.text !== 'required') return chosenTask(input, context);
  if (text === null) return { kind: 'task', input };
  const known = readWithoutModel(input, context.isHidden);
  if (known?.kind === 'command') {
    const asQuestion = async () => (context.model.reader ? (await planned(input, text, context)).plan : null);
    return { ...known, asQuestion };
  }
  if (known) return known;
  if (context.model.reader) return answeredBy(await planned(input, text, context), context);
  const typed = typedTask(context.model, text);
  return typed ? chosenTask({ ...withoutText(input), ...typed, typed: text }, context) : { kind: 'task', input };
}

/** A task as the plan that it stands for. */
function chosenTask(input: AskInput, context: ReadingContext): Reading {
  const { model } = context;
  const { intent, needs, about } = taskOf(input.task);
  const isInOwnWords = needs.text !== null && (input.text ?? '').trim() !== '';
  if (intent === undefined || isInOwnWords || !model.looks) return { kind: 'task', input };
  const { question, asked, label } = buildQuestion(model, input);
  const plan: Plan = {
    ...PLAIN_PLAN,
    intent,
    subjects: label ? [subjectOfLabel(label.className ?? label.singular)] : about === undefined ? [] : [about],
    language: asked.language,
  };
  const named = { ...input, label: label && (label.className ?? label.singular), typed: input.typed ?? question };
  return answeredBy({ kind: 'plan', input: named, plan, readings: [] }, context);
}

/** Two questions about different things are asked back: readers would make one of them. */
async function planned(
  input: AskInput,
  text: string,
  context: ReadingContext,
): Promise<Extract<Reading, { kind: 'plan' }>> {
  const two = twoQuestions(text);
  if (two) {
    const [first, second] = [await readOne(input, two[0], context), await readOne(input, two[1], context)];
    const isSame = second.plan.subjects.some((subject) => first.plan.subjects.includes(subject));
    const readings = [first.plan, second.plan].map((plan) => ({ ...plan, certainty: 1 }));
    if (!isSame && readings.every(isRunnable)) return { ...first, readings, areTwo: true };
  }
  return readOne(input, text, context);
}

async function readOne(
  input: AskInput,
  text: string,
  { model, before, layers, read: reader }: ReadingContext,
): Promise<Extract<Reading, { kind: 'plan' }>> {
  const { alternatives, ...fields } = await reader(text, before);
  const read = fields.subjects.map((subject) => knownName(asSaid(subject, text, model), model));
  const named = withTaughtNames(text, read, model);
  const where = fields.where && taughtIn(fields.where, model);
  const order = fields.order && taughtIn(fields.order, model);
  const subjects = fields.intent === 'classify' ? scenesOffered(text, named, model) : named;
  const layer = where === null ? layerSaid(text, [...layers.keys()]) : null;
  const place = layer === null ? where : `layer:${layer}`;
  const plan = groundAsked(text, parsePlan({ ...fields, subjects, where: place, order }), model);
  const isSure = plan.certainty >= (model.reader?.leastCertainty ?? 0);
  const others = alternatives.flatMap(({ intent, probability }) => {
    const other = { ...plan, intent, certainty: probability };
    return isRunnable(other) ? [parsePlan(other)] : [];
  });
  const readings = isSure ? [] : [plan, ...others].filter(isRunnable).map((each) => ({ ...each, certainty: 1 }));
  // What lies in a layer isn't only what the view shows of it.
  const extent = layer === null || input.region === 'scene' ? undefined : layers.get(layer);
  const about = extent ? { ...input, region: extent } : input;
  return { kind: 'plan', input: about, plan, readings: readings.length > 1 ? readings : [] };
}

/** The polygons of a vector layer, named or, of the only one, meant: "in parcels", "within the polygons". */
function layerSaid(text: string, layers: readonly string[]): string | null {
  const said = text.toLowerCase();
  const named = layers.find((name) => says(said, name));
  const isMeant =
    /\b(in|within|inside|of) (the |these |those |each |all )?(vector (layer|file)s?|polygons?|zones?)\b|矢量(图层|文件)|多边形/.test(
      said,
    );
  const [only] = layers.length === 1 ? layers : [];
  const layer = named ?? (isMeant ? only : undefined);
  return layer ?? null;
}

/**
 * The subjects with each taught class that the words name, in place of what the reader took its name for. Readers never saw such
 * names: of "white airplane" they read the airplane.
 */
function withTaughtNames(text: string, read: readonly string[], model: ModelInfo): string[] {
  const said = text.toLowerCase();
  const named = model.classes
    .filter(({ taught }) => taught)
    .map(({ name, plural }) => ({
      name: knownName(`other:${name}`, model),
      words: [plural, name].map((word) => word.toLowerCase()),
    }))
    .filter(({ words }) => words.some((word) => says(said, word)));
  let subjects = [...read];
  for (const { name, words } of named) {
    if (subjects.includes(name)) continue;
    const isPart = (subject: string) => {
      const { name: one, plural, zh } = wordsFor(subject);
      return [one, plural, zh].some((word) => word && words.some((own) => own.includes(word.toLowerCase())));
    };
    const taken = subjects.findIndex((subject) => isPart(subject));
    const other = subjects.findIndex((subject) => otherWord(subject) !== null);
    const at = taken >= 0 ? taken : other;
    subjects = at >= 0 ? subjects.with(at, name) : [...subjects, name];
  }
  return subjects;
}

/** Whether a text says a word: as a whole one, if it is written with spaces around. */
function says(text: string, word: string): boolean {
  if (hasHan(word)) return text.includes(word);
  return text
    .split(/[^\p{L}\p{N}]+/u)
    .join(' ')
    .concat(' ')
    .includes(`${word.split(/[^\p{L}\p{N}]+/u).join(' ')} `);
}

/** `near:other:glider` as `near:glider`, if that is a taught class. */
function taughtIn(part: string, model: ModelInfo): string {
  return part.replaceAll(/other:[^:,;]+/g, (subject) => {
    const name = knownName(subject.trim(), model);
    return taughtName(name, model) === null ? subject : name;
  });
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

/** Decides between the heads, which answer a plan, and the language model, whose own words answer a task. */
function answeredBy(reading: Extract<Reading, { kind: 'plan' }>, context: ReadingContext): Reading {
  const { plan, readings, input } = reading;
  const task = inWords(plan, input, context);
  if (readings.length > 0 || task === null || !context.model.tasks.includes(task)) return reading;
  const typed = input.typed ?? input.text;
  return { kind: 'task', input: { ...withoutText(input), task, ...(typed !== undefined && { typed }) } };
}

/** The task of the language model that answers a plan better than what the heads see; null if none does. */
function inWords(
  plan: Plan,
  input: AskInput,
  { model, hasRegion, isOneView }: ReadingContext,
): AskInput['task'] | null {
  const { intent, subjects, where, order, quantity, filter } = plan;
  switch (intent) {
    case 'quality':
    case 'change':
      return intent;
    case 'identify':
      return hasRegion ? 'identify' : null;
    case 'classify':
      return model.scenes.length === 0 ? 'classify' : null;
    case 'describe': {
      const isPlain = subjects.length === 0 && [where, order, quantity, filter].every((part) => part === null);
      return isPlain && isOneView(input) ? 'describe' : null;
    }
    default:
      return null;
  }
}

function withoutText({ text: _text, plan: _plan, ...input }: AskInput): AskInput {
  return input;
}
