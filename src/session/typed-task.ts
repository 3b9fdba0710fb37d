import type { ModelInfo, TaskId } from '../vlm/types.ts';
import { labelIn } from './prompt.ts';

/** Tasks whose question names what is looked for. */
const NAMING = ['count', 'find', 'segment'] as const satisfies readonly TaskId[];

/** Words that make no difference between a typed question and the model's own. */
const IDLE_WORDS = /\b(please|all|every|the|of|there|are|here|in (this|the) (image|picture|scene|view|region))\b/g;

/**
 * The task that a typed question is, in English or Chinese: "Find storage tanks" is the task `find` about storage tanks. As that task its
 * region is read in tiles at the model's own scale, and other classes are left out of its answer. Null for every other question, also for one
 * about something that the model has no class for.
 */
export function typedTask(
  model: Pick<ModelInfo, 'classes' | 'densities' | 'tasks' | 'tasksZh'>,
  text: string,
): { task: (typeof NAMING)[number]; label: string } | null {
  const typed = plainly(text);
  for (const task of NAMING) {
    for (const template of [model.tasks[task], model.tasksZh?.[task]]) {
      if (template === undefined) continue;
      const [before, after, ...more] = template.split(/\{label[^}]*\}/).map(plainly);
      if (before === undefined || after === undefined || more.length > 0) continue;
      if (!typed.startsWith(before) || !typed.endsWith(after)) continue;
      const label = typed.slice(before.length, typed.length - after.length).trim();
      const known = labelIn(model, label);
      if (known?.className || known?.byDensity) return { task, label };
    }
  }
  return null;
}

function plainly(text: string): string {
  return text
    .toLowerCase()
    .replace(/[.?!。？！]+\s*$/, '')
    .replace(IDLE_WORDS, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
