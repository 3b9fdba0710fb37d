import type { Dialect } from './dialect.ts';
import { nadir } from './nadir.ts';

/** Every dialect that a manifest may name. */
export const dialects: readonly Dialect[] = [nadir];
