import type { SlicingId } from '../geo/slicing/slicings.ts';
import type { PixelWindow, Point, RotatedBox } from '../geo/types.ts';
import type { BandTile } from '../imagery/tiles.ts';
import type { TaskId } from '../tasks/table.ts';
import type { Language } from '../tasks/task.ts';

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
  /** Share of real objects that get a right box, above 0 and up to 1; absent where nobody has measured it. */
  recall?: number;
}

export interface DensityClass extends Omit<DetectorClass, 'recall'> {
  /** Standard deviation of a number's relative error; absent where nobody has measured it. */
  relativeError?: number;
}

/** What the page is told about a model. */
export interface ModelInfo extends ModelCard, InputSpec {}

/** A band that a model reads. */
export interface ModelBand {
  /** `red`, `green`, `blue`, `nir`, `swir1`, `vv`, … */
  name: string;
  wavelengthNm: number | null;
  /** The model can do without. */
  optional: boolean;
}

/** What a model reads. */
export interface InputSpec {
  /** Side of the square tile in pixels. */
  tileSize: number;
  /** Part of a tile, 0–1, that neighbouring tiles share. */
  tileOverlap: number;
  maxSlices: number;
  /** How a region is cut where the user chose nothing. Absent, in answers kept from before it was obeyed: `auto`. */
  slicing?: 'auto' | SlicingId;
  /** In the order of its input. */
  bands: ModelBand[];
  /** Ground sample distance that it was trained for. */
  gsdMetres: { min: number; max: number; best: number } | null;
  /** Absent in answers kept from before it was told. */
  views?: ViewsSpec;
}

/** How many views one prompt may hold, and which. */
export interface ViewsSpec {
  max: number;
  /** Whether it compares a `before` with an `after`. */
  pair: boolean;
}

