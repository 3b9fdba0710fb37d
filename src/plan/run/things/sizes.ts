import { type Ground, pixelGround } from '../../ground/ground.ts';
import { areaOf, lengthOf } from '../../ground/shape.ts';
import { subjectOf } from '../../subjects.ts';
import { type Condition, holds, sizeOf } from '../../terms/filter.ts';
import type { Thing } from '../context.ts';

export const isLine = (subject: string): boolean => subjectOf(subject)?.isLine ?? false;

type SizeCondition = Extract<Condition, { kind: 'area' | 'length' }>;

/** Whether a thing has all of the sizes that conditions ask for; other conditions are not looked at. */
export function hasSizes(thing: Thing, conditions: readonly Condition[], ground: Ground): boolean {
  return conditions.every((each) => (each.kind !== 'area' && each.kind !== 'length') || hasSize(thing, each, ground));
}

/** Whether a thing of a subject has the size that a condition asks for, by its outline or else its box. */
export function hasSize(thing: Omit<Thing, 'placed'>, condition: SizeCondition, ground: Ground): boolean {
  const { value, isPixels } = sizeOf(condition);
  const on = isPixels ? pixelGround : ground;
  const size = condition.kind === 'area' ? areaOf(thing, on) : lengthOf(thing, on, isLine(thing.subject));
  return holds(size, condition.is, value);
}

/** Whether a score is as conditions ask; without a score it isn't. */
export const hasScore = (thing: Thing, conditions: readonly Condition[]): boolean =>
  conditions.every(
    (each) => each.kind !== 'score' || (thing.score !== null && holds(thing.score, each.is, each.value)),
  );
