import { NadirError } from '../lib/errors.ts';
import type { RasterApi, SceneInfo, Stretch } from '../workers/raster/api.ts';
import { newId } from './ids.ts';

const DEFAULT_STRETCH = { method: 'percentile', low: 2, high: 98 } as const;

/** The worker that is alive now; asking for its `api` may throw. */
export interface RasterHost {
  readonly api: RasterApi;
}

/** The stretch that a scene begins with: the one that its file asks for, else 2–98 %. Errors: those of reading. */
export function firstStretch({ api }: RasterHost, info: SceneInfo): Promise<Stretch> {
  const { method, low, high } = info.defaultStretch ?? DEFAULT_STRETCH;
  return api.computeStretch(info.id, method, low, high);
}

/** Closes a scene of the raster worker. Never rejects: a worker that has died meanwhile has forgotten it already. */
export async function forgetScene(raster: RasterHost, sceneId: string): Promise<void> {
  try {
    await raster.api.close(sceneId);
  } catch {
    // Nothing is left to close.
  }
}

/** Runs `work` as a job of the raster worker, which is told to stop when `signal` fires. Errors: ABORTED, and those of `work`. */
export async function asRasterJob<T>(
  { api }: RasterHost,
  signal: AbortSignal,
  work: (api: RasterApi, jobId: string) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw new NadirError('ABORTED', 'The read was stopped.');
  const jobId = newId('read');
  const cancel = () => void api.cancel(jobId).catch(() => undefined);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await work(api, jobId);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
