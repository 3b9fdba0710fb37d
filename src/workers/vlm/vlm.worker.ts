import { NadirError } from '../../lib/errors.ts';
import { openOrt } from '../../vlm/runtime/ort-runtime.ts';
import type { RuntimeFiles } from '../../vlm/types.ts';
import { serve, step } from '../rpc.ts';
import type { VlmWorkerApi } from './api.ts';
import { createVlmService } from './service.ts';

const runtime = Promise.withResolvers<RuntimeFiles>();
// Avoids an unhandled rejection if the runtime fails before anything awaits it.
runtime.promise.catch(() => {});

serve<VlmWorkerApi>({
  ...createVlmService(async (threads) => openOrt(threads, await runtime.promise), step),
  provideRuntime: async (given) => {
    if ('code' in given) runtime.reject(NadirError.fromData(given));
    else runtime.resolve(given);
  },
});
