import { NadirError } from '../../lib/errors.ts';
import { hasHan } from '../../lib/han.ts';
import { type TaskId, taskOf } from '../../tasks/table.ts';
import type { DetectorClass, ModelInfo } from '../../vlm/types.ts';

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
  /** What the model gets. */
  prompt: string;
  label: Label | null;
}

/**
 * Fills the task's template from the manifest, the Chinese one for a label in Chinese; what the user typed goes as it is.
 * Errors: INVALID_ARGUMENT when the task lacks its label or text, or the model the task; LABEL_UNKNOWN for a label that the model has
 * no boxes of, or nothing to count by.
 */
export function buildQuestion(model: ModelInfo, task: TaskId, labelText: string | null, text: string): Question {
  const asked = text.trim();
  const { needs } = taskOf(task);
  if (needs.text === 'required') {
    if (asked === '') throw new NadirError('INVALID_ARGUMENT', 'The question is empty. Type a question and ask again.');
    return { question: asked, prompt: asked, label: null };
  }
  const template = model.tasks[task];
  if (template === undefined) {
    const known = Object.keys(model.tasks).join(', ');
    throw new NadirError('INVALID_ARGUMENT', `${model.name} has no task "${task}". It has: ${known}.`);
  }
  if (needs.text === 'optional' && asked !== '') return { question: asked, prompt: asked, label: null };
  if (needs.subject === null) return { question: readable(template), prompt: template, label: null };
  const label = labelIn(model, labelText ?? '');
  if (!label) {
    throw new NadirError('INVALID_ARGUMENT', `"${task}" needs a label, for example ${exampleOf(model)}.`);
  }
  const refusal = labelRefusal(model, task, labelText ?? '');
  if (refusal) throw refusal;
  const chinese = hasHan(labelText ?? '') ? model.tasksZh?.[task] : undefined;
  const prompt = chinese
    ? chinese.replaceAll('{label}', label.zh ?? label.singular)
    : template.replaceAll('{label singular}', label.singular).replaceAll('{label}', label.plural);
  return { question: readable(prompt), prompt, label };
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
  const plural = wanted.endsWith('s') || hasHan(wanted) ? wanted : `${wanted}s`;
  return { singular: wanted, plural, className: null };
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

function readable(prompt: string): string {
  return prompt.replaceAll('<region>', 'the marked region');
}

function exampleOf(model: ModelInfo): string {
  const first = model.classes[0];
  return first ? `"${first.name}"` : '"airplane"';
}
