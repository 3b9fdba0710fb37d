import type { Dialect } from './dialect.ts';
import { nadir } from './nadir.ts';

/** The dialects that a manifest's `dialect.id` may name. */
export const dialects = { nadir } satisfies Record<string, Dialect>;

export type DialectId = keyof typeof dialects;
export const dialectIds = Object.keys(dialects) as DialectId[];
