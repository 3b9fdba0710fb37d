import { NadirError } from '../../lib/errors.ts';
import { regularPlural } from '../../lib/plural.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { DetectorClass, Intent } from '../types.ts';

/** The parts of a manifest that prompts use. */
type Worded = Pick<Manifest, 'name' | 'tasks'> & Record<'detector' | 'density', { classes: DetectorClass[] } | null>;

/**
 * The prompt for an intent: the user's own words, or the task's template filled with the label's plural (in Chinese,
 * its Chinese name). Errors: MODEL_LACKS_TASK if the model has no template for the task.
 */
export function promptFor(
  { name, tasks, detector, density }: Worded,
  { task, label, text, language }: Pick<Intent, 'task' | 'label' | 'text' | 'language'>,
): string {
  if (text !== '') return text;
  const template = tasks[task];
  if (!template) {
    const known = Object.keys(tasks).join(', ');
    throw new NadirError('MODEL_LACKS_TASK', `${name} has no task "${task}". It has: ${known}.`);
  }
  if (label === null) return (language === 'zh' ? template.zh : undefined) ?? template.prompt;
  const known = [...(detector?.classes ?? []), ...(density?.classes ?? [])].find((each) => each.name === label);
  if (language === 'zh' && template.zh !== undefined) return template.zh.replaceAll('{label}', known?.zh ?? label);
  return template.prompt
    .replaceAll('{label singular}', label)
    .replaceAll('{label}', known?.plural ?? regularPlural(label));
}
