import { hasHan } from '../../lib/han.ts';
import { labelIn } from '../../session/asking/prompt.ts';
import { type TaskId, taskOf } from '../../tasks/table.ts';
import type { ModelInfo } from '../../vlm/types.ts';

/** "airplane" → "airplanes", by the model's own list; an unknown label gets a plain plural, as the model is asked. */
export function classLabelPlural(label: string, model: Pick<ModelInfo, 'classes' | 'densities'>): string {
  return labelIn(model, label)?.plural ?? '';
}

/** The question that a task asks, as the user reads it; in Chinese for a label in Chinese. */
export function taskQuestion(task: TaskId, label: string, model: ModelInfo | null): string {
  const chinese = hasHan(label) ? model?.tasksZh?.[task] : undefined;
  const template = chinese ?? model?.tasks[task] ?? taskOf(task).question;
  if (taskOf(task).needs.text === 'required') return '';
  const named = labelIn(model ?? { classes: [] }, label);
  const noun = named ? (chinese ? (named.zh ?? named.singular) : named.plural) : '…';
  return template
    .replace(/\{label[^}]*\}/g, noun)
    .replace('<region>', 'the region')
    .replace('….', '…');
}
