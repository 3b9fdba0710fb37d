import type { Generation } from '../document.ts';

/** Greedy: the same answer every time. Also what answers of earlier versions used, which don't record it. */
export const DEFAULT_GENERATION: Generation = { maxNewTokens: 256, temperature: 0, topP: 1, seed: 1 };
