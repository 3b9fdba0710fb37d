import { NadirError } from '../../lib/errors.ts';
import { readAdapter } from '../../vlm/adapters/read-adapter.ts';
import { type Loaded, loadModel } from '../../vlm/load.ts';
import { modelInfo } from '../../vlm/model-info.ts';
import { openOrt } from '../../vlm/runtime/ort-runtime.ts';
import type { AskEvent, LoadProgress, RuntimeFiles } from '../../vlm/types.ts';
import { serve, step } from '../rpc.ts';
import type { VlmWorkerApi } from './api.ts';

let loaded: Loaded | null = null;
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

/** Runs work on the loaded model; `signal` can end it. */
function onModel<T>(signal: AbortSignal, work: (model: Loaded, isCancelled: () => boolean) => Promise<T>): Promise<T> {
  return inTurn(async () => {
    if (!loaded) {
      throw new NadirError('MODEL_NOT_READY', 'The model is not loaded yet. Wait until it is ready, then ask again.');
    }
    return work(loaded, () => {
      // Called between tokens, stages and masks.
      step();
      return signal.aborted;
    });
  });
}

async function free(): Promise<void> {
  const old = loaded;
  loaded = null;
  await old?.dispose();
}

serve<VlmWorkerApi>({
  provideRuntime: async (given) => {
    if ('code' in given) runtime.reject(NadirError.fromData(given));
    else runtime.resolve(given);
  },

  load: (source, backend, onProgress) =>
    inTurn(async () => {
      const started = performance.now();
      await free();
      const report = (progress: LoadProgress) => {
        step();
        onProgress(progress);
      };
      loaded = await loadModel(source, backend, report, async (threads) => openOrt(threads, await runtime.promise));
      const { files, backend: used, kept } = loaded;
      return { model: modelInfo(files), backend: used, loadMs: performance.now() - started, files: kept };
    }),

  ask: (request, signal, onEvent) =>
    onModel(signal, ({ model }, isCancelled) => {
      const notify = (event: AskEvent) => {
        step();
        onEvent(event);
      };
      return model.ask(request, { onEvent: notify, isCancelled });
    }),

  look: (request, signal) => onModel(signal, ({ model }, isCancelled) => model.inspect(request, isCancelled)),

  attachAdapter: (files) =>
    inTurn(async () => {
      if (!loaded) throw new NadirError('MODEL_NOT_READY', 'No model is loaded yet. Load it, then add the adapter.');
      const { info, weights } = await readAdapter(loaded.files.manifest, files);
      await loaded.model.engine.useAdapter(weights);
      return info;
    }),

  detachAdapter: () => inTurn(async () => loaded?.model.engine.useAdapter(null)),

  unload: () => inTurn(free),
});
