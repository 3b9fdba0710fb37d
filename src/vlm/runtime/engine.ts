import type { LoraWeights } from '../adapters/lora-weights.ts';

/** What the connector read off a tile, on the CPU. Shapes are those of the manifest's grids and label lists. */
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
  /** f32[rows, cols, density classes] on the neck's grid, objects a cell; null for a model without this head. */
  density: Float32Array | null;
}

/** What the change head read off two necks, on the CPU. Shapes are those of the manifest's `change` grid. */
export interface ChangeEvidence {
  /** f32[rows · hidden]: rows of the prompt. */
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
  /** f32[count, classes], one-hot. */
  label: Float32Array;
}

/** Input of the language model: f32[length, hidden] with a gap of `visualRows` rows at `visualAt` for the engine to fill. */
export interface PromptRows {
  rows: Float32Array<ArrayBuffer>;
  length: number;
  visualAt: number;
  visualRows: number;
  /** Rows from `visualAt` on that stand for the image: those of the gap and a row a proposal. Absent: the gap alone. */
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
 * A loaded model on one backend. The numbers are the same on both within f32 rounding. Calls are made one at a time,
 * in the order `see` → `connect` → `prefill` → `step`…; the visual rows and the key/value cache stay inside.
 */
export interface Engine {
  readonly kind: 'webgpu' | 'wasm';
  /**
   * Vision tower. `pixels` f32[tile, tile, bands], normalised; the engine may keep it until the next call. Where the tower is slow and
   * can be ended in the middle, it is once `isStopped` says so: then ABORTED.
   */
  see(pixels: Float32Array, isStopped?: () => boolean): Promise<void>;
  /** Connector on what was seen last. The returned arrays belong to the caller. */
  connect(): Promise<Evidence>;
  /** f32[count, hidden]; empty for no places. */
  embedPlaces(inputs: ProposalInputs): Promise<Float32Array>;
  /** Compares two necks f32[rows, cols, features]. MODEL_LACKS_TASK for a model without a change head. */
  compare(neckBefore: Float32Array, neckAfter: Float32Array): Promise<ChangeEvidence>;
  /** f32[count, hidden]; empty for no places. MODEL_LACKS_TASK for a model without a change head. */
  embedChanges(inputs: ProposalInputs): Promise<Float32Array>;
  /** Starts an answer: fills the prompt's visual gap (where it has one), resets the cache. Returns logits f32[vocab] after the last row. */
  prefill(prompt: PromptRows): Promise<Float32Array>;
  /** Appends one row f32[hidden]. Returns logits f32[vocab]. */
  step(row: Float32Array): Promise<Float32Array>;
  /** Answers that start from now on go through this adapter, or (null) through the base model. ADAPTER_UNSUPPORTED. */
  useAdapter(adapter: LoraWeights | null): Promise<void>;
  /** Mask logits f32[count, size, size]. */
  refine(inputs: RefinerInputs): Promise<Float32Array>;
  /** The visual rows f32[tokensPerSlice, hidden] of the last `connect`; a copy. */
  readVisual(): Promise<Float32Array>;
  dispose(): Promise<void>;
}
