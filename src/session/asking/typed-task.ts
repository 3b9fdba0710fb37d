import { allTasks, type TaskId } from '../../tasks/table.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import { classesNamed } from '../answer/agreement.ts';
import { labelIn } from './question.ts';

/** A label has at most this many words; more are a sentence. */
const MOST_LABEL_WORDS = 2;

/** Ignored when a typed question is compared with the model's own. */
const IDLE_WORDS = /\b(please|all|every|the|of|there|are|here|in (this|the) (image|picture|scene|view|region))\b/g;

/** The task that a typed question stands for. */
export interface TypedTask {
  task: TaskId;
  label?: string;
}

/**
 * The task that a typed question stands for, in English or Chinese: "Find storage tanks" is the task `find` with the label "storage
 * tanks". As a task, its region is read in tiles at the model's own scale, and its answer leaves out other classes. The label may be
 * unknown to the model; then the task refuses it. Null for every other question.
 */
export function typedTask(
  model: Pick<ModelInfo, 'classes' | 'densities' | 'tasks' | 'languages'>,
  text: string,
): TypedTask | null {
  const typed = plainly(text);
  const tasks = allTasks()
    .filter(({ id }) => model.tasks.includes(id))
    .map(({ id, needs, question }) => ({ id, needs, own: model.languages.map((language) => question[language]) }));
  for (const { id: task, needs, own } of tasks) {
    // Only tasks whose question is complete as typed.
    if (needs.subject || needs.region || needs.before || needs.text === 'required') continue;
    if (typed !== '' && own.some((each) => plainly(each) === typed)) return { task };
  }
  for (const { id: task, needs, own } of tasks) {
    if (!needs.subject) continue;
    for (const template of own) {
      const [before, after, ...more] = template.split(/\{label[^}]*\}/).map(plainly);
      if (before === undefined || after === undefined || more.length > 0) continue;
      if (!typed.startsWith(before) || !typed.endsWith(after)) continue;
      const label = typed.slice(before.length, typed.length - after.length).trim();
      if (isLabel(model, label)) return { task, label };
    }
  }
  return null;
}

/** A name that the model knows, or a short one that names none of its classes: not "cars on the road". */
function isLabel(model: Pick<ModelInfo, 'classes' | 'densities'>, label: string): boolean {
  const known = labelIn(model, label);
  if (known?.className || known?.byDensity) return true;
  if (label === '' || model.classes.length === 0 || label.split(' ').length > MOST_LABEL_WORDS) return false;
  return classesNamed(label, [...model.classes, ...(model.densities ?? [])]).length === 0;
}

function plainly(text: string): string {
  return text
    .toLowerCase()
    .replace(/[.?!。？！]+\s*$/, '')
    .replace(IDLE_WORDS, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
