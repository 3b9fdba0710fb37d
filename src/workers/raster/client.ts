import type { NadirError } from '../../lib/errors.ts';
import { type Part, startWorker } from '../parts.ts';
import { connect, type WorkerClient } from '../rpc.ts';
import type { Patience } from '../watch.ts';
import type { RasterApi } from './api.ts';
import workerUrl from './raster.worker.ts?worker&url';

export const RASTER_PART: Part = {
  what: 'The imagery reader',
  url: new URL(workerUrl, import.meta.url).href,
  type: 'text/javascript',
};

/**
 * A timer in this worker makes a step every second, so silence means that its thread is blocked. Decoding, which takes
 * longest, has its own workers and limits; waiting for a slow host doesn't block.
 */
const PATIENCE: Patience = { firstMs: 45_000, minMs: 45_000 };

/**
 * Starts a raster worker, which owns its scenes: after a crash (`onCrash`, WORKER_CRASHED) open the file again in a new
 * one.
 */
export function createRasterClient(onCrash?: (error: NadirError) => void): WorkerClient<RasterApi> {
  return connect<RasterApi>(startWorker(RASTER_PART, 'raster'), {
    what: RASTER_PART.what,
    patience: PATIENCE,
    // It builds overviews by itself.
    isSteady: true,
    onCrash,
  });
}
