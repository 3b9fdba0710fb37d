import { NadirError } from '../../lib/errors.ts';
import { hasHan } from '../../lib/han.ts';
import { regularPlural } from '../../lib/plural.ts';
import { type TaskId, taskOf } from '../../tasks/table.ts';
import type { Language } from '../../tasks/task.ts';
import type { DetectorClass, Intent, ModelInfo } from '../../vlm/types.ts';
import type { AskInput } from './port.ts';

/** A label as the user gave it, matched against the model's classes and the other words that it learned for them. */
export interface Label {
  singular: string;
  plural: string;
  /** The model's class name, or null where it has no such class: then it is counted by density, or the model has no classes at all. */
  className: string | null;
  /** Chinese name, where the model has one. */
  zh?: string;
  /** Counted by density: there are no boxes of it. */
  byDensity?: true;
}

export interface Question {
  /** What the user reads. */
  question: string;
  /** How it is put to the model, beside task and label. */
  asked: Pick<Intent, 'text' | 'language'>;
  label: Label | null;
}

/**
 * What a task asks, about a label or in the user's own words; of a question that was taken for a task only the language counts. Errors: QUESTION_INCOMPLETE when the task lacks its label or text;
 * MODEL_LACKS_TASK; LABEL_UNKNOWN for a label that the model has no boxes of, or nothing to count by.
 */
export function buildQuestion(model: ModelInfo, input: Pick<AskInput, 'task' | 'label' | 'text' | 'typed'>): Question {
  const { task } = input;
  const labelText = input.label ?? '';
  const typed = (input.text ?? '').trim();
  const { needs } = taskOf(task);
  if (needs.text === 'required' && typed === '') {
    throw new NadirError('QUESTION_INCOMPLETE', 'The question is empty. Type a question and ask again.');
  }
  if (needs.text !== 'required' && !model.tasks.includes(task)) {
    throw new NadirError('MODEL_LACKS_TASK', `${model.name} has no task "${task}". It has: ${model.tasks.join(', ')}.`);
  }
  if (needs.text !== null && typed !== '') {
    return { question: typed, asked: { text: typed, language: hasHan(typed) ? 'zh' : 'en' }, label: null };
  }
  const label = needs.subject === null ? null : labelIn(model, labelText);
  if (needs.subject !== null && !label) {
    throw new NadirError('QUESTION_INCOMPLETE', `"${task}" needs a label, for example ${exampleOf(model)}.`);
  }
  const refusal = label && labelRefusal(model, task, labelText);
  if (refusal) throw refusal;
  const language = languageFor(model, `${input.typed ?? ''} ${labelText}`);
  return { question: questionOf(task, label, language), asked: { text: '', language }, label };
}

/** Chinese for words with a Chinese character, if the model can be asked in it. */
export function languageFor({ languages }: Pick<ModelInfo, 'languages'>, words: string): Language {
  return hasHan(words) && languages.includes('zh') ? 'zh' : 'en';
}

/** A task's question as the user reads it; a gap where it has no label yet. */
export function questionOf(
  task: TaskId,
  label: Pick<Label, 'singular' | 'plural' | 'zh'> | null,
  language: Language,
): string {
  const noun = label ? (language === 'zh' ? (label.zh ?? label.singular) : label.plural) : '…';
  return taskOf(task)
    .question[language].replaceAll('{label}', noun)
    .replaceAll('<region>', language === 'zh' ? '标出的区域' : 'the marked region')
    .replace('….', '…');
}

/** What `text` names of everything the model finds or counts. */
export function labelIn(model: Pick<ModelInfo, 'classes' | 'densities'>, text: string): Label | null {
  const label = matchLabel(model.classes, text);
  if (!label || label.className !== null) return label;
  const dense = matchLabel(model.densities ?? [], text);
  return dense && dense.className !== null ? { ...dense, className: null, byDensity: true } : label;
}

/**
 * The class that `text` names in singular, plural, Chinese or another word that the model learned for it, whatever the case; else
 * `text` itself as a free label; null when empty.
 */
export function matchLabel(classes: readonly DetectorClass[], text: string): Label | null {
  const wanted = normalise(text);
  if (wanted === '') return null;
  const known = classes.find((each) => namesOf(each).some((name) => normalise(name) === wanted));
  if (known) {
    const { name, plural, zh } = known;
    return { singular: name, plural, className: name, ...(zh === undefined ? {} : { zh }) };
  }
  return { singular: wanted, plural: regularPlural(wanted), className: null };
}

/** All words for a class. */
export function namesOf({ name, plural, zh, also = [] }: DetectorClass): string[] {
  return [name, plural, ...(zh === undefined ? [] : [zh]), ...also];
}

/** Why a label can't be asked for by this task, or null where it can: LABEL_UNKNOWN. */
export function labelRefusal(model: ModelInfo, task: TaskId, text: string): NadirError | null {
  const label = labelIn(model, text);
  if (!label || label.className || (label.byDensity && countsToo(task)) || model.classes.length === 0) return null;
  return unknownLabel(model, task, label);
}

function unknownLabel(model: ModelInfo, task: TaskId, { singular, byDensity }: Label): NadirError {
  const known = model.classes.map(({ plural }) => plural);
  const can = `${model.name} ${countsToo(task) ? 'counts' : 'finds'} ${listed(known)}`;
  if (byDensity) {
    return new NadirError(
      'LABEL_UNKNOWN',
      `${can}. It counts ${countedWithout(model)} without a box for each: ask how many there are.`,
      { details: { label: singular, known } },
    );
  }
  const counted = countsToo(task) && model.densities?.length ? `, and ${countedWithout(model)} without boxes` : '';
  const there = model.presence?.find((name) => [singular, singular.replace(/s$/, '')].includes(normalise(name)));
  const instead = there ? `, or ask whether there is any: "Is there ${there} in this image?"` : '';
  return new NadirError(
    'LABEL_UNKNOWN',
    `${can}${counted}. "${singular}" is none of these. Choose one of them${instead}.`,
    { details: { label: singular, known } },
  );
}

/** Whether the task is also about what is counted without boxes. */
const countsToo = (task: TaskId) => taskOf(task).needs.subject === 'count';

const countedWithout = (model: ModelInfo) => listed((model.densities ?? []).map(({ plural }) => plural));

/** "a, b and c". */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** "1 car", "3 cars", "no cars". */
export function countPhrase(count: number, label: { singular: string; plural: string }): string {
  if (count === 0) return `no ${label.plural}`;
  return `${count} ${count === 1 ? label.singular : label.plural}`;
}

function normalise(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[-_\s]+/g, ' ');
}

function exampleOf(model: ModelInfo): string {
  const first = model.classes[0];
  return first ? `"${first.name}"` : '"airplane"';
}
