import type { ByteLru } from '../cache/lru.ts';
import type { MemoryPlan } from '../cache/memory-plan.ts';
import type { OverviewDisk } from '../overviews/disk.ts';
import type { DecodeService } from '../pool/decode-service.ts';
import type { Sidecars } from '../sidecars/read.ts';
import type { SampleArray } from '../tiff/samples.ts';

/** What all open scenes share, and what belongs to the one being opened. */
export interface OpenContext {
  /** Decoded blocks of all scenes. */
  cache: ByteLru<SampleArray>;
  /** Prefix of this scene's keys in the cache. No other scene's prefix starts with it. */
  keyPrefix: string;
  decoders: DecodeService;
  /** Where overviews are kept across reloads; null or absent: in memory only. */
  disk?: OverviewDisk | null;
  /** The files that lie beside the image; absent if there are none. */
  sidecars?: Sidecars;
  limits: Pick<MemoryPlan, 'maxBlockBytes'>;
}
