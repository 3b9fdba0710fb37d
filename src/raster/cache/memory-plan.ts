/** How much memory the tab's rasters may use, and for what. All in bytes. */
export interface MemoryPlan {
  /** The total: everything below plus what decoding and resampling hold temporarily. */
  capBytes: number;
  /** Decoded blocks of all open scenes, whole pictures (PNG, JPEG, WebP) and overviews held in memory. */
  cacheBytes: number;
  /** The largest decoded block; a file with larger blocks is refused with a message. */
  maxBlockBytes: number;
}

const GIB = 2 ** 30;

/**
 * 1 GiB, or 512 MiB on machines that report less than 4 GiB. `deviceMemoryGb` is navigator.deviceMemory, which only
 * some browsers have (undefined elsewhere). Half of the cap is cache. The rest is for work in progress: compressed
 * bytes, blocks in the decoders, and planes being resampled.
 */
export function planMemory(deviceMemoryGb: number | undefined): MemoryPlan {
  const capBytes = deviceMemoryGb !== undefined && deviceMemoryGb < 4 ? GIB / 2 : GIB;
  return { capBytes, cacheBytes: capBytes / 2, maxBlockBytes: capBytes / 8 };
}
