import type { NadirError } from '../../lib/errors.ts';
import { connect, type WorkerClient } from '../rpc.ts';
import type { RasterApi } from './api.ts';

/** Starts a raster worker. Scenes belong to it: after a crash (`onCrash`, WORKER_CRASHED) open the file again in a new one. */
export function createRasterClient(onCrash?: (error: NadirError) => void): WorkerClient<RasterApi> {
  const worker = new Worker(new URL('./raster.worker.ts', import.meta.url), { type: 'module', name: 'raster' });
  return connect<RasterApi>(worker, onCrash);
}
