import { NadirError } from '../lib/errors.ts';
import type { DetectorClass, ModelInfo, TaskId } from '../workers/vlm/api.ts';

/** A label as the user gave it, matched against the model's classes. */
export interface Label {
  singular: string;
  plural: string;
  /** The model's class name, or null when it has no such class and is asked plainly. */
  className: string | null;
}

export interface Question {
  /** What the user reads. */
  question: string;
  /** What the model gets. */
  prompt: string;
  label: Label | null;
}

const LABELLED: readonly TaskId[] = ['count', 'find', 'segment'];

/** Fills the task's template from the manifest. Errors: INVALID_ARGUMENT when the task lacks its label or text, or the model the task. */
export function buildQuestion(model: ModelInfo, task: TaskId, labelText: string | null, text: string): Question {
  if (task === 'ask') {
    const asked = text.trim();
    if (asked === '') throw new NadirError('INVALID_ARGUMENT', 'The question is empty. Type a question and ask again.');
    return { question: asked, prompt: asked, label: null };
  }
  const template = model.tasks[task];
  if (template === undefined) {
    const known = Object.keys(model.tasks).join(', ');
    throw new NadirError('INVALID_ARGUMENT', `${model.name} has no task "${task}". It has: ${known}.`);
  }
  if (!LABELLED.includes(task)) return { question: readable(template), prompt: template, label: null };
  const label = matchLabel(model.classes, labelText ?? '');
  if (!label) {
    throw new NadirError('INVALID_ARGUMENT', `"${task}" needs a label, for example ${exampleOf(model)}.`);
  }
  const prompt = template.replaceAll('{label singular}', label.singular).replaceAll('{label}', label.plural);
  return { question: readable(prompt), prompt, label };
}

/** The class named by `text` in singular or plural, whatever its case; else `text` itself as a free label; null when empty. */
export function matchLabel(classes: readonly DetectorClass[], text: string): Label | null {
  const wanted = normalise(text);
  if (wanted === '') return null;
  const known = classes.find(({ name, plural }) => normalise(name) === wanted || normalise(plural) === wanted);
  if (known) return { singular: known.name, plural: known.plural, className: known.name };
  return { singular: wanted, plural: wanted.endsWith('s') ? wanted : `${wanted}s`, className: null };
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
