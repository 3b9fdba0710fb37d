import * as v from 'valibot';

/** Building blocks of the manifest's schema. Each message states the expected value and completes "expected …". */

export const text = v.pipe(v.string('a non-empty string'), v.nonEmpty('a non-empty string'));

export function integer(min = 0) {
  const expected = `an integer of at least ${min}`;
  return v.pipe(v.number(expected), v.safeInteger(expected), v.minValue(min, expected));
}

export function number(min?: number) {
  const expected = min === undefined ? 'a number' : `a number of at least ${min}`;
  return v.pipe(v.number(expected), v.finite(expected), v.minValue(min ?? -Infinity, expected));
}

export function oneOf<const T extends readonly string[]>(choices: T) {
  return v.picklist(choices, `one of ${choices.map((choice) => `"${choice}"`).join(', ')}`);
}

export function list<const S extends v.GenericSchema>(item: S) {
  return v.array(item, 'a list');
}

/** An object with these keys and no others. Otherwise a misspelt optional key would be ignored. */
export function record<const E extends v.ObjectEntries>(entries: E) {
  return v.strictObject(entries, 'an object');
}

const pair = v.tuple([integer(1), integer(1)], 'a list of two positive integers');

/** Cells of `stride` × `stride` tile pixels; `grid` is [rows, columns]. */
export const gridEntries = { stride: integer(1), grid: pair };

export { pair };
