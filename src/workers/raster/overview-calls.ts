import type { SceneId } from '../../imagery/image.ts';
import type { OverviewStatus } from '../../imagery/overviews.ts';
import { type OverviewDisk, openOverviewDisk } from '../../raster/overviews/disk.ts';
import { overviewsOf } from '../../raster/read/pyramid.ts';
import type { RasterScene } from '../../raster/scene.ts';
import type { RasterApi } from './api.ts';

type OverviewApi = Pick<
  RasterApi,
  'overviews' | 'stopOverviews' | 'buildOverviews' | 'overviewCache' | 'clearOverviewCache'
>;

/** Opened once: one folder for all scenes. */
let opening: Promise<OverviewDisk | null> | null = null;

export function overviewDisk(): Promise<OverviewDisk | null> {
  opening ??= openOverviewDisk();
  return opening;
}

/** The overview calls of the raster worker's contract. */
export function overviewCalls(sceneOf: (id: SceneId) => RasterScene): OverviewApi {
  return {
    async overviews(id, onStatus) {
      const overviews = overviewsOf(sceneOf(id));
      // If the page is gone, the call fails; that isn't a failure of the build.
      const call = onStatus as (status: OverviewStatus) => unknown;
      const notify = (status: OverviewStatus) => void Promise.resolve(call(status)).catch(() => undefined);
      overviews.subscribe(notify);
      notify(overviews.status);
    },
    async stopOverviews(id) {
      overviewsOf(sceneOf(id)).stop();
    },
    async buildOverviews(id) {
      overviewsOf(sceneOf(id)).start();
    },
    async overviewCache() {
      return (await (await overviewDisk())?.use()) ?? { bytes: 0, count: 0, limitBytes: 0 };
    },
    async clearOverviewCache() {
      return (await (await overviewDisk())?.clear()) ?? 0;
    },
  };
}
