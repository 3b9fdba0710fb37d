import type { NadirError } from '../lib/errors.ts';
import type { KeyValueStore } from '../storage/key-value-store.ts';
import type { Tab } from '../storage/tab.ts';
import type { PlanApi } from '../workers/plan/api.ts';
import type { RasterApi } from '../workers/raster/api.ts';
import type { WorkerClient } from '../workers/rpc.ts';
import type { VlmApi } from '../workers/vlm/api.ts';

/** Starts a worker. `onCrash` is called once when it crashes or hangs; the factory is then called again. */
export type StartWorker<Api> = (onCrash: (error: NadirError) => void) => WorkerClient<Api>;

/** What main.tsx hands to `createSession`: factories, because a crashed worker is replaced. */
export interface SessionDeps {
  raster: StartWorker<RasterApi>;
  vlm: StartWorker<VlmApi>;
  plans: StartWorker<PlanApi>;
  /** Absolute URL of the model's folder; ends in "/". */
  modelBaseUrl: string;
  /** Absolute URL of the folder with the sample scenes and their index.json; ends in "/". */
  samplesBaseUrl: string;
  /**
   * Fetches, once, the parts that the page needs later; the model doesn't count as ready before. Errors: PART_MISSING; the next call
   * tries again.
   */
  fetchParts(): Promise<void>;
  /** Shared by all tabs of the page; each session has its own part of it. */
  storage: KeyValueStore;
  tab: Tab;
}
