/** How much memory the tab's rasters may take, and who gets it. All in bytes. */
export interface MemoryPlan {
  /** Everything below together, with what decoding and resampling hold for a moment. */
  capBytes: number;
  /** Decoded blocks of all open scenes, whole pictures (PNG, JPEG, WebP) and overviews held in memory. */
  cacheBytes: number;
  /** One decoded block; a file with larger ones is refused in words. */
  maxBlockBytes: number;
}

const GIB = 2 ** 30;

/**
 * 1 GiB, or 512 MiB on machines that say they have less than 4 GiB. `deviceMemoryGb`: navigator.deviceMemory, which only some
 * browsers have (undefined elsewhere). Half of the cap is cache; the rest is for what is under way: compressed bytes,
 * blocks in the decoders, and planes being resampled.
 */
export function planMemory(deviceMemoryGb: number | undefined): MemoryPlan {
  const capBytes = deviceMemoryGb !== undefined && deviceMemoryGb < 4 ? GIB / 2 : GIB;
  return { capBytes, cacheBytes: capBytes / 2, maxBlockBytes: capBytes / 8 };
}
