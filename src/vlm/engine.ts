import type { PromptRows } from './prompt.ts';
import type { ProposalInputs } from './proposals.ts';

/** What the connector read off a tile, on the CPU. Shapes are those of the manifest's detector grid and label lists. */
export interface Evidence {
  /** f32[rows, cols, classes], sigmoid scores. */
  heat: Float32Array;
  /** f32[rows, cols, 6] = (dx, dy, log w, log h, sin2θ, cos2θ). */
  geom: Float32Array;
  /** f32[rows, cols, features]. */
  neck: Float32Array;
  /** f32[scenes], probabilities. */
  scene: Float32Array;
  /** f32[presence labels], probabilities. */
  presence: Float32Array;
}

/** Inputs of onnx/refiner.onnx for `count` boxes. */
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

/**
 * A loaded model on one backend. The numbers are the same on both within f32 rounding. Calls are made one at a time,
 * in the order `see` → `connect` → `prefill` → `step`…; the visual rows and the key/value cache stay inside.
 */
export interface Engine {
  readonly kind: 'webgpu' | 'wasm';
  /** Vision tower. `pixels` f32[tile, tile, bands], normalised; the engine may keep it until the next call. */
  see(pixels: Float32Array): Promise<void>;
  /** Connector on what was seen last. The returned arrays belong to the caller. */
  connect(): Promise<Evidence>;
  /** f32[count, hidden]; empty for no places. */
  embedPlaces(inputs: ProposalInputs): Promise<Float32Array>;
  /** Starts an answer: fills the prompt's visual gap, resets the cache. Returns logits f32[vocab] after the last row. */
  prefill(prompt: PromptRows): Promise<Float32Array>;
  /** Appends one row f32[hidden]. Returns logits f32[vocab]. */
  step(row: Float32Array): Promise<Float32Array>;
  /** Mask logits f32[count, size, size]. */
  refine(inputs: RefinerInputs): Promise<Float32Array>;
  /** The visual rows f32[tokensPerSlice, hidden] of the last `connect`, for comparing backends. */
  readVisual(): Promise<Float32Array>;
  dispose(): Promise<void>;
}
