import type { Plan } from '../../plan/plan.ts';
import { taskOf } from '../../tasks/table.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import type { VlmApi } from '../../workers/vlm/api.ts';
import type { OpenScene } from '../document.ts';
import type { WorkerHost } from '../model/worker-host.ts';
import type { AskInput } from './port.ts';
import { typedTask } from './typed-task.ts';

/** What a question is taken for. */
export type Reading =
  | { kind: 'task'; input: AskInput }
  /** `readings`: the likeliest plans, if none is certain enough; else empty. */
  | { kind: 'plan'; input: AskInput; plan: Plan; readings: Plan[] };

/** Intents that a task of the model answers better than a plan can. */
const TASKS: Partial<Record<Plan['intent'], AskInput['task']>> = { quality: 'quality', change: 'change' };

/** A given plan, or the plan or task that typed words are read as. Other tasks are what they are. */
export async function readQuestion(
  input: AskInput,
  _scene: OpenScene,
  model: ModelInfo,
  _vlm: WorkerHost<VlmApi>,
): Promise<Reading> {
  if (input.plan) return asTaskOr({ kind: 'plan', input, plan: input.plan, readings: [] }, model);
  if (taskOf(input.task).needs.text !== 'required') return { kind: 'task', input };
  const text = (input.text ?? '').trim();
  const typed = typedTask(model, text);
  return { kind: 'task', input: typed ? { ...input, ...typed, typed: text } : input };
}

function asTaskOr(reading: Extract<Reading, { kind: 'plan' }>, model: ModelInfo): Reading {
  const task = TASKS[reading.plan.intent];
  if (task === undefined || !model.tasks.includes(task)) return reading;
  const { text, plan: _, ...input } = reading.input;
  return { kind: 'task', input: { ...input, task, ...(text !== undefined && { typed: text }) } };
}
