import type { JsonReader } from './json-reader.ts';

/** Two positive integers, such as the rows and columns of a grid. Throws MODEL_MANIFEST_INVALID. */
export function readPair(p: JsonReader): [number, number] {
  const [a, b] = p.list((n) => n.integer(1), 2);
  return [a!, b!];
}
