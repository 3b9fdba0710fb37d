import type { Geotransform, PixelWindow } from '../../geo/types.ts';

/** The whole contract of the raster worker. Implemented in raster.worker.ts, called through client.ts. */

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

/** Where the pixels lie on the ground. `none` is said in words by the page; nothing is guessed. */
export type Georeference =
  | { kind: 'none'; reason: string; notes?: string[] }
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
      /** Where the transform comes from, in words: "GeoTIFF tags", "scene.tfw", "12 ground control points, fitted: …". */
      source?: string;
      /** What was ignored, contradicts or is only approximate, in sentences for the user. */
      notes?: string[];
      /** Set where the user chose the CRS: what the image itself said. */
      chosenOver?: CrsChoice;
    };

/** A CRS that a user may choose. */
export interface CrsChoice {
  /** "EPSG:32611", or "user-defined" for a pasted definition. */
  crs: string | null;
  crsName: string | null;
  proj4: string | null;
  units: Extract<Georeference, { kind: 'affine' }>['units'];
  /** What is ignored or only approximate, in sentences. */
  notes: string[];
}

/** One of the CRS that the app knows by EPSG code. */
export interface CrsHit {
  code: number;
  name: string;
  geographic: boolean;
  /** False where only its name is known: coordinates are shown, longitude and latitude aren't. */
  hasLonLat: boolean;
}

