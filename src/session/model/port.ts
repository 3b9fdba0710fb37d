import type { ReadonlySignal } from '@preact/signals';
import type { PixelWindow } from '../../geo/types.ts';
import type { ErrorData } from '../../lib/errors.ts';
import type { AdapterInfo, BackendChoice, LoadedModel, LoadProgress, Scores, Thing } from '../../vlm/types.ts';

export type ModelState =
  | { status: 'idle' }
  | { status: 'loading'; progress: LoadProgress | null }
  | { status: 'ready'; loaded: LoadedModel }
  | { status: 'failed'; error: ErrorData };

/** The adapter on the loaded model. */
export interface AdapterState {
  info: AdapterInfo | null;
  /** What is being done, in words; null when nothing is. */
  changing: string | null;
  /** Why the adapter could not be attached again when the model was loaded. */
  error: ErrorData | null;
}

export interface InspectInput {
  /** In full-resolution source pixels. */
  boxes?: Pick<Thing, 'label' | 'box'>[];
  /** Shown whole, as one tile; default: the whole scene. */
  region?: PixelWindow;
}

export interface InspectResult {
  /** One a box: outer rings in source pixels; null where its class has no masks, or nothing was found. */
  masks: Thing['rings'][];
  /** The dense head's boxes, in source pixels. */
  proposals: Thing[];
  scores: Scores;
  /** Objects in the region by the density head's own sum. */
  densities: { label: string; count: number }[];
}

/** Which model answers, and on what. */
export interface ModelPort {
  readonly state: ReadonlySignal<ModelState>;
  /** Name of the folder that the model comes from; null for the embedded one. */
  readonly folder: ReadonlySignal<string | null>;
  readonly backendChoice: ReadonlySignal<BackendChoice>;
  /**
   * Loads the chosen model, at first the embedded one, at start and when the user changes the backend. Never rejects: a failure is in
   * `state` and becomes a notice with its remedy.
   */
  load(choice: BackendChoice): Promise<void>;
  /**
   * Loads the model of a folder on disk, until the page is reloaded. Errors: MODEL_FILE_MISSING if no known format of model is in it, and
   * then the present model stays. A later failure is treated as by `load`.
   */
  loadFolder(files: readonly File[]): Promise<void>;
  /** Back to the model that comes with the app; ends a load that is under way. As `load`. */
  loadEmbedded(): Promise<void>;
  /**
   * What the model sees before any question, and the masks of given boxes: for measuring its parts by themselves. Errors: NO_IMAGE,
   * MODEL_NOT_READY, MODEL_BAND_MISSING, those of reading.
   */
  inspect(input: InspectInput): Promise<InspectResult>;
}

/** The LoRA adapter on the model. */
export interface AdapterPort {
  readonly current: ReadonlySignal<AdapterState>;
  /**
   * Adds the adapter among these files (PEFT layout) to the model; it stays through loads and reloads until it is detached. Errors:
   * QUESTION_RUNNING, MODEL_NOT_READY, ADAPTER_INVALID, ADAPTER_UNSUPPORTED, ADAPTER_WRONG_BASE; the adapter that was on stays.
   */
  attach(files: readonly File[]): Promise<AdapterInfo>;
  /** Back to the base model. Errors: QUESTION_RUNNING, MODEL_NOT_READY. */
  detach(): Promise<void>;
}
