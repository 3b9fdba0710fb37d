import type { SceneInfo } from '../../imagery/image.ts';
import type { Stretch } from '../../imagery/stretch.ts';
import type { RasterApi } from '../../workers/raster/api.ts';

const DEFAULT_STRETCH = { method: 'percentile', low: 2, high: 98 } as const;

/** The present worker; reading `api` may throw. */
export interface RasterHost {
  readonly api: RasterApi;
}

/** A scene's first stretch: the file's own, else 2–98 %. Errors: those of reading. */
export function firstStretch({ api }: RasterHost, info: SceneInfo): Promise<Stretch> {
  const { method, low, high } = info.defaultStretch ?? DEFAULT_STRETCH;
  return api.computeStretch(info.id, method, low, high);
}

/** Closes a scene in the raster worker. Never rejects, because a crashed worker has no scene to close. */
export async function forgetScene(raster: RasterHost, sceneId: string): Promise<void> {
  try {
    await raster.api.close(sceneId);
  } catch {
    // The worker has crashed, and the scene with it.
  }
}
