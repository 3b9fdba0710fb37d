import type { Generation } from '../document.ts';

/** Greedy, so that an answer is the same every time. Answers of earlier versions, which record no options, used these. */
export const DEFAULT_GENERATION: Generation = { maxNewTokens: 256, temperature: 0, topP: 1, seed: 1 };
