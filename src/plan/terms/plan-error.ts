import { NadirError } from '../../lib/errors.ts';

/** A part of a plan that doesn't say what it should. `details` has the part and its value. */
export function planError(part: string, value: unknown, expected: string): NadirError {
  return new NadirError('PLAN_INVALID', `The plan's ${part} is ${JSON.stringify(value)}; expected ${expected}.`, {
    details: { part, value },
  });
}
