import { hasHan } from '../../lib/han.ts';
import { labelIn } from '../../session/asking/prompt.ts';
import { type TaskId, taskOf } from '../../tasks/table.ts';
import type { ModelInfo } from '../../vlm/types.ts';

/**
 * "airplane" → "airplanes", from the model's list; an unknown label gets a regular plural, as in the model's prompt.
 */
export function classLabelPlural(label: string, model: Pick<ModelInfo, 'classes' | 'densities'>): string {
  return labelIn(model, label)?.plural ?? '';
}

/** A task's question as shown to the user; in Chinese if the label is Chinese. */
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
