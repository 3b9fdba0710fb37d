import type { PixelWindow, Quad } from '../geo/types.ts';
import type { BandChoice, SceneInfo } from '../imagery/image.ts';
import type { Georeference } from '../imagery/place.ts';
import type { Stretch } from '../imagery/stretch.ts';
import type { TaskId } from '../tasks/table.ts';
import type { AdapterInfo, BackendInfo, ModelInfo } from '../vlm/types.ts';

/** What every export format is given, built once by `session/exporting.ts`. The session's answers and objects fit as they are. */

export interface ExportObject {
  label: string;
  /** 1-based number shown beside the box. */
  number: number;
  score: number | null;
  /** In full-resolution source pixels. */
  corners: Quad;
  /** Outer rings in source pixels, or null. */
  mask: readonly (readonly (readonly [number, number])[])[] | null;
  state: 'proposed' | 'accepted' | 'rejected';
  /** The slice it was seen in, in source pixels. */
  tile: PixelWindow;
  /** The answer that the box is of, in that slice. */
  answerId: string;
  /** One for each answer that points at it. */
  sightings: readonly { answerId: string; score: number | null; mask: ExportObject['mask'] }[];
}

export interface ExportAnswer {
  id: string;
  createdAt: string;
  task: TaskId;
  label: string | null;
  question: string;
  prompt: string;
  region: PixelWindow;
  /** `stopped` and `failed` answers rest on a part of what they were asked about. */
  status: 'running' | 'done' | 'stopped' | 'failed';
  /** Slices; absent where it isn't known. */
  coverage?: { total: number; answered: number; empty: number; failed: number };
  text: string;
  raw: readonly { tile: PixelWindow; rawText: string; dialectText: string; stopReason: string }[];
  counts: { stated: number | null; merged: number };
  /** The one that answered, not the one that is loaded now. */
  model: Pick<ModelInfo, 'id' | 'name' | 'version' | 'hash' | 'scoreMeaning'>;
  adapter?: Pick<AdapterInfo, 'name' | 'hash' | 'partial' | 'rank'> | null;
  backend: Pick<BackendInfo, 'kind' | 'label'>;
  bands: BandChoice;
  stretch: Stretch;
  slicing: string;
  /** For change: the earlier image. */
  before?: { fileName: string; bands: BandChoice; stretch: Stretch } | null;
}

export interface ExportInput {
  image: Pick<SceneInfo, 'fileName' | 'width' | 'height' | 'bands'>;
  /** Where the image lies, or why that isn't known. */
  place: Georeference;
  answers: readonly ExportAnswer[];
  /** Written in the order given, each once; leave out what shouldn't be exported. Every answer that they name is among `answers`. */
  objects: readonly ExportObject[];
}
