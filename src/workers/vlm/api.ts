import type { ErrorData } from '../../lib/errors.ts';
import type { Plan } from '../../plan/plan.ts';
import type { TaughtHead } from '../../teaching/taught-class.ts';
import type {
  AdapterInfo,
  Ask,
  AskEvent,
  AskResult,
  BackendChoice,
  FolderFile,
  LearnRequest,
  LoadedModel,
  LoadProgress,
  LookRequest,
  LookResult,
  ModelSource,
  QuestionReading,
  RuntimeFiles,
  TaughtLook,
  View,
} from '../../vlm/types.ts';

/** The contract of the VLM worker. Implemented in vlm.worker.ts, called through client.ts. */

/** The worker's side of `VlmApi`, including the call that only the client makes. */
export interface VlmWorkerApi extends VlmApi {
  /**
   * Called once per worker, at any time. The page fetches these files while the worker reads the model's own files. An
   * error says why the page could not fetch them.
   */
  provideRuntime(runtime: RuntimeFiles | ErrorData): Promise<void>;
}

export interface VlmApi {
  /**
   * Finds the uppermost model among these files: the path of its folder, "" or ending in "/". Loads nothing. Errors:
   * MODEL_FILE_MISSING, which names the known formats.
   */
  locateModel(files: FolderFile[]): Promise<string>;
  /** Errors: MODEL_*, WEBGPU_UNAVAILABLE, OUT_OF_MEMORY. */
  load(source: ModelSource, backend: BackendChoice, onProgress: (p: LoadProgress) => void): Promise<LoadedModel>;
  /**
   * Answers one prompt. The views' buffers are transferred. `signal` stops it at the next token, with stopReason
   * "aborted".
   */
  ask(request: Ask, signal: AbortSignal, onEvent: (e: AskEvent) => void): Promise<AskResult>;
  /**
   * Encodes a tile and refines boxes on it, without the language model. The view's buffer is transferred. Errors: as
   * `ask`, ABORTED.
   */
  look(request: LookRequest, signal: AbortSignal): Promise<LookResult>;
  /**
   * Reads a question into the fields of a plan. `before` is the plan of the previous question. Errors: MODEL_LACKS_TASK
   * for a model without a reader, MODEL_NOT_READY, OUT_OF_MEMORY.
   */
  read(question: string, before: Plan | null): Promise<QuestionReading>;
  /**
   * Learns a class from examples. The views' buffers are transferred. `onStep` is called after each view. Errors:
   * MODEL_LACKS_TASK for a model that can't be taught, EXAMPLES_TOO_FEW, as `look`.
   */
  learn(request: LearnRequest, signal: AbortSignal, onStep: () => void): Promise<TaughtHead>;
  /**
   * Finds a taught class on a view, whose buffer is transferred. Errors: as `look`, MODEL_LACKS_TASK,
   * CLASS_WRONG_MODEL.
   */
  detect(request: { view: View; head: TaughtHead }, signal: AbortSignal): Promise<TaughtLook>;
  /**
   * Attaches the adapter in these files (PEFT layout) to the loaded model, replacing any other adapter. On failure the
   * current adapter stays. Errors: ADAPTER_INVALID, ADAPTER_UNSUPPORTED, ADAPTER_WRONG_BASE, MODEL_NOT_READY,
   * OUT_OF_MEMORY.
   */
  attachAdapter(files: File[]): Promise<AdapterInfo>;
  /** Returns to the base model. Does nothing without an adapter. */
  detachAdapter(): Promise<void>;
  /** Frees sessions and buffers. */
  unload(): Promise<void>;
}
