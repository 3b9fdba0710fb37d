import type { TileCover } from '../cover/cover-raster.ts';
import type { SlicingId } from '../geo/slicing/slicings.ts';
import type { PixelWindow, Point, RotatedBox } from '../geo/types.ts';
import type { BandTile } from '../imagery/tiles.ts';
import type { TaskId } from '../tasks/table.ts';
import type { Language } from '../tasks/task.ts';

/** The shapes of requests to models and of their answers. */

export type BackendChoice = 'auto' | 'webgpu' | 'wasm';

export interface BackendInfo {
  /** `none`: no model ran. */
  kind: 'webgpu' | 'wasm' | 'none';
  /** "WebGPU · NVIDIA …, f16" or "WebAssembly · 2 threads". */
  label: string;
  adapter: string | null;
  software: boolean;
  f16: boolean;
  threads: number;
  /**
   * Why this backend was chosen: "chosen: real adapter", "software adapter → WebAssembly", "no WebGPU", "chosen by
   * hand".
   */
  reason: string;
}

/** Bytes are summed over all files of the model. `phase` is shown in words. */
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
  /** Other words that the model learned for the class, in any language. */
  also?: string[];
  /** Share of real objects that get a correct box, above 0 and up to 1; absent if nobody has measured it. */
  recall?: number;
  /** Set if the user taught the class; the model's own heads don't know it then. */
  taught?: TaughtName;
}

/** A class that the user taught. */
export interface TaughtName {
  /** Tells it from an earlier version of the same name: changes whenever the class is taught again. */
  key: string;
}

export interface DensityClass extends Omit<DetectorClass, 'recall'> {
  /** Standard deviation of a number's relative error; absent if nobody has measured it. */
  relativeError?: number;
}

/** The facts about a model that the page uses. */
export interface ModelInfo extends ModelCard, InputSpec {}

/** A band that a model reads. */
export interface ModelBand {
  /** `red`, `green`, `blue`, `nir`, `swir1`, `vv`, … */
  name: string;
  wavelengthNm: number | null;
  /** True if the model works without this band. */
  optional: boolean;
}

/** The input that a model takes. */
export interface InputSpec {
  /** Side of the square tile in pixels. */
  tileSize: number;
  /** Part of a tile, 0–1, that it shares with its neighbour. */
  tileOverlap: number;
  maxSlices: number;
  /** How to slice a region if the user chose nothing. Absent in older saved answers, which were cut as with `auto`. */
  slicing?: 'auto' | SlicingId;
  /** In the order of the model's input. */
  bands: ModelBand[];
  /** Ground sample distance that the model was trained for. */
  gsdMetres: { min: number; max: number; best: number } | null;
  /** Absent in older saved answers. */
  views?: ViewsSpec;
}

/** How many views one prompt may hold, and of which kind. */
export interface ViewsSpec {
  max: number;
  /** Whether the model compares a `before` view with an `after` view. */
  pair: boolean;
}

/** Name, licence and abilities of a model. */
export interface ModelCard {
  id: string;
  name: string;
  version: string;
  licence: string;
  /**
   * SHA-256, hex, of a file that lists the hashes of all other files. It identifies the model in every exported
   * feature.
   */
  hash: string;
  sizeBytes: number;
  classes: DetectorClass[];
  /** Classes counted by density, without boxes: trees. Absent in older saved answers. */
  densities?: DensityClass[];
  /** Standard deviation, in log odds, of scores and recall between places; absent if unknown. */
  placeSpread?: number;
  scenes: string[];
  /**
   * The groups of `scenes` that are meant for different ground sample distances, finest first. Absent: all are meant for `gsdMetres`.
   */
  sceneScales?: { labels: string[]; gsdMetres: { min: number; max: number } }[];
  /** Chinese names in the order of `scenes`, if the model has them. `presenceZh` and `qualityZh` follow the same rule. */
  scenesZh?: string[];
  /** Labels that the model can report as present or absent. Absent in older saved answers. */
  presence?: string[];
  presenceZh?: string[];
  /** Defects that the model can detect. */
  quality?: string[];
  qualityZh?: string[];
  /** The land cover that it maps. Null or absent: none. */
  cover?: CoverSpec | null;
  tasks: TaskId[];
  /** Languages in which the model can do all of its tasks. */
  languages: Language[];
  scoreMeaning: string;
  /** Whether its heads find things on a tile without its language model. Absent: no, as in older saved answers. */
  looks?: boolean;
  /** How the slices' `scores` and `numbers` are joined, by name. Names that aren't listed use `mean`. */
  joins?: Readonly<Record<string, Join>>;
  hasRefiner: boolean;
  /** Whether it learns classes from examples. */
  teachable?: boolean;
  /**
   * Null or absent for a model that doesn't read questions into plans. If a reading's certainty is below
   * `leastCertainty`, the app asks the user about it.
   */
  reader?: { leastCertainty: number } | null;
}

