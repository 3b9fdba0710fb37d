import type { Plan } from '../plan/plan.ts';
import type {
  AdapterInfo,
  Ask,
  AskEvent,
  AskResult,
  InputSpec,
  LookRequest,
  LookResult,
  ModelCard,
  QuestionReading,
} from './types.ts';

/**
 * A loaded model. Everything that differs between families of models lies behind it: the words of a prompt, what is done to
 * pixels before the model sees them, how its answers are read. Calls are made one at a time.
 */
export interface VlmBackend {
  readonly card: ModelCard;
  readonly input: InputSpec;
  /**
   * Answers one prompt. Being aborted is no error: the result then holds what was written so far, with stopReason "aborted".
   * Errors: VIEWS_UNSUPPORTED, MODEL_LACKS_TASK, PROMPT_TOO_LONG, DEVICE_LOST, OUT_OF_MEMORY.
   */
  ask(request: Ask, io: AskIo): Promise<AskResult>;
  /** What the model's parts see on a tile before any question; a model that has no such parts gives empty lists. Errors: as `ask`; ABORTED. */
  inspect(request: LookRequest, io: AskIo): Promise<LookResult>;
  /**
   * Reads a question into the fields of a plan. `before`: the question before it in a conversation, from which it takes what it
   * leaves out. Absent for a model without a reader. Errors: OUT_OF_MEMORY.
   */
  read?(question: string, before: Plan | null): Promise<QuestionReading>;
  /** Absent for a model that takes no adapters. */
  readonly adapters?: AdapterPort;
  /** Runs everything once, so that the first question doesn't pay for compiling and allocating. */
  warmUp(): Promise<void>;
  /** Frees sessions, buffers and devices. */
  dispose(): Promise<void>;
}

/** How a call is ended, and what is heard of it. */
export interface AskIo {
  signal: AbortSignal;
  on(event: BackendEvent): void;
}

/** `step`: long work has moved on. A model that makes no event for too long counts as hung. */
export type BackendEvent = AskEvent | { kind: 'step' };

export interface AdapterPort {
  /**
   * Attaches the adapter in these files in the place of any other; a failure leaves what was there. Errors:
   * ADAPTER_INVALID, ADAPTER_UNSUPPORTED, ADAPTER_WRONG_BASE, OUT_OF_MEMORY.
   */
  attach(files: readonly File[]): Promise<AdapterInfo>;
  /** Back to the base model; does nothing without an adapter. */
  detach(): Promise<void>;
}
