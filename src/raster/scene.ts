import type { BandChoice, BandInfo, SampleType } from '../imagery/image.ts';
import type { Georeference } from '../imagery/place.ts';
import type { Stretch } from '../imagery/stretch.ts';
import type { ByteLru } from './cache/lru.ts';
import type { OverviewDisk } from './overviews/disk.ts';
import type { SampleArray } from './tiff/samples.ts';

/** An opened image, whatever its format. Bands are 0-based; a palette or CMYK image shows as its red, green and blue. */
export interface RasterScene {
  readonly width: number;
  readonly height: number;
  readonly bands: BandInfo[];
  readonly sampleType: SampleType;
  /** As in `SceneInfo`. */
  readonly notes: string[];
  readonly compression: string;
  /** "tiled 256×256", "striped, 16 rows a strip", "decoded by the browser". */
  readonly layout: string;
  readonly georeference: Georeference;
  readonly defaultBands: BandChoice;
  readonly defaultStretch: Pick<Stretch, 'method' | 'low' | 'high'>;
  /** Full resolution first, then ever coarser. Built levels are added here. */
  readonly levels: RasterLevel[];
  /** Where levels built for it are kept; absent: in memory, unaccounted (tests). */
  readonly home?: SceneHome;
  /** Raw sample values of all bands; null outside. */
  readPixel(col: number, row: number): Promise<number[] | null>;
  close(): void;
}

/** What building levels needs to know of a scene's surroundings. */
export interface SceneHome {
  cache: ByteLru<SampleArray>;
  keyPrefix: string;
  /** Null where the browser has no private files. */
  disk: OverviewDisk | null;
  /** Names the content; null where that can't be had. */
  fingerprint(): Promise<string | null>;
}

/** Whose read it is: a pass over the whole image yields to views, and leaves their blocks in the cache. */
export type ReadPurpose = 'view' | 'pass';

/** The image at one resolution. */
export interface RasterLevel {
  readonly width: number;
  readonly height: number;
  /** Full-resolution pixels a pixel of this level, per axis; 1 at full resolution. */
  readonly factorX: number;
  readonly factorY: number;
  /** Columns and rows that are decoded together; reading whole multiples of them wastes nothing. */
  readonly blockCols: number;
  readonly blockRows: number;
  /** Bands that this level holds; null = all. */
  readonly only: ReadonlySet<number> | null;
  /**
   * `bands.length` planes of f32[height, width], row-major, owned by the caller. The window is whole pixels inside the level.
   * NaN = invalid: nodata, masked, transparent or not finite. Errors: TIFF_CORRUPT, TIFF_TRUNCATED, FILE_UNREADABLE, WORKER_CRASHED, ABORTED.
   */
  read(
    x: number,
    y: number,
    width: number,
    height: number,
    bands: readonly number[],
    signal: AbortSignal | null,
    purpose?: ReadPurpose,
  ): Promise<Float32Array<ArrayBuffer>[]>;
  /**
   * True where the file holds nothing of the bands for the window (sparse blocks): all its pixels have one value a band, or none, and nobody
   * measured it. Absent: the file holds everything.
   */
  isSparse?(x: number, y: number, width: number, height: number, bands: readonly number[]): boolean;
}
