import type { SceneInfo } from '../../imagery/image.ts';
import type { Stretch } from '../../imagery/stretch.ts';
import type { RasterApi } from '../../workers/raster/api.ts';

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
