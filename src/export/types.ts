import type { CoverRaster } from '../cover/cover-raster.ts';
import type { PixelWindow } from '../geo/types.ts';
import type { BandChoice, NamedBand, SceneInfo } from '../imagery/image.ts';
import type { Georeference } from '../imagery/place.ts';
import type { Stretch } from '../imagery/stretch.ts';
import type { CoverClass } from '../plan/evidence.ts';
import type { TaskId } from '../tasks/table.ts';
import type { AdapterInfo, BackendInfo, GenerationOptions, ModelInfo, Numbers, Scores, Thing } from '../vlm/types.ts';

/**
 * The input of every export format, built by `session/exporting/`. The session's answers and objects have this form.
 */

/** In full-resolution source pixels. */
export interface ExportObject extends Thing {
  /** 1-based number shown beside the box. */
  number: number;
  state: 'proposed' | 'accepted' | 'rejected';
  /** The slice in which it was seen, in source pixels. */
  tile: PixelWindow;
  /** The answer that the box comes from, in that slice. */
  answerId: string;
  /** One per answer that includes the object. */
  sightings: readonly { answerId: string; score: number | null; rings: Thing['rings'] }[];
}

export interface ExportAnswer {
  id: string;
  createdAt: string;
  task: TaskId;
  label: string | null;
  question: string;
  prompt: string;
  region: PixelWindow;
  /** `stopped` and `failed` answers cover only part of their region. */
  status: 'running' | 'done' | 'stopped' | 'failed';
  /** Slices; absent if unknown. */
  coverage?: { total: number; answered: number; empty: number; failed: number };
  text: string;
  raw: readonly { tile: PixelWindow; rawText: string; dialectText: string; stopReason: string }[];
  counts: { stated: number | null; merged: number };
  scores: Scores;
  numbers: Numbers;
  /** For an answer that was computed from a plan: as data, for whoever runs it again. */
  plan?: unknown;
  result?: unknown;
  /** What the file's own values gave: statistics with their histogram, or values at a place. */
  fact?: unknown;
  /** The model that answered, which may not be the one that is loaded now. */
  model: Pick<ModelInfo, 'id' | 'name' | 'version' | 'hash' | 'scoreMeaning'> & Partial<Pick<ModelInfo, 'classes'>>;
  adapter?: Pick<AdapterInfo, 'name' | 'hash' | 'partial' | 'rank'> | null;
  backend: Pick<BackendInfo, 'kind' | 'label'>;
  bands: BandChoice;
  /** The source bands that the model got, by its names for them; absent if only `bands` was recorded. */
  inputBands?: readonly NamedBand[];
  stretch: Stretch;
  slicing: string;
  /** How the model chose its tokens; absent if unknown. */
  generation?: Omit<GenerationOptions, 'stop'>;
  /** For change: the earlier image. */
  before?: { fileName: string; bands: BandChoice; stretch: Stretch } | null;
}

/** The land cover of the image or a part of it, and how it was made. */
export interface ExportCover {
  raster: CoverRaster;
  /** In the order of the raster's labels. */
  classes: readonly CoverClass[];
  createdAt: string;
  /** In source pixels. */
  region: PixelWindow;
  coverage: NonNullable<ExportAnswer['coverage']>;
  model: Pick<ModelInfo, 'id' | 'name' | 'version' | 'hash'>;
  /** Of the adapter that was on; null for none. */
  adapter: string | null;
  bands: readonly NamedBand[];
  stretch: Stretch;
}

export interface ExportInput {
  image: Pick<SceneInfo, 'fileName' | 'width' | 'height' | 'bands'>;
  /** Where the image lies, or why that is unknown. */
  place: Georeference;
  answers: readonly ExportAnswer[];
  /**
   * Written in this order, each once. Leave out objects that shouldn't be exported. `answers` contains every answer
   * that they name.
   */
  objects: readonly ExportObject[];
  /** Null if there is none, or the answers aren't about it. */
  cover: ExportCover | null;
}
