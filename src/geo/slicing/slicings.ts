import { llavaUhd } from './llava-uhd.ts';
import { resize } from './resize.ts';
import type { Slicing } from './slicing.ts';
import { tiles } from './tiles.ts';

/** All slicings, in the order of the command line's help. */
export const slicings = [resize, tiles, llavaUhd] as const satisfies readonly Slicing[];

export type SlicingId = (typeof slicings)[number]['id'];

/** How a region larger than the model's tile is covered; `auto`: as the model wants it, or as the task and the scale need it. */
export type SlicingMode = 'auto' | SlicingId;
