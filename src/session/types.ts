import type { ReadonlySignal, Signal } from '@preact/signals';
import type { ExportFormat } from '../export/format.ts';
import type { PixelMap } from '../geo/placement.ts';
import type { SlicingId } from '../geo/slicing/slicings.ts';
import type { PixelWindow } from '../geo/types.ts';
import type { BandChoice, SceneInfo } from '../imagery/image.ts';
import type { OverviewCacheUse, OverviewStatus } from '../imagery/overviews.ts';
import type { CrsChoice, CrsHit } from '../imagery/place.ts';
import type { BandHistogram, Stretch } from '../imagery/stretch.ts';
import type { BandTile, RawRequest, RawTile } from '../imagery/tiles.ts';
import type { ErrorData } from '../lib/errors.ts';
import type { Display } from '../render/display.ts';
import type { SensorId } from '../render/sensors.ts';
import type { TaskId } from '../tasks/table.ts';
import type { VectorOverlay } from '../vectors/vector-layer.ts';
import type {
  AdapterInfo,
  BackendChoice,
  BackendInfo,
  LoadedModel,
  LoadProgress,
  ModelInfo,
  Numbers,
  Scores,
  StageTimings,
  Thing,
} from '../vlm/types.ts';
import type { Blank } from './asking/model-tile.ts';
import type { HistoryPort } from './history/port.ts';
import type { NoticesPort } from './notices/port.ts';

/**
 * The document and what a user can do with it. A method whose failure the caller must know throws a `NadirError`; it shows no
 * notice. Notices are for work that nobody awaits. `ui/report.ts` turns a rejection into a notice.
 */

/** An open image: one layer of the map. */
export interface OpenScene {
  /** Stays the same when the reader restarts and when the page is loaded again, unlike `info.id`. */
  layerId: string;
  /** What the user calls it; at first the file's name. */
  name: string;
  visible: boolean;
  /** 0–1. */
  opacity: number;
  /** What the eye sees; the model gets `bands` through `stretch`. */
  display: Display;
  info: SceneInfo;
  bands: BandChoice;
  stretch: Stretch;
  /** Named by the user, for the presets of its bands; null or absent: what the file says. */
  sensor?: SensorId | null;
  /** Set for a sample that ships with the app. */
  sample: string | null;
}

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

/** How a region larger than the model's tile is covered; `auto`: as the task and the scale need it. */
export type SlicingMode = 'auto' | SlicingId;

/** An object as one answer saw it, in full-resolution source pixels. */
export interface Sighting extends Omit<Thing, 'label'> {
  answerId: string;
  /** The slice it was seen in. */
  tile: PixelWindow;
  /** Of a change: the earlier image, by `before.imageId`. Changes since two images are two, though they lie upon each other. */
  since?: string;
}

/**
 * A thing on the ground that the model found: one object, however many answers point at it. Box, score and tile are
 * those of the sighting by `answerId`; the rings are its own or the first that an answer gave.
 */
export interface SceneObject extends Thing, Sighting {
  id: string;
  /** 1-based number among the layer's objects of this label, shown beside the box and in answers. */
  number: number;
  state: 'proposed' | 'accepted' | 'rejected';
  /** One for each answer that points at it; never empty. */
  sightings: Sighting[];
}

/** The answer's text cut at its links: a run with `objectIds` is a link to those boxes. */
export interface TextRun {
  text: string;
  objectIds: string[];
}

/** What of its slices an answer rests on. Those that are in none of the three were never looked at. */
export interface Coverage {
  total: number;
  answered: number;
  /** They showed nothing: nodata, one value or noise. */
  empty: number;
  failed: number;
}

