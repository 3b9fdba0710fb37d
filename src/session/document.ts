import type { SlicingId, SlicingMode } from '../geo/slicing/slicings.ts';
import type { PixelWindow } from '../geo/types.ts';
import type { BandChoice, NamedBand, SceneInfo } from '../imagery/image.ts';
import type { Stretch } from '../imagery/stretch.ts';
import type { ErrorData } from '../lib/errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { Result } from '../plan/result.ts';
import type { Display } from '../render/display.ts';
import type { SensorId } from '../render/sensors.ts';
import type { TaskId } from '../tasks/table.ts';
import type {
  AdapterInfo,
  BackendInfo,
  GenerationOptions,
  Intent,
  ModelInfo,
  Numbers,
  Scores,
  StageTimings,
  Thing,
} from '../vlm/types.ts';
import type { Blank } from './asking/slices/model-tile.ts';
import type { Done } from './commands/command.ts';
import type { Choice, FactData } from './facts/fact.ts';

/** What a document holds: open images, answers about them, and the objects that the answers point at. */

/** An open image: one layer of the map. */
export interface OpenScene {
  /** Stays the same when the reader restarts and when the page is loaded again, unlike `info.id`. */
  layerId: string;
  /** What the user calls it; at first the file's name. */
  name: string;
  visible: boolean;
  /** 0–1. */
  opacity: number;
  /** For the map only; the model gets `bands` through `stretch`. */
  display: Display;
  info: SceneInfo;
  bands: BandChoice;
  stretch: Stretch;
  /** The sensor that the user named, for band presets; null or absent: the file's own. */
  sensor?: SensorId | null;
  /** Set for a sample that ships with the app. */
  sample: string | null;
}

/** An object as one answer saw it, in full-resolution source pixels. */
export interface Sighting extends Omit<Thing, 'label'> {
  answerId: string;
  /** The slice it was seen in. */
  tile: PixelWindow;
  /** Of a change: the earlier image, by `before.imageId`. Changes since different images are different objects, even in the same place. */
  since?: string;
}

/**
 * A thing on the ground that the model found: one object, however many answers point at it. Box, score and tile are
 * those of the sighting by `answerId`, or, once a person has decided about the object, those at that moment. The rings are the
 * same sighting's, or else the first that an answer gave.
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
  /** A link to a place, in source pixels of the layer. */
  place?: { xPx: number; yPx: number };
}

/** How many of its slices an answer is based on. The slices in none of the three were not looked at. */
export interface Coverage {
  total: number;
  answered: number;
  /** Blank: nodata, one value or noise. */
  empty: number;
  failed: number;
}

/** How tokens are chosen. */
export type Generation = Omit<GenerationOptions, 'stop'>;

export interface Answer {
  id: string;
  /** The layer that was asked about; absent in sessions kept by earlier versions. */
  layerId?: string;
  createdAt: string;
  task: TaskId;
  label: string | null;
  /** The question as the user reads it. */
  question: string;
  /** The words that the model got; empty until it answered about a slice. */
  prompt: string;
  /** What they were made from, beside task and label; absent in answers kept from before it was. */
  asked?: Pick<Intent, 'text' | 'language'>;
  region: PixelWindow;
  regionKind: 'view' | 'drawn' | 'scene';
  status: 'running' | 'done' | 'stopped' | 'failed';
  text: string;
  runs: TextRun[];
  /** Absent until the first slice is done, and in answers of earlier versions. */
  coverage?: Coverage;
  /** Blank slices by kind; absent if there were none. */
  blank?: Partial<Record<Blank, number>>;
  /** How many slices would cover the region, if the answer looks at only a sample of them. */
  sampledFrom?: number;
  /** The scene's metres per pixel, mean of both axes; null or absent if unknown. */
  gsdMetres?: number | null;
  /** While it runs: the words if it ended now. A reload restores these. */
  ifCut?: { text: string; runs: TextRun[] } | null;
  /** One entry a slice. */
  raw: {
    tile: PixelWindow;
    rawText: string;
    dialectText: string;
    stopReason: string;
    numbers: Numbers;
  }[];
  /** The tiles that the heads looked at, for an answer that was computed from a plan; see `tilesSeen`. */
  tiles?: PixelWindow[];
  /** `stated`: the number that the model wrote or that was added up from densities; `merged`: distinct boxes left after merging slices. */
  counts: { stated: number | null; merged: number };
  /** The slices' scores and numbers, joined as `model.joins` says. */
  scores: Scores;
  numbers: Numbers;
  /** How the question was read, for an answer that was computed from a plan. */
  plan?: Plan;
  /** What the plan gave; absent until the first tiles are in. */
  result?: Result;
  /** The likeliest plans, for a question that was not read with enough certainty to answer it. */
  readings?: Plan[];
  /** What the file's own values gave, for an answer from them. */
  fact?: FactData;
  /** Questions to choose from, for one whose place isn't clear. */
  choices?: Choice[];
  /** What a typed command did; absent in answers to questions. */
  command?: Done;
  /** For change: the earlier image that the scene was compared with. */
  before?: {
    fileName: string;
    /** Tells images of one name apart; absent in answers of earlier versions. */
    imageId?: string;
    bands: BandChoice;
    stretch: Stretch;
  } | null;
  /** Number of boxes left out because their class is not the one asked for. */
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
  /** The source bands that the model got, by its names for them. Absent in answers of earlier versions: those of `bands`. */
  inputBands?: readonly NamedBand[];
  stretch: Stretch;
  slicing: SlicingId;
  /** What was asked for; absent in answers of earlier versions. */
  slicingMode?: SlicingMode;
  /** How the model chose its tokens; absent in answers of earlier versions, which used the defaults. */
  generation?: Generation;
}

/** The tiles that the model saw for an answer, in words or without. */
export const tilesSeen = ({ tiles, raw }: Pick<Answer, 'tiles' | 'raw'>): readonly PixelWindow[] =>
  tiles ?? raw.map(({ tile }) => tile);
