import { UNKNOWN } from '../../plan/evidence.ts';
import { type Ground, groundOf } from '../../plan/ground/ground.ts';
import { PLAIN_PLAN, type Plan } from '../../plan/plan.ts';
import { idsIn, runPlan } from '../../plan/run/run.ts';
import { hasSize } from '../../plan/run/things/sizes.ts';
import { subjectNamed } from '../../plan/subjects.ts';
import { holds } from '../../plan/terms/filter.ts';
import { formatOrder, type Order } from '../../plan/terms/order.ts';
import type { Language } from '../../tasks/task.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import { matchLabel } from '../asking/question.ts';
import type { OpenScene, SceneObject } from '../document.ts';
import { headsFor, subjectsKnown } from '../evidence/subjects-of-model.ts';
import type { Limit } from './command.ts';

/** Which objects the words of a command mean. */

/** The label of the boxes that a noun names; null if there are no boxes of that name. */
export function labelOf(noun: string, model: ModelInfo, objects: readonly SceneObject[]): string | null {
  const named = matchLabel(model.classes, noun)?.className;
  if (named) return named;
  // Boxes of a model that is no longer loaded.
  const subject = subjectNamed(noun)?.name;
  const own = objects.find(({ label }) => label === noun || `${label}s` === noun || label === subject)?.label;
  return own ?? (subject === undefined ? null : headsFor(subject, model).box);
}

/** "Which is the largest car?" as a plan; null if the model has no boxes of this label. */
export function extremePlan(label: string, order: Order, model: ModelInfo, language: Language): Plan | null {
  const subject = subjectsKnown(model).find((each) => headsFor(each, model).box === label);
  if (subject === undefined) return null;
  const none = { where: null, quantity: null, filter: null };
  return { intent: 'extreme', subjects: [subject], order: formatOrder(order), ...none, language, certainty: 1 };
}

/** The first of the objects in an order; several if they are equal, none if they can't be put in it. */
export function firstOf(objects: readonly SceneObject[], order: Order, { info }: OpenScene): SceneObject[] {
  const { width, height, georeference } = info;
  const region = { x: 0, y: 0, width, height };
  const subject = 'other:object';
  const plan: Plan = { ...PLAIN_PLAN, intent: 'extreme', subjects: [subject], order: formatOrder(order) };
  const things = objects.map(({ id, box, rings, score }) => ({ id, box, rings, score }));
  const result = runPlan(
    plan,
    {
      region,
      regionKind: 'scene',
      marked: null,
      tiles: [{ window: region, state: 'looked' }],
      subjects: { [subject]: { ...UNKNOWN, known: true, things } },
      known: [subject],
      cover: null,
      scenes: null,
    },
    groundOf(georeference, width, height),
  );
  const first = new Set(result.kind === 'extreme' ? idsIn(result) : []);
  return objects.filter(({ id }) => first.has(id));
}

/** An object without a score keeps no limit of scores; sizes are by outline, else by box. */
export function keepsLimit(object: SceneObject, limit: Limit | null, ground: Ground): boolean {
  if (!limit) return true;
  if (limit.kind === 'score') return object.score !== null && holds(object.score, limit.is, limit.value);
  return hasSize({ ...object, subject: object.label }, limit, ground);
}
