import type { NadirError } from '../../lib/errors.ts';
import { callback, connect, moveArgument, type WorkerClient } from '../rpc.ts';
import type { VlmApi } from './api.ts';

/**
 * Starts the VLM worker. If it dies, pending and later calls reject with WORKER_CRASHED and `onCrash` is told once;
 * start another client then. The tiles of an `ask` or `look` are moved to the worker and must not be used afterwards.
 */
export function createVlmClient(onCrash?: (error: NadirError) => void): WorkerClient<VlmApi> {
  const worker = new Worker(new URL('./vlm.worker.ts', import.meta.url), { type: 'module', name: 'vlm' });
  const { api, terminate } = connect<VlmApi>(worker, onCrash);
  return {
    terminate,
    api: {
      load: (source, backend, onProgress) => api.load(source, backend, callback(onProgress)),
      ask: (jobId, request, onEvent) => {
        const tiles = request.before ? [request.slice.tile, request.before.tile] : [request.slice.tile];
        const buffers = tiles.map((tile) => tile.data.buffer);
        return api.ask(jobId, moveArgument(request, buffers), callback(onEvent));
      },
      look: (jobId, request) => api.look(jobId, moveArgument(request, [request.slice.tile.data.buffer])),
      attachAdapter: (files) => api.attachAdapter(files),
      detachAdapter: () => api.detachAdapter(),
      cancel: (jobId) => api.cancel(jobId),
      unload: () => api.unload(),
    },
  };
}
