import type { Geotransform, PixelWindow } from '../../geo/types.ts';

/** The whole contract of the raster worker. Implemented in raster.worker.ts, called through client.ts. */

/** A scene opened in the worker; valid until `close`. */
export type SceneId = string;

export type SampleType = 'uint8' | 'uint16' | 'uint32' | 'int8' | 'int16' | 'int32' | 'float16' | 'float32' | 'float64';

export interface BandInfo {
  /** 0-based. */
  index: number;
  /** From the file's metadata, else "Band 1" … */
  name: string;
  /** Colour interpretation where the file states it, or where the photometric tag implies it. */
  role: 'red' | 'green' | 'blue' | 'nir' | 'grey' | 'palette' | 'alpha' | 'unknown';
}

/** Where the pixels lie on the ground. `none` is said in words by the page; nothing is guessed. */
export type Georeference =
  | { kind: 'none'; reason: string }
  | {
      kind: 'affine';
      /** PixelIsArea corners, whatever the file's own raster type was. */
      geotransform: Geotransform;
      /** "EPSG:32611", or a name for a user-defined CRS, or null when the file gives coordinates without a CRS. */
      crs: string | null;
      crsName: string | null;
      /** proj4 definition for CRS → WGS 84, or null when it can't be had. */
      proj4: string | null;
      units: 'metre' | 'degree' | 'foot' | 'us-foot' | 'unknown';
      pixelIsPoint: boolean;
    };

export interface SceneInfo {
  id: SceneId;
  fileName: string;
  sizeBytes: number;
  /** Full-resolution size in pixels. */
  width: number;
  height: number;
  bands: BandInfo[];
  sampleType: SampleType;
  nodata: number | null;
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

/** A linear stretch per source band index, computed once for the scene and recorded with every answer. */
export interface Stretch {
  method: 'percentile' | 'minmax' | 'none';
  /** e.g. 2 and 98 for `percentile`. */
  low: number;
  high: number;
  /** `ranges[band] = [black, white]` in sample values, for every band of the file. */
  ranges: [number, number][];
  /** How many pixels were looked at, and at which downsampling factor. */
  sampledPixels: number;
  sampledLevel: number;
}

export interface ReadRequest {
  scene: SceneId;
  /** In full-resolution pixels; parts outside the scene come back transparent. */
  window: PixelWindow;
  /** Output size in pixels. The nearest sufficient overview is read and resampled. */
  outWidth: number;
  outHeight: number;
  bands: BandChoice;
  stretch: Stretch;
  resampling: 'nearest' | 'bilinear' | 'area';
}

/** RGBA for the screen: `Uint8ClampedArray[outHeight, outWidth, 4]`, alpha 0 at nodata and outside. Transferred. */
export interface RgbaTile {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

/** Model input: `f32[outHeight, outWidth, 4]` = R,G,B,NIR after the stretch, in [0,1]; NIR 0 where `hasNir` is false. Transferred. */
export interface BandTile {
  width: number;
  height: number;
  hasNir: boolean;
  /** Fraction of pixels that are valid (not nodata, inside the scene). */
  validFraction: number;
  data: Float32Array<ArrayBuffer>;
}

/** Every call may reject with a NadirError; reads take a job id so that `cancel(jobId)` stops them. */
export interface RasterApi {
  /** Errors: FILE_EMPTY, NOT_AN_IMAGE, TIFF_CORRUPT, TIFF_TRUNCATED, TIFF_COMPRESSION_UNSUPPORTED, TIFF_LAYOUT_UNSUPPORTED, IMAGE_TOO_LARGE. */
  open(file: File): Promise<SceneInfo>;
  /** Scene-wide statistics with nodata masked (from an overview or a stated sample). */
  computeStretch(scene: SceneId, method: Stretch['method'], low: number, high: number): Promise<Stretch>;
  readRgba(jobId: string, request: ReadRequest): Promise<RgbaTile>;
  readBands(jobId: string, request: ReadRequest): Promise<BandTile>;
  /** Raw sample values of all bands at one full-resolution pixel; null outside. */
  readPixel(scene: SceneId, col: number, row: number): Promise<number[] | null>;
  cancel(jobId: string): Promise<void>;
  close(scene: SceneId): Promise<void>;
}
