import type { VlmFormat } from './format.ts';
import { nadirFormat } from './nadir/format.ts';

/** Every format of a model folder. The first that recognises a folder opens it. */
export const formats: readonly VlmFormat[] = [nadirFormat];
