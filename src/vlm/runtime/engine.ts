import type { LoraWeights } from '../adapters/lora-weights.ts';

/** The connector's outputs for one tile, on the CPU. The manifest's grids and label lists give the shapes. */
export interface Evidence {
  /** f32[rows, cols, classes], sigmoid scores. */
  heat: Float32Array;
  /** f32[rows, cols, 6] = (dx, dy, log w, log h, sin2θ, cos2θ). */
  geom: Float32Array;
  /** f32[rows, cols, features] on the neck's grid. */
  neck: Float32Array;
  /** f32[scenes], probabilities. */
  scene: Float32Array;
  /** f32[presence labels], probabilities. */
  presence: Float32Array;
  /** f32[defects], probabilities; null for a model without this head. */
  quality: Float32Array | null;
  /** f32[rows, cols, density classes] on the neck's grid, objects per cell; null for a model without this head. */
  density: Float32Array | null;
  /** f32[rows, cols, cover labels] on the cover's grid, probabilities; null for a model without this head. */
  cover: Float32Array | null;
}

/** The change head's outputs for two necks, on the CPU. The manifest's `change` grid gives the shapes. */
export interface ChangeEvidence {
  /** f32[rows · hidden]: rows for the prompt. */
  rows: Float32Array;
  /** f32[rows, cols, 1], sigmoid scores. */
  heat: Float32Array;
  /** f32[rows, cols, 6], as in `Evidence`. */
  geom: Float32Array;
  /** Probability that anything changed. */
  changed: number;
}

/** Inputs of the refiner's graph for `count` boxes. */
export interface RefinerInputs {
  count: number;
  /** f32[count, bands + 1, cropSide, cropSide]: normalised bands and a 1/0 map of the box itself. */
  crop: Float32Array;
  cropSide: number;
  /** f32[count, features, featureSide, featureSide]. */
  features: Float32Array;
  featureSide: number;
  /** f32[count, the refiner's classes], one-hot. */
  label: Float32Array;
}

/** Input of the language model: f32[length, hidden]. The engine fills a gap of `visualRows` rows at `visualAt`. */
export interface PromptRows {
  rows: Float32Array<ArrayBuffer>;
  length: number;
  visualAt: number;
  visualRows: number;
  /**
   * Number of rows, starting at `visualAt`, that stand for the image: the gap and one row per proposal. Absent: only
   * the gap.
   */
  imageRows?: number;
}

/** Inputs of the proposal graph for K places: geometry f32[K,6], scores f32[K,C], features f32[K,F]. */
export interface ProposalInputs {
  count: number;
  geometry: Float32Array;
  scores: Float32Array;
  features: Float32Array;
}

/**
 * A loaded model on one backend. Both backends give the same numbers within f32 rounding. Calls are made one at a time,
 * in the order `see` → `connect` → `prefill` → `step`…. The visual rows and the key/value cache stay inside the engine.
 */
export interface Engine {
  readonly kind: 'webgpu' | 'wasm';
  /**
   * Runs the vision tower. `pixels` f32[tile, tile, bands], normalised; the engine may keep the array until the next
   * call. A slow tower that can stop partway rejects with ABORTED once `isStopped` returns true.
   */
  see(pixels: Float32Array, isStopped?: () => boolean): Promise<void>;
  /** Runs the connector on the last tile seen. The returned arrays belong to the caller. */
  connect(): Promise<Evidence>;
  /** f32[count, hidden]; empty if there are no places. */
  embedPlaces(inputs: ProposalInputs): Promise<Float32Array>;
  /** Compares two necks f32[rows, cols, features]. MODEL_LACKS_TASK for a model without a change head. */
  compare(neckBefore: Float32Array, neckAfter: Float32Array): Promise<ChangeEvidence>;
  /** f32[count, hidden]; empty if there are no places. MODEL_LACKS_TASK for a model without a change head. */
  embedChanges(inputs: ProposalInputs): Promise<Float32Array>;
  /**
   * Starts an answer: fills the prompt's visual gap, if it has one, and resets the cache. Returns logits f32[vocab]
   * after the last row.
   */
  prefill(prompt: PromptRows): Promise<Float32Array>;
  /** Appends one row f32[hidden]. Returns logits f32[vocab]. */
  step(row: Float32Array): Promise<Float32Array>;
  /** Sets the adapter, or the base model if null, for answers that start later. ADAPTER_UNSUPPORTED. */
  useAdapter(adapter: LoraWeights | null): Promise<void>;
  /** Mask logits f32[count, size, size]. */
  refine(inputs: RefinerInputs): Promise<Float32Array>;
  /** A copy of the visual rows f32[tokensPerSlice, hidden] from the last `connect`. */
  readVisual(): Promise<Float32Array>;
  dispose(): Promise<void>;
}
