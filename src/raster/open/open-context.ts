import type { ByteLru } from '../cache/lru.ts';
import type { MemoryPlan } from '../cache/memory-plan.ts';
import type { OverviewDisk } from '../overviews/disk.ts';
import type { DecodeService } from '../pool/decode-service.ts';
import type { Sidecars } from '../sidecars/read.ts';
import type { SampleArray } from '../tiff/samples.ts';

/** What all open scenes share, and what belongs to the one being opened. */
export interface OpenContext {
  /** Decoded blocks of all scenes together. */
  cache: ByteLru<SampleArray>;
  /** The scene's own part of the cache: no other scene's prefix begins with it. */
  keyPrefix: string;
  decoders: DecodeService;
  /** Where overviews are kept over reloads; null or absent: in memory only. */
  disk?: OverviewDisk | null;
  /** The files that lie beside the image. Absent: none. */
  sidecars?: Sidecars;
  limits: Pick<MemoryPlan, 'maxBlockBytes'>;
}
