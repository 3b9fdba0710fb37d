import type { AskIo } from '../backend.ts';

/** Never ends a call, and hears nothing. */
export const silentIo: AskIo = { signal: new AbortController().signal, on: () => {} };