/** A model's map of land cover: each cell has one probability a label, and they sum to 1. */
export interface CoverSpec {
  labels: string[];
  /** Chinese names in the order of `labels`, or empty. */
  labelsZh: string[];
  /** The meaning of a cell's probabilities. */
  meaning: string;
  /** Mean intersection over union on held-out tiles, 0–1; null if nobody has measured it. */
  iou: number | null;
  /** Ground sample distances at which it was trained; null if unknown. */
  gsdMetres: { min: number; max: number } | null;
}

/** A LoRA adapter added to the loaded model. */
export interface AdapterInfo {
  name: string;
  /** Partial LoRA: acts on the image's rows only. */
  partial: boolean;
  rank: number;
  alpha: number;
  /** Modules that the adapter changes; empty if its configuration gives a pattern. */
  targets: string[];
  /** Count of the numbers in the adapter's file. */
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
   * Files of a model that came from a URL. The browser holds them outside the worker, so the model can be loaded again
   * without the server. Null for a folder, because the caller already has its files.
   */
  files: FolderFile[] | null;
}

/**
 * How a picture relates to the question: the whole region (`view`), the whole region beside its parts (`overview`), a
 * part of the region (`slice`), or the same ground at an earlier and a later time (`before`, `after`).
 */
export type ViewRole = 'view' | 'overview' | 'slice' | 'before' | 'after';

/**
 * A picture of the scene as the model gets it. Invalid pixels are already filled. The model gives no boxes where
 * `pixels.valid` marks the pixels as invalid.
 */
export interface View {
  role: ViewRole;
  pixels: BandTile;
  /** In source pixels; the window may reach outside the scene. */
  window: PixelWindow;
  /** Ground sample distance in metres of what is shown: that of the imagery, or more where it was shrunk. Null if unknown. */
  gsdMetres: number | null;
}

/** The question's meaning, before a model words it as a prompt. */
export interface Intent {
  task: TaskId;
  /** The class's name, or the user's own word for it; null for a task without a class. */
  label: string | null;
  /** For identify: the region, in pixels of the view. */
  region: RotatedBox | null;
  /** The user's own words. If empty, the model uses its own words for the task. */
  text: string;
  language: Language;
}

/** Outputs wanted besides words and boxes. */
export interface Want {
  masks: boolean;
}

export interface GenerationOptions {
  maxNewTokens: number;
  /** 0 = greedy. */
  temperature: number;
  topP: number;
  seed: number;
  /** Extra stop strings, added to the model's own. */
  stop: string[];
}

export interface Ask {
  intent: Intent;
  /** For change: `before` and `after`, with the same ground and the same size. */
  views: readonly [View, ...View[]];
  options: GenerationOptions;
  want: Want;
}

/**
 * An object, in the same shape from model to export. Coordinates are tile pixels (0…tileSize) in a worker's reply and
 * source pixels in the session. `cornersOf` derives the corners from the box.
 */
export interface Thing {
  label: string;
  box: RotatedBox;
  /** 0–1; `ModelInfo.scoreMeaning` states its meaning. Null if the box came only from text. */
  score: number | null;
  /** Outer rings of the mask, open; null if no mask was requested or found. */
  rings: readonly (readonly Point[])[] | null;
}

/** A part of a text: UTF-16 offsets, `end` exclusive. */
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
 * Lists of scored labels by name, each list best first. The session knows `scene` (classes of the whole picture),
 * `presence` (what the picture shows; the labels are independent) and `quality` (defects; the labels are independent).
 * Other lists are kept, shown and exported by name.
 */
