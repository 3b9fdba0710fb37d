import type { PixelWindow, Quad, RotatedBox } from '../geo/types.ts';
import type { BandTile } from '../imagery/tiles.ts';
import type { TaskId } from '../tasks/table.ts';

/** What models are asked and what they answer. */

export type BackendChoice = 'auto' | 'webgpu' | 'wasm';

export interface BackendInfo {
  kind: 'webgpu' | 'wasm';
  /** "WebGPU · NVIDIA …, f16" or "WebAssembly · 2 threads". */
  label: string;
  adapter: string | null;
  software: boolean;
  f16: boolean;
  threads: number;
  /** Why this one: "chosen: real adapter", "software adapter → WebAssembly", "no WebGPU", "chosen by hand". */
  reason: string;
}

/** Bytes are over all files of the model; `phase` is shown as words. */
export interface LoadProgress {
  phase: 'download' | 'verify' | 'compile' | 'warm-up' | 'ready';
  loadedBytes: number;
  totalBytes: number;
}

export interface DetectorClass {
  name: string;
  plural: string;
  /** Chinese name. */
  zh?: string;
  /** Other words that the model learned for it, in any language. */
  also?: string[];
}

/** What the page needs of the manifest. */
export interface ModelInfo {
  id: string;
  name: string;
  version: string;
  licence: string;
  /** SHA-256 of nadir.json, hex: names the model in every exported feature. */
  hash: string;
  sizeBytes: number;
  tileSize: number;
  tileOverlap: number;
  maxSlices: number;
  bands: string[];
  gsdMetres: { min: number; max: number; best: number } | null;
  classes: DetectorClass[];
  /** Counted by density, without boxes: trees. Absent in answers kept from before there were any. */
  densities?: DetectorClass[];
  scenes: string[];
  /** Chinese names in the order of `scenes`, where the model has them. So too of `presence` and `quality`. */
  scenesZh?: string[];
  /** What the model can say to be there or not. Absent in answers kept from before it was told. */
  presence?: string[];
  presenceZh?: string[];
  /** Defects that it looks for. */
  quality?: string[];
  qualityZh?: string[];
  tasks: Partial<Record<TaskId, string>>;
  /** The same templates in Chinese, where the model has learned them. */
  tasksZh?: Partial<Record<TaskId, string>>;
  scoreMeaning: string;
  hasRefiner: boolean;
}

/** A LoRA adapter added to the loaded model. */
export interface AdapterInfo {
  name: string;
  /** Partial LoRA: acts on the image's rows only. */
  partial: boolean;
  rank: number;
  alpha: number;
  /** Modules that it changes; empty where its configuration gives a pattern. */
  targets: string[];
  /** Numbers in its file. */
  parameters: number;
  licence: string | null;
  about: string | null;
  sizeBytes: number;
  /** SHA-256 of adapter_model.safetensors, hex. */
  hash: string;
}

export interface LoadedModel {
  model: ModelInfo;
  backend: BackendInfo;
  loadMs: number;
  /**
   * Of a model that came from a URL, held by the browser outside the worker: it can be loaded from them again without the
   * server. Null for a folder, whose files the caller has.
   */
  files: FolderFile[] | null;
}

/**
 * One square tile of the scene as the model sees it. `window` is in source pixels and may reach outside the scene. What is
 * invalid is filled already; no box is taken from where `tile.valid` says so.
 */
export interface Slice {
  tile: BandTile;
  window: PixelWindow;
}

export interface GenerationOptions {
  maxNewTokens: number;
  /** 0 = greedy. */
  temperature: number;
  topP: number;
  seed: number;
  /** Extra stop strings beside the model's own. */
  stop: string[];
}

export interface AskRequest {
  task: TaskId;
  /** The final question text; built by session from the task's template and label. */
  prompt: string;
  /** For count, find and segment: the class asked for, else null. */
  label: string | null;
  /** For identify: the region, in pixels of the slice's tile. */
  region: RotatedBox | null;
  slice: Slice;
  /** For change, and only there: the same ground as `slice`, at the same size, seen earlier. */
  before: Slice | null;
  options: GenerationOptions;
  wantMasks: boolean;
}

/** A phrase of the answer tied to a place. `start`,`end` are UTF-16 offsets into `AskResult.text`. */
export interface GroundedObject {
  label: string;
  start: number;
  end: number;
  /** In tile pixels (0…tileSize). */
  box: RotatedBox;
  corners: Quad;
  /** 0–1, what it says: ModelInfo.scoreMeaning; null where the box came from text alone. */
  score: number | null;
  /** Outer rings in tile pixels, or null when no mask was asked for or found. */
  mask: (readonly [number, number])[][] | null;
}

export interface StageTimings {
  visionMs: number;
  connectorMs: number;
  prefillMs: number;
  decodeMs: number;
  refineMs: number;
  totalMs: number;
  promptTokens: number;
  newTokens: number;
  tokensPerSecond: number;
}

export interface Scored {
  label: string;
  probability: number;
}

export interface AskResult {
  /** What the user reads: pointers replaced by their phrases. */
  text: string;
  /** Exactly what the model wrote. */
  rawText: string;
  /** `rawText` with pointers expanded to `{x,y,h,w,θ}` in 0–1000: the Nadir dialect. */
  dialectText: string;
  objects: GroundedObject[];
  /** Boxes that could not be parsed, and were dropped. */
  malformedBoxes: number;
  /** The number the model wrote for a count, else null. */
  statedCount: number | null;
  stopReason: 'end' | 'max-tokens' | 'stop-string' | 'repetition' | 'aborted';
  /** Scene classes with probabilities, best first (classification head). */
  sceneScores: Scored[];
  /** What is there, each label by itself, likeliest first. */
  presenceScores: Scored[];
  /** Defects of the picture, each by itself, likeliest first; empty for a model that doesn't look for them. */
  qualityScores: Scored[];
  /** Part, 0–1, of what was counted by density that lies on valid pixels of the tile; 1 where all are. */
  countedPart: number;
  /** For identify: the probability that the region holds the object named, or any known one where none is; null where nothing was fitted. */
  knownProbability: number | null;
  /** For change: the change head's probability that anything changed, else null. */
  changedProbability: number | null;
  timings: StageTimings;
}

/** Boxes whose masks are wanted, in tile pixels. */
export interface LookRequest {
  slice: Slice;
  boxes: { label: string; box: RotatedBox }[];
}

/** What the model sees on one tile before any question: for measuring its parts by themselves. */
export interface LookResult {
  /** One a box asked about: outer rings in tile pixels, or null where its class has no masks or nothing was found. */
  masks: GroundedObject['mask'][];
  /** What the dense head proposes (fitted where the model says so), in tile pixels. */
  proposals: { label: string; score: number; box: RotatedBox; corners: Quad }[];
  sceneScores: Scored[];
  presenceScores: Scored[];
  qualityScores: Scored[];
  /** Objects on the tile by the density head's own sum. */
  densities: { label: string; count: number }[];
}

/** Streamed while an answer is written. `text` is the whole visible text so far. */
export type AskEvent =
  | { kind: 'stage'; stage: 'vision' | 'connector' | 'prefill' | 'decode' | 'refine' }
  | { kind: 'text'; text: string; newTokens: number };

/** A file of a model folder on the user's disk; `path` is relative to the place of nadir.json. */
export interface FolderFile {
  path: string;
  file: File;
}

/** Where a model is: a URL that ends in "/", to which its files are relative, or the files of a folder. */
export type ModelSource = string | readonly FolderFile[];

/** URLs of ONNX Runtime's two files. */
export interface RuntimeFiles {
  mjs: string;
  wasm: string;
}
