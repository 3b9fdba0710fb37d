/** Levels that are built for images without overviews of their own. */

/** Levels that are built for an image without overviews of its own. */
export interface OverviewStatus {
  /** `ready` also where none are needed; `stopped` by the user; `failed`: see `note`. */
  state: 'waiting' | 'building' | 'ready' | 'stopped' | 'failed';
  /** Of the work, 0–1. */
  fraction: number;
  /** As `SceneInfo.levels`, with those built so far. */
  levels: number[];
  /** `file`: the image's own are used. `none`: nothing built yet. `disk` outlives the page. */
  storage: 'file' | 'disk' | 'memory' | 'none';
  /** That they take there, when ready. */
  bytes: number;
  /** What the user should know, in a sentence or two; else null. */
  note: string | null;
}

/** Overviews of all images kept on this device. */
export interface OverviewCacheUse {
  bytes: number;
  /** Files: one for each set of bands of each image. */
  count: number;
  /** The least recently used are evicted beyond this, and all that weren't used for 30 days. 0: the browser keeps none. */
  limitBytes: number;
}