export interface Answer {
  id: string;
  /** The layer that was asked about; absent in sessions kept by earlier versions. */
  layerId?: string;
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
  /** Absent until the first slice is done, and in answers kept from before it was. */
  coverage?: Coverage;
  /** What the slices showed that showed nothing; absent where all showed something. */
  blank?: Partial<Record<Blank, number>>;
  /** Slices that would cover the region, where the answer looks at a sample of them only. */
  sampledFrom?: number;
  /** Mean metres a pixel of the scene; null or absent where it isn't known. */
  gsdMetres?: number | null;
  /** While it runs: what it would say if the page went now. That is what a reload finds. */
  ifCut?: { text: string; runs: TextRun[] } | null;
  /** One entry a slice. */
  raw: {
    tile: PixelWindow;
    rawText: string;
    dialectText: string;
    stopReason: string;
    numbers: Numbers;
  }[];
  /** `stated`: the number that the model wrote; `merged`: distinct boxes left after merging slices. */
  counts: { stated: number | null; merged: number };
  /** The slices' scores and numbers, joined as `model.joins` says. */
  scores: Scores;
  numbers: Numbers;
  /** For change: the earlier image that the scene was compared with. */
  before?: {
    fileName: string;
    /** Tells images of one name apart; absent in answers of earlier versions. */
    imageId?: string;
    bands: BandChoice;
    stretch: Stretch;
  } | null;
  /** How many boxes were left out because the model pointed at another class than the one asked for. */
  otherClassBoxes?: number;
  progress: { done: number; total: number; elapsedMs: number };
  timings: StageTimings | null;
  error: ErrorData | null;
  failedTiles: { tile: PixelWindow; error: ErrorData }[];
  model: ModelInfo;
  /** The adapter that was on; absent or null for the base model alone. */
  adapter?: AdapterInfo | null;
  backend: BackendInfo;
  bands: BandChoice;
  stretch: Stretch;
  slicing: SlicingId;
}

/** How the running answer comes along, once a second. */
export interface RunPulse {
  elapsedMs: number;
  /** Null where nothing can be said of it, also while no sign of life comes. */
  leftMs: number | null;
  /** How long the worker at work has made no step; null while steps come at their usual pace. */
  silentMs: number | null;
  /** A silence of this length has the worker replaced; null with `silentMs`. */
  replacedAfterMs: number | null;
}

/** A session whose tab is gone. */
export interface EarlierSession {
  id: string;
  savedAtMs: number;
  /** Of its layers, the topmost first. */
  names: string[];
  answers: number;
  /** What its files take in the browser's storage. */
  bytes: number;
}

export interface AskInput {
  task: TaskId;
  /** For count, find, segment: a class of the model or another word that it knows for one, also in Chinese. */
  label?: string | null;
  /** The question for `ask`; for `describe`, `classify`, `quality` and `change` in place of the task's own; ignored elsewhere. */
  text?: string;
  /** Default: the drawn region, else the view, else the whole scene. */
  region?: PixelWindow | 'scene';
  slicing?: SlicingMode;
  temperature?: number;
  topP?: number;
  maxNewTokens?: number;
}