export type Scores = Readonly<Record<string, readonly Scored[]>>;

/**
 * Numbers by name. The session knows:
 * - `stated`: the number that the model wrote for a count;
 * - `malformed`: boxes that could not be parsed and were dropped;
 * - `countedPart`: share, 0–1, of the density count that lies on valid pixels of the tile (missing: all of it);
 * - `known`: for identify, the probability that the region contains the named object, or any known object if none is
 *   named;
 * - `changed`: for change, the probability that anything changed.
 * Other numbers are kept, shown and exported by name.
 */
export type Numbers = Readonly<Record<string, number>>;

/** A question as the reader understood it: the fields of a plan, not yet checked. */
export interface QuestionReading {
  intent: string;
  subjects: string[];
  where: string | null;
  order: string | null;
  quantity: string | null;
  filter: string | null;
  language: 'en' | 'zh';
  /** Calibrated probability, 0–1, that the intent and the subjects are right. */
  certainty: number;
  /** The next most likely intents, most likely first. */
  alternatives: { intent: string; probability: number }[];
}

/** How the values of an answer's slices are joined into one value. */
export type Join = 'mean' | 'sum' | 'max';

export interface AskResult {
  /** The prompt's words. */
  prompt: string;
  /** The text that the user reads: phrases replace pointers. */
  text: string;
  /** Exactly what the model wrote. */
  rawText: string;
  /** `rawText` with pointers expanded to `{x,y,h,w,θ}` in 0–1000, as in the Nadir dialect. */
  dialectText: string;
  things: NamedThing[];
  stopReason: 'end' | 'max-tokens' | 'stop-string' | 'repetition' | 'aborted';
  /** Scored labels of each head, by the head's name. Empty for a model without heads. */
  scores: Scores;
  /** Single numbers by name. A name is missing if the model has no such number for this request. */
  numbers: Numbers;
  timings: StageTimings;
}

/** Boxes that need masks, in tile pixels. */
export interface LookRequest {
  view: View;
  boxes: { label: string; box: RotatedBox }[];
  /** Classes whose proposals get rings, too. */
  outline?: readonly string[];
}

/** What the model detects on one tile before any question. It lets the model's parts be measured separately. */
export interface LookResult {
  /** One entry per requested box: outer rings in tile pixels, or null if its class has no masks or nothing was found. */
  masks: Thing['rings'][];
  /** The dense head's proposals in tile pixels, with calibrated scores. They are fitted if the model says so. */
  proposals: Thing[];
  scores: Scores;
  /** Objects on the tile's valid pixels, summed from the density head's map. */
  densities: { label: string; count: number }[];
  /** Of the whole tile; absent for a model without a land-cover head. */
  cover?: TileCover;
}

/** Tiles to learn a class from, at its scale: those with examples, and some of the rest of the scene. */
export interface LearnRequest {
  views: {
    view: View;
    /** Those whose centre the view shows, in its pixels; an example has one id in all views. `isOne`: of the class, or what it isn't. */
    examples: { id: number; box: RotatedBox; isOne: boolean }[];
  }[];
}

/** Where a taught class was found on a tile. */
export interface TaughtLook {
  /** In tile pixels, best first; scores 0–1 are doubtful probabilities. */
  boxes: { box: RotatedBox; score: number }[];
  /** Score of each cell, f32[rows, cols]. */
  heat: { rows: number; cols: number; scores: Float32Array };
}

/** Streamed while an answer is written. `text` is the whole visible text so far. */
export type AskEvent =
  | { kind: 'stage'; stage: 'vision' | 'connector' | 'prefill' | 'decode' | 'refine' }
  | { kind: 'text'; text: string; newTokens: number };

/** A file of a model folder on the user's disk. `path` is relative to the folder that holds nadir.json. */
export interface FolderFile {
  path: string;
  file: File;
}

/** Where a model is: a URL that ends in "/" and has the files below it, or the files of a folder. */
export type ModelSource = string | readonly FolderFile[];

/** URLs of ONNX Runtime's two files. */
export interface RuntimeFiles {
  mjs: string;
  wasm: string;
}
