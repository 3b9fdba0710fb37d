import type { BandChoice, BandInfo, SampleType, StatedFacts } from '../imagery/image.ts';
import type { Georeference } from '../imagery/place.ts';
import type { Stretch } from '../imagery/stretch.ts';
import type { ByteLru } from './cache/lru.ts';
import type { OverviewDisk } from './overviews/disk.ts';
import type { SampleArray } from './tiff/samples.ts';

/** An opened image of any format. Bands are 0-based. A palette or CMYK image appears as its red, green and blue. */
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
  /** Absent (tests): nothing. */
  readonly stated?: StatedFacts;
  readonly defaultBands: BandChoice;
  readonly defaultStretch: Pick<Stretch, 'method' | 'low' | 'high'>;
  /** Full resolution first, then coarser. Built levels are appended. */
  readonly levels: RasterLevel[];
  /** Where built levels are stored; absent (tests): in memory, without accounting. */
  readonly home?: SceneHome;
  /** Sample values of all bands; null outside the scene. */
  readPixel(col: number, row: number): Promise<number[] | null>;
  close(): void;
}

/** What building levels needs to know about a scene's surroundings. */
export interface SceneHome {
  cache: ByteLru<SampleArray>;
  keyPrefix: string;
  /** Null if the browser has no private files. */
  disk: OverviewDisk | null;
  /** A name for the content; null if it can't be computed. */
  fingerprint(): Promise<string | null>;
}

/**
 * Why blocks are read. A `pass` over the whole image yields to a `view` and doesn't evict its blocks from the cache.
 */
export type ReadPurpose = 'view' | 'pass';

/** The image at one resolution. */
export interface RasterLevel {
  readonly width: number;
  readonly height: number;
  /** Full-resolution pixels per pixel of this level, along each axis; 1 at full resolution. */
  readonly factorX: number;
  readonly factorY: number;
  /** Columns and rows that are decoded together. Reading whole multiples of them is most efficient. */
  readonly blockCols: number;
  readonly blockRows: number;
  /** Bands that this level holds; null = all. */
  readonly only: ReadonlySet<number> | null;
  /**
   * `bands.length` planes of f32[height, width], row-major, owned by the caller. The window consists of whole pixels
   * inside the level. NaN = invalid: nodata, masked, transparent or not finite. Errors: TIFF_CORRUPT, TIFF_TRUNCATED,
   * FILE_UNREADABLE, WORKER_CRASHED, ABORTED.
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
   * True if the file stores nothing of the bands in the window (sparse blocks). All its pixels then have the same fill
   * value or are invalid. Absent: the file stores everything.
   */
  isSparse?(x: number, y: number, width: number, height: number, bands: readonly number[]): boolean;
}