export interface SceneInfo {
  id: SceneId;
  fileName: string;
  sizeBytes: number;
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

/**
 * A linear stretch and a gamma per source band index, computed once and recorded with every answer: a value v shows as
 * clamp((v − black) / (white − black), 0, 1) ^ (1 / gamma).
 */
export interface Stretch {
  /** `stddev`: mean − low·σ to mean + high·σ. `manual`: the ranges were set by hand. */
  method: 'percentile' | 'minmax' | 'stddev' | 'manual' | 'none';
  /** e.g. 2 and 98 for `percentile`, 2 and 2 for `stddev`. */
  low: number;
  high: number;
  /** Above 1 brightens; absent = 1. */
  gamma?: number;
  /** The part of the scene that was looked at, in full-resolution pixels; null or absent = the whole scene. */
  window?: PixelWindow | null;
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

/** Model input: `f32[outHeight, outWidth, 4]` = R,G,B,NIR after the stretch, in [0,1]; NIR 0 where `hasNir` is false. Transferred. */
export interface BandTile {
  width: number;
  height: number;
  hasNir: boolean;
  /** Fraction of pixels that are valid (not nodata, inside the scene). */
  validFraction: number;
  data: Float32Array<ArrayBuffer>;
}

/** The bands as they are, for a shader to stretch. */
export interface RawRequest {
  scene: SceneId;
  /** In full-resolution pixels; parts outside the scene come back invalid. */
  window: PixelWindow;
  outWidth: number;
  outHeight: number;
  /** 0-based source bands, in the order wanted. */
  bands: number[];
  resampling: ReadRequest['resampling'];
  /**
   * For another pixel grid than the scene's own: where output points lie in the scene, as (columns × rows) pairs of source
   * column and row, row by row, spread evenly over the output with the first at its upper-left and the last at its
   * lower-right corner; between them positions are interpolated. `window` is ignored then.
   */
  grid?: { columns: number; rows: number; points: Float64Array };
}

/** Sample values for the screen. Transferred. */
export interface RawTile {
  width: number;
  height: number;
  bands: number[];
  /**
   * `[outHeight, outWidth, bands + 1]`, row-major: the samples (Uint8 where `tilesHoldBytes`), then validity: 0, or 255 (1 in
   * floats) where any band is valid. An invalid sample is 0; in floats beside valid ones −1e20.
   */
  data: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
}

/** How often values occur in one band, from the pixels that a stretch is computed from. */
export interface BandHistogram {
  band: number;
  /** Smallest and largest valid value; both 0 when `count` is 0. */
  min: number;
  max: number;
  mean: number;
  stdDev: number;
  /** Valid pixels looked at. */
  count: number;
  /** Equal bins from `min` to `max`. */
  bins: number[];
}

/** Levels that are built for an image without overviews of its own. */
export interface OverviewStatus {
  /** `ready` also where none are needed; `stopped` by the user; `failed`: see `note`. */
  state: 'waiting' | 'building' | 'ready' | 'stopped' | 'failed';
  /** Of the work, 0–1. */
  fraction: number;
  /** As `SceneInfo.levels`, with those built so far. */
  levels: number[];
  /** `file`: the image's own are used. `none`: nothing built yet. `disk` outlives the page. */
  storage: 'file' | 'disk' | 'memory' | 'none';
  /** That they take there, when ready. */
  bytes: number;
  /** What the user should know, in a sentence or two; else null. */
  note: string | null;
}

/** Overviews of all images kept on this device. */
export interface OverviewCacheUse {
  bytes: number;
  /** Files: one for each set of bands of each image. */
  count: number;
  /** The least recently used are evicted beyond this, and all that weren't used for 30 days. 0: the browser keeps none. */
  limitBytes: number;
}

/** Every call may reject with a NadirError; one whose signal fires rejects with ABORTED. */
export interface RasterApi {
  /** Errors: FILE_EMPTY, NOT_AN_IMAGE, TIFF_CORRUPT, TIFF_TRUNCATED, TIFF_COMPRESSION_UNSUPPORTED, TIFF_LAYOUT_UNSUPPORTED, IMAGE_TOO_LARGE. */
  /**
   * `image`: a file, or the address of one on a server that answers range requests, which alone is asked. `sidecars`: the files that lie
   * beside it. Adds to the errors: URL_INVALID, URL_UNREACHABLE, URL_NO_RANGES, URL_REFUSED, URL_CHANGED; ABORTED.
   * `onBytes` is called with every request to an address: how many bytes have come in all, also once it is open.
   */
  open(
    image: File | string,
    sidecars: File[],
    signal: AbortSignal,
    onBytes?: (totalBytes: number) => void,
  ): Promise<SceneInfo>;
  /** CRS by EPSG code or words of its name, best first; common ones for an empty query. Offline. */
  searchCrs(query: string, limit: number): Promise<{ found: CrsHit[]; total: number }>;
  /**
   * The CRS that "EPSG:n", a proj4 string or WKT means, with the datum shift for the place `at` (CRS coordinates), where it has several;
   * null for anything else.
   */
  describeCrs(text: string, at: readonly [number, number] | null): Promise<CrsChoice | null>;
  /** Scene-wide statistics with nodata masked (from an overview or a stated sample). */
  computeStretch(
    scene: SceneId,
    method: Stretch['method'],
    low: number,
    high: number,
    window?: PixelWindow | null,
  ): Promise<Stretch>;
  /** One entry a band asked for. `window` as in `Stretch`. Errors: INVALID_ARGUMENT for a band that isn't there. */
  histogram(scene: SceneId, bands: number[], window: PixelWindow | null): Promise<BandHistogram[]>;
  readBands(request: ReadRequest, signal: AbortSignal): Promise<BandTile>;
  readRaw(request: RawRequest, signal: AbortSignal): Promise<RawTile>;
  /** Raw sample values of all bands at one full-resolution pixel; null outside. */
  readPixel(scene: SceneId, col: number, row: number): Promise<number[] | null>;
  /** The present state; later ones go to `onStatus` (at most five a second) until the scene is closed. */
  overviews(scene: SceneId, onStatus: (status: OverviewStatus) => void): Promise<OverviewStatus>;
  /** Stops building; what is finished stays, on disk too. Zoomed-out views then stay coarse. */
  stopOverviews(scene: SceneId): Promise<void>;
  /** Builds, or goes on after `stopOverviews` or a failure. */
  buildOverviews(scene: SceneId): Promise<void>;
  overviewCache(): Promise<OverviewCacheUse>;
  /** Removes all that no open image uses; returns the bytes freed. */
  clearOverviewCache(): Promise<number>;
  close(scene: SceneId): Promise<void>;
}