/** The earlier image of a comparison. */
export interface BeforeImage
  extends Pick<OpenScene, 'info' | 'bands' | 'stretch'>,
    Partial<Pick<OpenScene, 'layerId' | 'name'>> {
  /** Of a file: stays the same when the reader restarts and over a reload. A layer has its `layerId`. */
  imageId?: string;
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

export interface SampleScene {
  file: string;
  title: string;
  description: string;
}

export type ExportChoice = Pick<ExportFormat, 'id' | 'label' | 'extension'>;

/** A file to be saved. */
export interface ExportedFile {
  fileName: string;
  blob: Blob;
}

export interface Session extends HistoryPort {
  readonly model: ReadonlySignal<ModelState>;
  /** Name of the folder that the model comes from; null for the embedded one. */
  readonly modelFolder: ReadonlySignal<string | null>;
  readonly adapter: ReadonlySignal<AdapterState>;
  readonly backendChoice: ReadonlySignal<BackendChoice>;
  readonly samples: ReadonlySignal<SampleScene[]>;
  /** A file being opened, for the progress line; null when idle. */
  readonly opening: ReadonlySignal<string | null>;
  /** What has come of it from its address so far; null for a file, and when idle. */
  readonly openingBytes: ReadonlySignal<number | null>;
  /** Open images, the topmost first. */
  readonly layers: ReadonlySignal<OpenScene[]>;
  /** The active layer: what questions, the region and the status line are about. */
  readonly scene: ReadonlySignal<OpenScene | null>;
  /** Vector layers over the images, the topmost first, as they lie on the active image. */
  readonly vectorOverlays: ReadonlySignal<readonly VectorOverlay[]>;
  /** The earlier image of the same ground that `change` compares the scene with. */
  readonly before: ReadonlySignal<BeforeImage | null>;
  /** An earlier image being opened; null when idle. */
  readonly openingBefore: ReadonlySignal<string | null>;
  /** Of the active layer, as are `objects`. */
  readonly answers: ReadonlySignal<Answer[]>;
  readonly objects: ReadonlySignal<SceneObject[]>;
  readonly notices: NoticesPort;
  /** The id of the running answer; one at a time. */
  readonly running: ReadonlySignal<string | null>;
  /** Of the running answer; null when none runs. */
  readonly pulse: ReadonlySignal<RunPulse | null>;
  /** Overviews being built, by scene id (`info.id`). */
  readonly overviews: ReadonlySignal<ReadonlyMap<string, OverviewStatus>>;
  /** Written by the map and the conversation. */
  readonly view: Signal<PixelWindow | null>;
  readonly region: Signal<PixelWindow | null>;
  readonly hovered: Signal<string | null>;
  readonly selected: Signal<string | null>;

  /** Loads the model that is chosen, at first the embedded one; called at start and when the user overrides the backend. */
  loadModel(choice: BackendChoice): Promise<void>;
  /**
   * Loads the model of a folder on disk, until the page is reloaded; a failure stands in `model`. Errors, before anything is
   * given up: MODEL_FILE_MISSING if no known format of model is in it.
   */
  loadModelFolder(files: readonly File[]): Promise<void>;
  /** Back to the model that comes with the app; ends a load that is under way. */
  loadEmbeddedModel(): Promise<void>;
  /**
   * Adds the LoRA adapter among these files (PEFT layout) to the model; it stays through loads and reloads until it is
   * detached. Errors: QUESTION_RUNNING, MODEL_NOT_READY, ADAPTER_INVALID, ADAPTER_UNSUPPORTED, ADAPTER_WRONG_BASE; the adapter
   * that was on stays.
   */
  attachAdapter(files: readonly File[]): Promise<AdapterInfo>;
  detachAdapter(): Promise<void>;
  /** Opens the file, with those that lie beside it, in place of everything that is open. Errors: those of reading; what was open then stays open. */
  openFile(file: File, sidecars?: File[]): Promise<OpenScene>;
  /**
   * Opens files in place of everything that is open, as layers with the last on top; vector files are laid over them. Never rejects:
   * each file that can't be opened gets a notice.
   */
  openFiles(files: File[]): Promise<OpenScene[]>;
  /**
   * Opens files as layers above those that are open; the last image that opens becomes active. Never rejects: each file that can't be
   * opened gets a notice.
   */
  addFiles(files: File[]): Promise<OpenScene[]>;
  /** Reads an image by range from an address that the user typed; no other host is asked. Errors: as `openFile`, URL_INVALID. */
  openUrl(url: string): Promise<OpenScene>;
  /** Errors: PART_MISSING, as `openFile`. */
  openSample(file: string): Promise<OpenScene>;
  /** Gives up what is being opened, which then rejects with ABORTED; what is open stays. */
  cancelOpening(): void;
  /** CRS by EPSG code or words of its name; see RasterApi. */
  searchCrs(query: string, limit: number): Promise<{ found: CrsHit[]; total: number }>;
  /** What "EPSG:n", a proj4 definition or WKT would mean for the layer; null where it means nothing. */
  describeCrs(text: string, layerId?: string): Promise<CrsChoice | null>;
  /** Gives the layer a CRS over its own; null goes back to its own. One step to undo. Errors: CRS_UNSUPPORTED. */
  setCrs(text: string | null, layerId?: string): Promise<void>;
  /**
   * Whether the active layer is read from this very file: the object that was given to `openFile`, not another file of the
   * same name and size.
   */
  isOpen(file: File): boolean;
  /** As `isOpen`, for the earlier image of a comparison. */
  isOpenBefore(file: File): boolean;
  /** Sessions of tabs that are gone, the latest first: kept for a while, see place.ts. */
  readonly earlier: ReadonlySignal<readonly EarlierSession[]>;
  /** Continues an earlier session. Errors: SESSION_IN_USE while an image is open, or another tab has that session. */
  openEarlier(id: string): Promise<void>;
  /** Deletes an earlier session with its files. */
  deleteEarlier(id: string): Promise<void>;
  /** Closes every layer and forgets the session. */
  closeScene(): Promise<void>;
  /**
   * Opens the earlier image for `change`; the scene must be open. It is closed when another scene is opened. Errors: as
   * opening a file, NO_IMAGE, SCENES_DO_NOT_MATCH where sizes or places differ.
   */
  openBefore(file: File): Promise<void>;
  /** Uses an open layer as the earlier image. Errors: as `openBefore`, NO_EARLIER_IMAGE when the layer is gone. */
  useLayerAsBefore(layerId: string): void;
  closeBefore(): Promise<void>;
  /** What follows changes the layer given, default the active one, and can be undone. */
  setBands(bands: BandChoice, layerId?: string): void;
  /** Computes the stretch anew, of the whole scene or `window`; keeps the gamma. Errors: those of reading. */
  setStretch(method: Stretch['method'], low: number, high: number, window?: PixelWindow | null): Promise<void>;
  /** Ranges or gamma by hand; the map follows at once. */
  adjustStretch(change: Partial<Pick<Stretch, 'ranges' | 'gamma'>>): void;
  /** Errors: EXPRESSION_INVALID, BAND_MISSING; the layer then stays as it is. */
  setDisplay(display: Display, layerId?: string): void;
  /** Which sensor's presets the layer gets; null: those that the file speaks of. */
  setSensor(sensor: SensorId | null, layerId?: string): void;
  /** Bands and display in one step. Errors: as `setDisplay`. */
  setLook(bands: BandChoice, display: Display): void;
  /** Gives every layer of as many bands the same ranges: from the darkest black to the brightest white of them all. */
  shareStretch(): void;
  activateLayer(layerId: string): void;
  /** To place `index` in `layers`, 0 = on top. */
  moveLayer(layerId: string, index: number): void;
  setLayer(layerId: string, change: Partial<Pick<OpenScene, 'name' | 'visible' | 'opacity'>>): void;
  removeLayer(layerId: string): void;
  setVectorVisible(id: string, visible: boolean): void;
  removeVector(id: string): void;
  /** Stops building overviews, default the active layer's; what is finished stays. */
  stopOverviews(layerId?: string): Promise<void>;
  /** Builds them, or goes on after `stopOverviews` or a failure. */
  buildOverviews(layerId?: string): Promise<void>;
  /** What the overviews of all images take on this device. */
  overviewCacheUse(): Promise<OverviewCacheUse>;
  /** Removes those of images that aren't open; returns the bytes freed. */
  clearOverviewCache(): Promise<number>;
  /**
   * Resolves with the answer when it is finished, stopped or failed; a failed answer has its `error`. `answers` shows it as it comes.
   * Errors: NO_IMAGE, NO_EARLIER_IMAGE, QUESTION_INCOMPLETE, QUESTION_RUNNING, LABEL_UNKNOWN, CHOICE_UNKNOWN, MODEL_LACKS_TASK,
   * MODEL_NOT_READY or what made its loading fail, WINDOW_OUTSIDE, SCENES_DO_NOT_MATCH.
   */
  ask(input: AskInput): Promise<Answer>;
  stop(answerId: string): void;
  /** What the model sees before any question, and the masks of given boxes: for measuring its parts by themselves. */
  inspect(input: InspectInput): Promise<InspectResult>;
  /** Asks again about the slices listed in `failedTiles`, and merges what they give into the same answer. Errors: as `ask`, ANSWER_OUTDATED. */
  retryFailed(answerId: string): Promise<Answer>;
  removeAnswer(answerId: string): void;
  setObjectState(objectId: string, state: SceneObject['state']): void;
  /** The layer's samples as they are, for a shader. */
  readRaw(layerId: string, request: Omit<RawRequest, 'scene'>, signal: AbortSignal): Promise<RawTile>;
  /** Histograms of bands of the active layer, of the whole scene or `window`. */
  histogram(bands: number[], window: PixelWindow | null): Promise<BandHistogram[]>;
  /** What the model was given for the answer's slices, read again by the recorded bands and stretch: the same numbers. */
  readModelInput(answer: Answer, tile: PixelWindow, signal: AbortSignal): Promise<BandTile>;
  readPixel(col: number, row: number, layerId?: string): Promise<number[] | null>;
  /** Source pixel → lon/lat in degrees (WGS 84), or null without georeferencing. */
  toLonLat(col: number, row: number): readonly [number, number] | null;
  /** Source pixel → CRS coordinates, or null. */
  toCrs(col: number, row: number): readonly [number, number] | null;
  /** The reverse of the two; null without georeferencing or outside the projection. May lie outside the scene. */
  fromLonLat(lonDeg: number, latDeg: number): readonly [number, number] | null;
  fromCrs(x: number, y: number): readonly [number, number] | null;
  /** Pixels of one layer → pixels of another; null where one of them has no place. */
  pixelMap(fromLayerId: string, toLayerId: string): PixelMap | null;
  /** What `exportAs` can write, as menus list it; the first is the one that a plain export writes. */
  readonly exportFormats: readonly ExportChoice[];
  /**
   * The answers given (default: all of the active layer) in a format of `exportFormats`, rejected objects left out. Errors:
   * CHOICE_UNKNOWN where there is no such format, NO_IMAGE.
   */
  exportAs(formatId: string, answerIds?: readonly string[]): Promise<ExportedFile>;
}