/** What a model is and knows. */
export interface ModelCard {
  id: string;
  name: string;
  version: string;
  licence: string;
  /** SHA-256, hex, of a file that names the hashes of all others: names the model in every exported feature. */
  hash: string;
  sizeBytes: number;
  classes: DetectorClass[];
  /** Counted by density, without boxes: trees. Absent in answers kept from before there were any. */
  densities?: DensityClass[];
  /** Standard deviation, in log odds, by which scores and recall differ from place to place; absent where it isn't known. */
  placeSpread?: number;
  scenes: string[];
  /** Chinese names in the order of `scenes`, where the model has them. So too of `presence` and `quality`. */
  scenesZh?: string[];
  /** What the model can say to be there or not. Absent in answers kept from before it was told. */
  presence?: string[];
  presenceZh?: string[];
  /** Defects that it looks for. */
  quality?: string[];
  qualityZh?: string[];
  tasks: TaskId[];
  /** In which it can be asked to do all of its tasks. */
  languages: Language[];
  scoreMeaning: string;
  /** How the slices' `scores` and `numbers` are joined, by name; `mean` for names that aren't listed. */
  joins?: Readonly<Record<string, Join>>;
  hasRefiner: boolean;
  /** Null or absent for a model that reads no questions into plans. `leastCertainty`: below it the reading is asked back. */
  reader?: { leastCertainty: number } | null;
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
 * What a picture is to the question: all of the region (`view`), all of it beside its parts (`overview`), a part of it (`slice`), or
 * the same ground earlier and later (`before`, `after`).
 */
export type ViewRole = 'view' | 'overview' | 'slice' | 'before' | 'after';

/**
 * A picture of the scene as the model gets it. What is invalid is filled already; no box is taken from where `pixels.valid` says
 * so.
 */
export interface View {
  role: ViewRole;
  pixels: BandTile;
  /** In source pixels; it may reach outside the scene. */
  window: PixelWindow;
}

/** What is to be found out, before a model puts it into its own words. */
export interface Intent {
  task: TaskId;
  /** The class asked for by its name, or what the user calls it; null for a task without one. */
  label: string | null;
  /** For identify: the region, in pixels of the view. */
  region: RotatedBox | null;
  /** The user's own words; empty: those that the model has for the task. */
  text: string;
  language: Language;
}

/** What is wanted beside words and boxes. */
export interface Want {
  masks: boolean;
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

export interface Ask {
  intent: Intent;
  /** For change: `before` and `after`, of the same ground and the same size. */
  views: readonly [View, ...View[]];
  options: GenerationOptions;
  want: Want;
}

/**
 * An object, in the same shape from model to export. Coordinates are tile pixels (0…tileSize) in a worker's reply and source
 * pixels in the session. Corners are derived from the box (`cornersOf`).
 */
export interface Thing {
  label: string;
  box: RotatedBox;
  /** 0–1; `ModelInfo.scoreMeaning` states its meaning. Null if the box came from text alone. */
  score: number | null;
  /** Outer rings of the mask, open; null if none was asked for or found. */
  rings: readonly (readonly Point[])[] | null;
}

/** Part of a text: UTF-16 offsets, `end` exclusive. */
export interface TextSpan {
  start: number;
  end: number;
}

/** A thing that a reply's text names. */
export interface NamedThing extends Thing {
  /** In `AskResult.text`. */
  span: TextSpan;
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

/**
 * Lists of scored labels, each best first, by name. The session knows `scene` (classes of the whole picture), `presence` (what is
 * there, each label independent) and `quality` (defects, each independent); others are kept, shown and exported by name.
 */
export type Scores = Readonly<Record<string, readonly Scored[]>>;

/**
 * Numbers by name. The session knows:
 * - `stated`: the number that the model wrote for a count;
 * - `malformed`: boxes that could not be parsed and were dropped;
 * - `countedPart`: share, 0–1, of what was counted by density that lies on valid pixels of the tile (missing: all of it);
 * - `known`: for identify, the probability that the region contains the object named, or any known object if none is named;
 * - `changed`: for change, the probability that anything changed.
 * Others are kept, shown and exported by name.
 */
export type Numbers = Readonly<Record<string, number>>;

/** What a reader makes of a question: the fields of a plan, before they are checked. */
export interface QuestionReading {
  intent: string;
  subjects: string[];
  where: string | null;
  order: string | null;
  quantity: string | null;
  filter: string | null;
  language: 'en' | 'zh';
  /** Calibrated probability, 0–1, that intent and subjects are right. */
  certainty: number;
  /** The likeliest other intents, most likely first. */
  alternatives: { intent: string; probability: number }[];
}

/** How the values of an answer's slices become one value of the answer. */
export type Join = 'mean' | 'sum' | 'max';

export interface AskResult {
  /** The words that the model was asked in. */
  prompt: string;
  /** What the user reads: pointers replaced by their phrases. */
  text: string;
  /** Exactly what the model wrote. */
  rawText: string;
  /** `rawText` with pointers expanded to `{x,y,h,w,θ}` in 0–1000: the Nadir dialect. */
  dialectText: string;
  things: NamedThing[];
  stopReason: 'end' | 'max-tokens' | 'stop-string' | 'repetition' | 'aborted';
  /** What heads gave for their labels, by the head's name. Empty for a model without heads. */
  scores: Scores;
  /** Single numbers by name. A name is missing if the model has no such number for this request. */
  numbers: Numbers;
  timings: StageTimings;
}

/** Boxes whose masks are wanted, in tile pixels. */
export interface LookRequest {
  view: View;
  boxes: { label: string; box: RotatedBox }[];
  /** Classes whose proposals get rings, too. */
  outline?: readonly string[];
}

/** What the model sees on one tile before any question: for measuring its parts by themselves. */
export interface LookResult {
  /** One a box asked about: outer rings in tile pixels, or null where its class has no masks or nothing was found. */
  masks: Thing['rings'][];
  /** What the dense head proposes (fitted where the model says so), in tile pixels, with calibrated scores. */
  proposals: Thing[];
  scores: Scores;
  /** Objects on the tile's valid pixels by the density head's own sum. */
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
