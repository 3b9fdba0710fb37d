import type { Plan } from '../plan/plan.ts';
import type { TaughtHead } from '../teaching/taught-class.ts';
import type { FeatureGrid } from './teaching/feature-grid.ts';
import type {
  AdapterInfo,
  Ask,
  AskEvent,
  AskResult,
  InputSpec,
  LearnRequest,
  LookRequest,
  LookResult,
  ModelCard,
  QuestionReading,
  TaughtLook,
  View,
} from './types.ts';

/**
 * A loaded model. It hides everything that differs between model families: how prompts are worded, how pixels are
 * prepared and how answers are read. Calls are made one at a time.
 */
export interface VlmBackend {
  readonly card: ModelCard;
  readonly input: InputSpec;
  /**
   * Answers one prompt. An abort is not an error: the result holds the text so far, with stopReason "aborted". Errors:
   * VIEWS_UNSUPPORTED, MODEL_LACKS_TASK, PROMPT_TOO_LONG, DEVICE_LOST, OUT_OF_MEMORY.
   */
  ask(request: Ask, io: AskIo): Promise<AskResult>;
  /**
   * What the model's parts detect on a tile before any question. A model without such parts gives empty lists. Errors:
   * as `ask`; ABORTED.
   */
  inspect(request: LookRequest, io: AskIo): Promise<LookResult>;
  /**
   * Reads a question into the fields of a plan. `before` is the plan of the previous question in the conversation; it
   * supplies what the question leaves out. Absent for a model without a reader. Errors: OUT_OF_MEMORY.
   */
  read?(question: string, before: Plan | null): Promise<QuestionReading>;
  /** Absent for a model that takes no adapters. */
  readonly adapters?: AdapterPort;
  /** Absent for a model that can't be taught. `teachingWith` makes it from the features of a view. */
  readonly teaching?: TeachingPort;
  /** Runs everything once, so that the first question doesn't wait for compiling and allocating. */
  warmUp(): Promise<void>;
  /** Frees sessions, buffers and devices. */
  dispose(): Promise<void>;
}

/** How to stop a call, and where its events go. */
export interface AskIo {
  signal: AbortSignal;
  on(event: BackendEvent): void;
}

/** `step`: long work has made progress. A model that sends no event for too long counts as hung. */
export type BackendEvent = AskEvent | { kind: 'step' };

export interface AdapterPort {
  /**
   * Attaches the adapter in these files, replacing any other adapter. On failure the current adapter stays. Errors:
   * ADAPTER_INVALID, ADAPTER_UNSUPPORTED, ADAPTER_WRONG_BASE, OUT_OF_MEMORY.
   */
  attach(files: readonly File[]): Promise<AdapterInfo>;
  /** Returns to the base model. Does nothing without an adapter. */
  detach(): Promise<void>;
}

/** Learns what the model has no name for from a few examples, and finds it. Errors: as `ask`; ABORTED. */
export interface TeachingPort {
  /** What the vision tower says of each cell of a view. The data must not be changed. */
  features(view: View, io: AskIo): Promise<FeatureGrid>;
  /** Sends a step for each view. Errors: EXAMPLES_TOO_FEW. */
  learn(request: LearnRequest, io: AskIo): Promise<TaughtHead>;
  /** Errors: CLASS_WRONG_MODEL for a head that was learned from other features. */
  detect(view: View, head: TaughtHead, io: AskIo): Promise<TaughtLook>;
}
