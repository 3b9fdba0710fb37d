import type { DetectorClass, ModelInfo, TaskId } from '../../workers/vlm/api.ts';

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

/** "airplane" → "airplanes", by the model's own list; a label it doesn't know stays as typed. */
export function classLabelPlural(label: string, classes: readonly DetectorClass[]): string {
  const wanted = label.trim().toLowerCase();
  return classes.find((each) => each.name === wanted || each.plural === wanted)?.plural ?? label.trim();
}

/** The question that a task asks, as the user reads it. */
export function taskQuestion(task: TaskId, label: string, model: ModelInfo | null): string {
  if (task === 'ask') return '';
  const template = model?.tasks[task] ?? fallback[task];
  const noun = label.trim() ? classLabelPlural(label, model?.classes ?? []) : '…';
  return template
    .replace(/\{label[^}]*\}/g, noun)
    .replace('<region>', 'the region')
    .replace('….', '…');
}
