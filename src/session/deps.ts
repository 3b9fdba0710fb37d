import type { NadirError } from '../lib/errors.ts';
import type { KeyValueStore } from '../storage/key-value-store.ts';
import type { Tab } from '../storage/tab.ts';
import type { RasterApi } from '../workers/raster/api.ts';
import type { WorkerClient } from '../workers/rpc.ts';
import type { VlmApi } from '../workers/vlm/api.ts';

/** Starts a worker; `onCrash` is told once when it dies, and then the factory is called again. */
export type StartWorker<Api> = (onCrash: (error: NadirError) => void) => WorkerClient<Api>;

/** What main.tsx hands to `createSession`: factories, because a crashed worker is replaced. */
export interface SessionDeps {
  raster: StartWorker<RasterApi>;
  vlm: StartWorker<VlmApi>;
  /** Absolute URL of the model's folder; ends in "/". */
  modelBaseUrl: string;
  /** Absolute URL of the folder with the sample scenes and their index.json; ends in "/". */
  samplesBaseUrl: string;
  /**
   * Fetches, once, all that the page needs later and doesn't have yet; the model is not called ready before. Errors: PART_MISSING;
   * the next call asks again.
   */
  fetchParts(): Promise<void>;
  /** Shared by all tabs of the page; a session has a part of its own in it. */
  storage: KeyValueStore;
  tab: Tab;
}
