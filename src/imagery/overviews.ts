/** Levels that are built for images without overviews of their own. */

/** Levels that are built for an image without overviews of its own. */
export interface OverviewStatus {
  /** `ready` also if none are needed; `stopped` by the user; `failed`: see `note`. */
  state: 'waiting' | 'building' | 'ready' | 'stopped' | 'failed';
  /** Finished share of the work, 0–1. */
  fraction: number;
  /** As `SceneInfo.levels`, including those built so far. */
  levels: number[];
  /** `file`: the image's own are used. `none`: nothing built yet. `disk` outlives the page. */
  storage: 'file' | 'disk' | 'memory' | 'none';
  /** Space that the levels take there, when ready. */
  bytes: number;
  /** A sentence or two for the user; else null. */
  note: string | null;
}

/** Overviews of all images kept on this device. */
export interface OverviewCacheUse {
  bytes: number;
  /** Number of files: one per image and set of bands. */
  count: number;
  /**
   * Above this the least recently used are evicted; so are all that weren't used for 30 days. 0: the browser keeps
   * none.
   */
  limitBytes: number;
}
