import { hasHan } from '../../lib/han.ts';
import { labelIn } from '../../session/prompt.ts';
import type { ModelInfo, TaskId } from '../../vlm/types.ts';

/** Used until the model has said how it wants to be asked. */
const fallback: Record<TaskId, string> = {
  describe: 'Describe this image.',
  classify: 'What kind of scene is this?',
  ask: '',
  count: 'How many {label} are there?',
  find: 'Find all {label}.',
  identify: 'What is at <region>?',
  segment: 'Segment all {label}.',
  quality: 'What is wrong with this image?',
  change: 'What changed between the two images?',
};

/** "airplane" → "airplanes", by the model's own list; an unknown label gets a plain plural, as the model is asked. */
export function classLabelPlural(label: string, model: Pick<ModelInfo, 'classes' | 'densities'>): string {
  return labelIn(model, label)?.plural ?? '';
}

/** The question that a task asks, as the user reads it; in Chinese for a label in Chinese. */
export function taskQuestion(task: TaskId, label: string, model: ModelInfo | null): string {
  if (task === 'ask') return '';
  const chinese = hasHan(label) ? model?.tasksZh?.[task] : undefined;
  const template = chinese ?? model?.tasks[task] ?? fallback[task];
  const named = labelIn(model ?? { classes: [] }, label);
  const noun = named ? (chinese ? (named.zh ?? named.singular) : named.plural) : '…';
  return template
    .replace(/\{label[^}]*\}/g, noun)
    .replace('<region>', 'the region')
    .replace('….', '…');
}
