import * as v from 'valibot';
import { NadirError } from '../lib/errors.ts';
import { type Condition, parseFilter } from './terms/filter.ts';
import { anchorOf, type Order, parseOrder } from './terms/order.ts';
import { planError } from './terms/plan-error.ts';
import { parseQuantity, type Quantity } from './terms/quantity.ts';
import { parseWhere, placesIn, relativesIn, type Where } from './terms/where.ts';

const intents = [
  'find',
  'count',
  'exists',
  'compare',
  'extreme',
  'measure',
  'attribute',
  'describe',
  'classify',
  'identify',
  'quality',
  'change',
  'help',
  'outside',
] as const;

const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

/** A text that one of the parse functions below reads. */
const readBy = (parse: (text: string) => unknown) =>
  v.nullable(
    v.pipe(
      v.string(),
      v.rawCheck(({ dataset, addIssue }) => {
        if (!dataset.typed) return;
        try {
          parse(dataset.value);
        } catch (thrown) {
          addIssue({ message: NadirError.from(thrown).message });
        }
      }),
    ),
  );

const subject = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty('A subject is empty; expected a name or "other:" with a word.'),
);

/** What a question asks for, as data: it is shown, edited, kept with the answer and exported. */
const planSchema = v.strictObject({
  intent: v.picklist(intents),
  /** Canonical names in the order asked; `other:<word>` for what has none. In `classify`, the scenes offered. */
  subjects: v.array(subject),
  /** See `parseWhere`. */
  where: readBy(parseWhere),
  /** See `parseOrder`. */
  order: readBy(parseOrder),
  /** See `parseQuantity`. */
  quantity: readBy(parseQuantity),
  /** See `parseFilter`. */
  filter: readBy(parseFilter),
  language: v.picklist(languages),
  /** Calibrated probability, 0–1, that the question was read right. */
  certainty: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
});

export type Plan = v.InferOutput<typeof planSchema>;

/** A plan without conditions, to be given its intent and subjects. */
export const PLAIN_PLAN = {
  subjects: [],
  where: null,
  order: null,
  quantity: null,
  filter: null,
  language: 'en',
  certainty: 1,
} as const satisfies Partial<Plan>;

/** Equal for plans that ask the same, whatever the order of their fields and however sure the reading was. */
export function keyOf(plan: Plan): string {
  const { intent, subjects, where, order, quantity, filter, language } = plan;
  return JSON.stringify([intent, subjects, where, order, quantity, filter, language]);
}

/** A plan from data, such as a kept answer or a command line. Errors: PLAN_INVALID names the part that is wrong. */
export function parsePlan(value: unknown): Plan {
  const read = v.safeParse(planSchema, value);
  if (read.success) return checkPlaces(read.output);
  const [issue] = read.issues;
  const part = v.getDotPath(issue) ?? 'value';
  if (issue.kind === 'validation') {
    const message = issue.message.startsWith('The plan')
      ? issue.message
      : `The plan's ${part} is wrong: ${issue.message}`;
    throw new NadirError('PLAN_INVALID', message, { details: { part, value: issue.input } });
  }
  throw planError(part, issue.input, issue.expected ?? 'another value');
}

/** Intents that tell several places apart. */
const BY_PLACE: readonly string[] = ['compare', 'count', 'measure'];
export const takesSeveralPlaces = (intent: string): boolean => BY_PLACE.includes(intent);

function checkPlaces(plan: Plan): Plan {
  const isSeveral = plan.where !== null && parseWhere(plan.where).kind === 'several';
  if (!isSeveral || takesSeveralPlaces(plan.intent)) return plan;
  throw planError('where', plan.where, `one place for "${plan.intent}"; only ${BY_PLACE.join(', ')} take several`);
}

/** A plan whose texts are read. */
export interface ReadPlan extends Pick<Plan, 'intent' | 'subjects' | 'language'> {
  where: Where | null;
  order: Order | null;
  quantity: Quantity | null;
  /** All of them hold; empty if there is no filter. */
  filter: Condition[];
}

/** Errors: PLAN_INVALID. */
export function readPlan(plan: Plan): ReadPlan {
  return {
    intent: plan.intent,
    subjects: plan.subjects,
    language: plan.language,
    where: plan.where === null ? null : parseWhere(plan.where),
    order: plan.order === null ? null : parseOrder(plan.order),
    quantity: plan.quantity === null ? null : parseQuantity(plan.quantity),
    filter: plan.filter === null ? [] : parseFilter(plan.filter),
  };
}

/** Names of the vector layers that a plan looks in. */
export function layersIn({ where }: Plan): string[] {
  const places = placesIn(where === null ? null : parseWhere(where));
  return places.flatMap((place) => (place.kind === 'layer' ? [place.name] : []));
}

/** Every subject that evidence is needed of: those asked about, then those that say where or what to measure from. */
export function subjectsNeeded(plan: Plan): string[] {
  const { subjects, where, order } = readPlan(plan);
  const anchors = [...relativesIn(where), ...(order ? [anchorOf(order)] : [])];
  return [...new Set([...subjects, ...anchors.flatMap((anchor) => anchor?.subject ?? [])])];
}
