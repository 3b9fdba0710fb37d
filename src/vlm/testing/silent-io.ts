import type { AskIo } from '../backend.ts';

/** Never stops a call, and ignores its events. */
export const silentIo: AskIo = { signal: new AbortController().signal, on: () => {} };
