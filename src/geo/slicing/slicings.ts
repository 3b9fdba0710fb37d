import { llavaUhd } from './llava-uhd.ts';
import { resize } from './resize.ts';
import type { Slicing } from './slicing.ts';
import { tiles } from './tiles.ts';

/** All slicings, in the order of the command line's help. */
export const slicings = [resize, tiles, llavaUhd] as const satisfies readonly Slicing[];

export type SlicingId = (typeof slicings)[number]['id'];
