import type { ErrorData } from '../../lib/errors.ts';
import type {
  AdapterInfo,
  AskEvent,
  AskRequest,
  AskResult,
  BackendChoice,
  LoadedModel,
  LoadProgress,
  LookRequest,
  LookResult,
  ModelSource,
  RuntimeFiles,
} from '../../vlm/types.ts';

/** The whole contract of the VLM worker. Implemented in vlm.worker.ts, called through client.ts. */

/** The worker's side of `VlmApi`, with what only the client calls. */
export interface VlmWorkerApi extends VlmApi {
  /** Once a worker, at any time: the page fetches these files while the model's own are being read. Or why it could not. */
  provideRuntime(runtime: RuntimeFiles | ErrorData): Promise<void>;
}

export interface VlmApi {
  /** Errors: MODEL_*, WEBGPU_UNAVAILABLE, OUT_OF_MEMORY. */
  load(source: ModelSource, backend: BackendChoice, onProgress: (p: LoadProgress) => void): Promise<LoadedModel>;
  /** One slice (for change, two), one answer. The tiles' buffers are transferred. `signal` ends it at the next token with stopReason "aborted". */
  ask(request: AskRequest, signal: AbortSignal, onEvent: (e: AskEvent) => void): Promise<AskResult>;
  /** Encodes a tile and refines boxes on it, without the language model. The tile's buffer is transferred. Errors: as `ask`, ABORTED. */
  look(request: LookRequest, signal: AbortSignal): Promise<LookResult>;
  /**
   * Adds the adapter among these files (PEFT layout) to the loaded model, in the place of one that is there; a failure
   * leaves that one. Errors: ADAPTER_INVALID, ADAPTER_UNSUPPORTED, ADAPTER_WRONG_BASE, MODEL_NOT_READY, OUT_OF_MEMORY.
   */
  attachAdapter(files: File[]): Promise<AdapterInfo>;
  /** Back to the base model; nothing happens without an adapter. */
  detachAdapter(): Promise<void>;
  /** Frees sessions and buffers. */
  unload(): Promise<void>;
}
