import type { ReadonlySignal, Signal } from '@preact/signals';
import type { PixelWindow, Quad, RotatedBox } from '../geo/types.ts';
import type { ErrorData } from '../lib/errors.ts';
import type { BandChoice, ReadRequest, RgbaTile, SceneInfo, Stretch } from '../workers/raster/api.ts';
import type {
  BackendChoice,
  BackendInfo,
  LoadedModel,
  LoadProgress,
  ModelInfo,
  StageTimings,
  TaskId,
} from '../workers/vlm/api.ts';

/** The document and what a user can do with it. The UI and the command line see only this file. */

export interface OpenScene {
  info: SceneInfo;
  bands: BandChoice;
  stretch: Stretch;
  /** Set for a sample that ships with the app. */
  sample: string | null;
}

export type ModelState =
  | { status: 'idle' }
  | { status: 'loading'; progress: LoadProgress | null }
  | { status: 'ready'; loaded: LoadedModel }
  | { status: 'failed'; error: ErrorData };

/** How a region larger than the model's tile is covered. `tiles` overlaps; `llava-uhd` adds an overview slice. */
export type SlicingMode = 'auto' | 'resize' | 'tiles' | 'llava-uhd';

/** An object the model found, in full-resolution source pixels. */
export interface SceneObject {
  id: string;
  answerId: string;
  label: string;
  /** 1-based number among the answer's objects of this label, shown beside the box and in the answer. */
  number: number;
  box: RotatedBox;
  corners: Quad;
  score: number | null;
  /** Outer rings in source pixels. */
  mask: (readonly [number, number])[][] | null;
  state: 'proposed' | 'accepted' | 'rejected';
  /** The slice it was seen in. */
  tile: PixelWindow;
}

/** The answer's text cut at its links: a run with `objectIds` is a link to those boxes. */
export interface TextRun {
  text: string;
  objectIds: string[];
}

export interface Answer {
  id: string;
  createdAt: string;
  task: TaskId;
  label: string | null;
  /** The question as the user reads it. */
  question: string;
  /** The prompt as the model got it. */
  prompt: string;
  region: PixelWindow;
  regionKind: 'view' | 'drawn' | 'scene';
  status: 'running' | 'done' | 'stopped' | 'failed';
  text: string;
  runs: TextRun[];
  /** One entry a slice. */
  raw: { tile: PixelWindow; rawText: string; dialectText: string; stopReason: string; malformedBoxes: number }[];
  /** `stated`: the number that the model wrote; `merged`: distinct boxes left after merging slices. */
  counts: { stated: number | null; merged: number };
  sceneScores: { label: string; probability: number }[];
  progress: { done: number; total: number; elapsedMs: number };
  timings: StageTimings | null;
  error: ErrorData | null;
  failedTiles: { tile: PixelWindow; error: ErrorData }[];
  model: ModelInfo;
  backend: BackendInfo;
  bands: BandChoice;
  stretch: Stretch;
  slicing: Exclude<SlicingMode, 'auto'>;
}

export interface AskInput {
  task: TaskId;
  /** Class name for count, find, segment; free label allowed. */
  label?: string | null;
  /** The question for `ask`; ignored elsewhere. */
  text?: string;
  /** Default: the drawn region, else the view, else the whole scene. */
  region?: PixelWindow | 'scene';
  slicing?: SlicingMode;
  temperature?: number;
  topP?: number;
  maxNewTokens?: number;
}

export interface Notice {
  id: string;
  kind: 'error' | 'info';
  title: string;
  message: string;
  code: string | null;
  action: { label: string; run: () => void } | null;
}

export interface SampleScene {
  file: string;
  title: string;
  description: string;
}

export interface Session {
  readonly model: ReadonlySignal<ModelState>;
  readonly backendChoice: ReadonlySignal<BackendChoice>;
  readonly samples: ReadonlySignal<SampleScene[]>;
  /** A file being opened, for the progress line; null when idle. */
  readonly opening: ReadonlySignal<string | null>;
  readonly scene: ReadonlySignal<OpenScene | null>;
  readonly answers: ReadonlySignal<Answer[]>;
  readonly objects: ReadonlySignal<SceneObject[]>;
  readonly notices: ReadonlySignal<Notice[]>;
  readonly canUndo: ReadonlySignal<string | null>;
  readonly canRedo: ReadonlySignal<string | null>;
  /** The id of the running answer; one at a time. */
  readonly running: ReadonlySignal<string | null>;
  /** Written by the map and the conversation. */
  readonly view: Signal<PixelWindow | null>;
  readonly region: Signal<PixelWindow | null>;
  readonly hovered: Signal<string | null>;
  readonly selected: Signal<string | null>;

  /** Loads the embedded model; called once at start and again when the user overrides the backend. */
  loadModel(choice: BackendChoice): Promise<void>;
  /** Failures become a notice beside the action and are also thrown, for the command line. */
  openFile(file: File): Promise<OpenScene>;
  openSample(file: string): Promise<OpenScene>;
  closeScene(): Promise<void>;
  setBands(bands: BandChoice): void;
  setStretch(method: Stretch['method'], low: number, high: number): Promise<void>;
  /** Resolves with the finished (or stopped, or failed) answer; state streams through `answers`. */
  ask(input: AskInput): Promise<Answer>;
  stop(answerId: string): void;
  /** Asks again about the slices listed in `failedTiles`, and merges what they give into the same answer. */
  retryFailed(answerId: string): Promise<Answer>;
  removeAnswer(answerId: string): void;
  setObjectState(objectId: string, state: SceneObject['state']): void;
  undo(): void;
  redo(): void;
  readRgba(request: Omit<ReadRequest, 'scene' | 'bands' | 'stretch'>, signal: AbortSignal): Promise<RgbaTile>;
  readPixel(col: number, row: number): Promise<number[] | null>;
  /** Source pixel → lon/lat in degrees (WGS 84), or null without georeferencing. */
  toLonLat(col: number, row: number): readonly [number, number] | null;
  /** Source pixel → CRS coordinates, or null. */
  toCrs(col: number, row: number): readonly [number, number] | null;
  /** GeoJSON of the answers given (default: all), rejected objects left out. */
  exportGeoJson(answerIds?: string[]): { fileName: string; text: string };
  notify(error: unknown, title: string): void;
  dismiss(noticeId: string): void;
}
