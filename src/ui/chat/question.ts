import { labelIn, languageFor, questionOf } from '../../session/asking/question.ts';
import { type TaskId, taskOf } from '../../tasks/table.ts';
import type { ModelInfo } from '../../vlm/types.ts';

/**
 * "airplane" → "airplanes", from the model's list; an unknown label gets a regular plural.
 */
export function classLabelPlural(label: string, model: Pick<ModelInfo, 'classes' | 'densities'>): string {
  return labelIn(model, label)?.plural ?? '';
}

/** A task's question as shown to the user; in Chinese if the label is Chinese and the model can be asked so. */
export function taskQuestion(task: TaskId, label: string, model: ModelInfo | null): string {
  if (taskOf(task).needs.text === 'required') return '';
  const { classes, languages } = model ?? { classes: [], languages: [] };
  return questionOf(task, labelIn(model ?? { classes }, label), languageFor({ languages }, label));
}
