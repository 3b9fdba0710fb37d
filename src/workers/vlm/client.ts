import { NadirError } from '../../lib/errors.ts';
import { runtimeFiles } from '../../vlm/runtime/runtime-files.ts';
import type { RuntimeFiles } from '../../vlm/types.ts';
import { keepPart, type Part, startWorker } from '../parts.ts';
import { connect, type WorkerClient } from '../rpc.ts';
import { moved } from '../transfer.ts';
import type { Patience } from '../watch.ts';
import type { VlmApi, VlmWorkerApi } from './api.ts';
import workerUrl from './vlm.worker.ts?worker&url';

const WORKER_PART: Part = {
  what: 'The model’s worker',
  url: new URL(workerUrl, import.meta.url).href,
  type: 'text/javascript',
};

/** While loading, a step is a file or a session. While answering, a step is a stage, a token or a mask. */
const PATIENCE: Patience = { firstMs: 300_000, minMs: 60_000 };

/** ONNX Runtime's files, which the page keeps. Errors: PART_MISSING. */
async function keptRuntime(): Promise<RuntimeFiles> {
  const { mjs, wasm } = runtimeFiles();
  const what = 'ONNX Runtime';
  const [keptMjs, keptWasm] = await Promise.all([
    keepPart({ what, url: mjs, type: 'text/javascript' }),
    keepPart({ what, url: wasm, type: 'application/wasm' }),
  ]);
  return { mjs: keptMjs, wasm: keptWasm };
}

/**
 * Starts the VLM worker. If it dies or hangs, pending and later calls reject with WORKER_CRASHED and `onCrash` is
 * called once. The caller then starts another client. The pixels of an `ask` or `look` are moved to the worker and must
 * not be used afterwards.
 */
export function createVlmClient(onCrash?: (error: NadirError) => void): WorkerClient<VlmApi> {
  const { what } = WORKER_PART;
  const client = connect<VlmWorkerApi>(startWorker(WORKER_PART, 'vlm'), { what, patience: PATIENCE, onCrash });
  const { api, watch } = client;
  // If the worker has died in the meantime, it needs no files.
  void keptRuntime()
    .catch((thrown: unknown) => NadirError.from(thrown).toData())
    .then((given) => api.provideRuntime(given))
    .catch(() => undefined);
  return {
    terminate: client.terminate,
    get pulse() {
      return client.pulse;
    },
    api: {
      locateModel: (files) => api.locateModel(files),
      load: async (source, backend, onProgress) => {
        watch.forget();
        const loaded = await api.load(source, backend, onProgress);
        // The warm-up ran every stage, except on a software adapter (vlm/load.ts).
        if (!(loaded.backend.kind === 'webgpu' && loaded.backend.software)) watch.prove();
        return loaded;
      },
      ask: async (request, signal, onEvent) => {
        const buffers = request.views.map(({ pixels }) => pixels.data.buffer);
        const result = await api.ask(moved(request, buffers), signal, onEvent);
        watch.prove();
        return result;
      },
      look: (request, signal) => api.look(moved(request, [request.view.pixels.data.buffer]), signal),
      learn: (request, signal, onStep) => {
        const buffers = request.views.map(({ view }) => view.pixels.data.buffer);
        return api.learn(moved(request, buffers), signal, onStep);
      },
      detect: (request, signal) => api.detect(moved(request, [request.view.pixels.data.buffer]), signal),
      read: (question, before) => api.read(question, before),
      attachAdapter: (files) => api.attachAdapter(files),
      detachAdapter: () => api.detachAdapter(),
      unload: () => api.unload(),
    },
  };
}
