import { NadirError } from '../../lib/errors.ts';
import type { VlmBackend } from '../../vlm/backend.ts';
import { loadModel, locateModel } from '../../vlm/load.ts';
import { openOrt } from '../../vlm/runtime/ort-runtime.ts';
import type { LoadProgress, RuntimeFiles } from '../../vlm/types.ts';
import { serve, step } from '../rpc.ts';
import type { VlmWorkerApi } from './api.ts';

let model: VlmBackend | null = null;
const runtime = Promise.withResolvers<RuntimeFiles>();
// Avoids an unhandled rejection while nobody is waiting for it.
runtime.promise.catch(() => {});
/** Calls run one after another, so a question never meets a model that is being loaded or freed. */
let turn: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = turn.then(work);
  turn = result.catch(() => {});
  return result;
}

function onModel<T>(work: (model: VlmBackend) => Promise<T>): Promise<T> {
  return inTurn(async () => {
    if (model) return work(model);
    throw new NadirError('MODEL_NOT_READY', 'The model is not loaded yet. Wait until it is ready, then try again.');
  });
}

async function free(): Promise<void> {
  const old = model;
  model = null;
  await old?.dispose();
}

serve<VlmWorkerApi>({
  provideRuntime: async (given) => {
    if ('code' in given) runtime.reject(NadirError.fromData(given));
    else runtime.resolve(given);
  },

  locateModel,

  load: (source, backend, onProgress) =>
    inTurn(async () => {
      const started = performance.now();
      await free();
      const report = (progress: LoadProgress) => {
        step();
        onProgress(progress);
      };
      const loaded = await loadModel(source, backend, report, async (threads) =>
        openOrt(threads, await runtime.promise),
      );
      model = loaded.model;
      return {
        model: { ...model.card, ...model.input },
        backend: loaded.backend,
        loadMs: performance.now() - started,
        files: loaded.kept,
      };
    }),

  ask: (request, signal, onEvent) =>
    onModel((model) =>
      model.ask(request, {
        signal,
        on: (event) => {
          step();
          if (event.kind !== 'step') onEvent(event);
        },
      }),
    ),

  look: (request, signal) => onModel((model) => model.inspect(request, { signal, on: step })),

  attachAdapter: (files) =>
    onModel(async ({ adapters, card }) => {
      if (adapters) return adapters.attach(files);
      throw new NadirError('ADAPTER_UNSUPPORTED', `${card.name} takes no adapters. Choose another model.`);
    }),

  detachAdapter: () => inTurn(async () => model?.adapters?.detach()),

  unload: () => inTurn(free),
});
