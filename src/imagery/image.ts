import type { Georeference } from './place.ts';
import type { Stretch } from './stretch.ts';

/** What an open image is. */

/** A scene opened in the worker; valid until `close`. */
export type SceneId = string;

export type SampleType =
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'float16'
  | 'float32'
  | 'float64';

export interface BandInfo {
  /** 0-based. */
  index: number;
  /** From the file's metadata, else "Band 1" … */
  name: string;
  /** Of the values (after `scaling`), as the file writes it: "m", "metre"; absent if it states none. */
  unit?: string;
  /** What a stored sample means: sample · scale + offset. Absent if it means itself. */
  scaling?: { scale: number; offset: number };
  /** Colour interpretation, if the file states it or its photometric tag implies it. */
  role: 'red' | 'green' | 'blue' | 'nir' | 'grey' | 'palette' | 'alpha' | 'unknown';
  /**
   * Samples equal to `value`, or from `low` to `high` to allow for rounding, are no data in this band. All NaN: only
   * NaN is no data. Absent if nothing is stated, or if no sample can have the value.
   */
  nodata?: { value: number; low: number; high: number };
}

/** What a file's tags say of how it was taken; null where they say nothing. */
export interface StatedFacts {
  acquired: Stated | null;
  /** When the file was written, which may be long after. */
  written: Stated | null;
  sensor: Stated | null;
  /** Free text. */
  description: string | null;
  /** Where the camera was, which isn't where its pixels lie. WGS 84; metres above the sea. */
  camera: { lonDeg: number; latDeg: number; altitudeMetres: number | null; tag: string } | null;
}

export const NOTHING_STATED: StatedFacts = {
  acquired: null,
  written: null,
  sensor: null,
  description: null,
  camera: null,
};

/** As the file has it. */
export interface Stated {
  text: string;
  tag: string;
}

export interface SceneInfo {
  id: SceneId;
  fileName: string;
  sizeBytes: number;
  /**
   * Changes whenever the content may have changed: a file's modification time, an address's ETag; absent if there is
   * neither.
   */
  version?: string;
  /** Full-resolution size in pixels. */
  width: number;
  height: number;
  bands: BandInfo[];
  sampleType: SampleType;
  /** Peculiarities of the sample values, as sentences for the user. */
  notes: string[];
  compression: string;
  /** E.g. "tiled 256×256", "striped, 16 rows a strip", "decoded by the browser". */
  layout: string;
  /** Downsampling factors available for reading, starting at 1. */
  levels: number[];
  georeference: Georeference;
  /** Ground sample distance in metres, per axis; null without georeferencing. */
  gsdMetres: { x: number; y: number } | null;
  defaultBands: BandChoice;
  /**
   * The first stretch to compute: `none` for finished pictures (PNG, JPEG, WebP, palette), else (and if absent) 2–98 %.
   */
  defaultStretch?: Pick<Stretch, 'method' | 'low' | 'high'>;
  stated: StatedFacts;
}

/** The source bands that fill red, green, blue and, if there is one, `nir`. 0-based. */
export interface BandChoice {
  red: number;
  green: number;
  blue: number;
  nir: number | null;
}

/** A band by the name that its reader knows it by (`red`, `swir1`, `vv`), and where the image has it. */
export interface NamedBand {
  name: string;
  /** 0-based. */
  source: number;
}

/** The bands of a choice by name; near infrared only if there is one. */
export function namedBands({ red, green, blue, nir }: BandChoice): NamedBand[] {
  const named = Object.entries({ red, green, blue, nir }).map(([name, source]) => ({ name, source }));
  return named.filter((band): band is NamedBand => band.source !== null);
}

/** Metres per pixel, mean of both axes; null if unknown. */
export function meanGsd({ gsdMetres }: Pick<SceneInfo, 'gsdMetres'>): number | null {
  return gsdMetres && (gsdMetres.x + gsdMetres.y) / 2;
}
