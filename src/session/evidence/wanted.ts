import type { Plan } from '../../plan/plan.ts';
import { type ReadPlan, readPlan, subjectsNeeded } from '../../plan/plan.ts';
import { anchorOf } from '../../plan/terms/order.ts';
import { relativesIn } from '../../plan/terms/where.ts';
import type { TaskId } from '../../tasks/table.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import { headsFor, subjectsKnown, subjectsOfScene, taughtName, withoutTaught } from './subjects-of-model.ts';

/** What must be gathered for a plan. */
export interface Wanted {
  /** Canonical subjects that the result is made of. */
  subjects: readonly string[];
  /** Whether the land cover is needed. */
  cover: boolean;
  /** Classes of the model whose outlines are needed. */
  outlined: readonly string[];
  /** The task whose number of tiles applies. */
  tilesAs: TaskId;
  /** False if no pixel has to be looked at. */
  looks: boolean;
  /** Names of the taught classes among the subjects. */
  taught: readonly string[];
  /** False if taught classes are all that is asked about, so that the model's own needn't be looked for. */
  own: boolean;
}

/** Intents that are about everything there is, and those that need no pixels. */
const ABOUT_ALL: readonly Plan['intent'][] = ['describe', 'identify'];
export const WITHOUT_PIXELS: readonly Plan['intent'][] = ['attribute', 'help', 'outside', 'quality', 'change'];
const TILES_AS: Partial<Record<Plan['intent'], TaskId>> = { exists: 'ask', describe: 'describe', classify: 'classify' };

/** `outlines`: whether the question asks for them. */
export function wantedFor(plan: Plan, model: ModelInfo, outlines: boolean): Wanted {
  const named = subjectsNeeded(plan);
  const subjects =
    ABOUT_ALL.includes(plan.intent) && plan.subjects.length === 0
      ? [...new Set([...named, ...subjectsKnown(withoutTaught(model))])]
      : named;
  const taught = subjects.flatMap((subject) => taughtName(subject, model) ?? []);
  const looks = !WITHOUT_PIXELS.includes(plan.intent) && !isAllUnknown(plan, model);
  return {
    subjects,
    cover: looks && subjects.some((subject) => isToldByGround(subject, plan, model)),
    outlined:
      looks && model.hasRefiner && (outlines || needsOutlines(readPlan(plan)))
        ? subjects.flatMap((subject) =>
            taughtName(subject, model) === null ? (headsFor(subject, model).box ?? []) : [],
          )
        : [],
    tilesAs: TILES_AS[plan.intent] ?? 'count',
    looks,
    taught: looks ? taught : [],
    own: looks && (taught.length === 0 || taught.length < subjects.length),
  };
}

/** Whether the land cover may be the evidence of a subject: it has no things or is a crowd, and it isn't asked how many or whether there are. */
export function isToldByGround(subject: string, { intent, where }: Plan, model: ModelInfo): boolean {
  const { box, density, presence, cover } = headsFor(subject, model);
  if (!cover || (box !== null && density === null)) return false;
  if (intent === 'exists') return presence.length === 0 || where !== null;
  return intent !== 'count' || density === null;
}

/** Nothing that is asked about is known: looking would find nothing out. */
function isAllUnknown({ subjects, intent }: Plan, model: ModelInfo): boolean {
  if (intent === 'classify' || subjects.length === 0) return false;
  const known = new Set([...subjectsKnown(model), ...model.scenes.flatMap(subjectsOfScene)]);
  return subjects.every((subject) => !known.has(subject) && headsFor(subject, model).cover === null);
}

/** Sizes are those of outlines where there are any; a box around a roof is larger than the roof. */
function needsOutlines({ where, order, quantity, filter, intent }: ReadPlan): boolean {
  const from = order && anchorOf(order);
  const chosen = [...relativesIn(where), from].flatMap((anchor) => anchor?.chosen ?? []);
  const orders = [order, ...chosen.map((each) => each.order)];
  const conditions = [...filter, ...chosen.flatMap((each) => each.filter)];
  return (
    intent === 'measure' ||
    (quantity !== null && quantity !== 'density') ||
    orders.some((each) => each?.by === 'area' || each?.by === 'length') ||
    conditions.some(({ kind }) => kind === 'area' || kind === 'length') ||
    relativesIn(where).some(({ kind }) => kind !== 'near')
  );
}
