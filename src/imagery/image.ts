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
  /** Colour interpretation where the file states it, or where the photometric tag implies it. */
  role: 'red' | 'green' | 'blue' | 'nir' | 'grey' | 'palette' | 'alpha' | 'unknown';
  /**
   * `value` stands for no data in this band, and so do samples from `low` to `high`, as far as rounding goes. All NaN: no number is no
   * data. Absent where nothing of the kind is stated, or no sample can have it.
   */
  nodata?: { value: number; low: number; high: number };
}

export interface SceneInfo {
  id: SceneId;
  fileName: string;
  sizeBytes: number;
  /** Changes whenever the content may have: a file's time of change, an address's ETag; absent where nothing tells. */
  version?: string;
  /** Full-resolution size in pixels. */
  width: number;
  height: number;
  bands: BandInfo[];
  sampleType: SampleType;
  /** What is peculiar about the sample values, in sentences for the user. */
  notes: string[];
  compression: string;
  /** "tiled 256×256", "striped, 16 rows a strip", "decoded by the browser". */
  layout: string;
  /** Downsampling factors available for reading, starting at 1. */
  levels: number[];
  georeference: Georeference;
  /** Ground sample distance in metres, per axis; null without georeferencing. */
  gsdMetres: { x: number; y: number } | null;
  defaultBands: BandChoice;
  /** What to ask `computeStretch` for at first: `none` for finished pictures (PNG, JPEG, WebP, palette), else (and where absent) 2–98 %. */
  defaultStretch?: Pick<Stretch, 'method' | 'low' | 'high'>;
}

/** Which source bands fill red, green, blue; `nir` only where there is one. 0-based. */
export interface BandChoice {
  red: number;
  green: number;
  blue: number;
  nir: number | null;
}
