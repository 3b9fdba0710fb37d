import type { PixelWindow } from '../../geo/types.ts';
import type { SceneId, SceneInfo } from '../../imagery/image.ts';
import type { OverviewCacheUse, OverviewStatus } from '../../imagery/overviews.ts';
import type { CrsChoice, CrsHit } from '../../imagery/place.ts';
import type { StatisticsRequest, ValueStatistics } from '../../imagery/statistics.ts';
import type { BandHistogram, Stretch } from '../../imagery/stretch.ts';
import type { BandTile, RawRequest, RawTile, ReadRequest } from '../../imagery/tiles.ts';

/** The contract of the raster worker. Implemented in raster.worker.ts, called through client.ts. */

/** Every call may reject with a NadirError; if its signal fires, with ABORTED. */
export interface RasterApi {
  /**
   * Opens `image`: a file, or an address. For an address the app contacts only that server, which must support range
   * requests. `sidecars`: the files beside it. `onBytes` is called after every request to an address, even after
   * opening, with the total number of bytes received. Errors: FILE_EMPTY, NOT_AN_IMAGE, TIFF_CORRUPT, TIFF_TRUNCATED,
   * TIFF_COMPRESSION_UNSUPPORTED, TIFF_LAYOUT_UNSUPPORTED, IMAGE_TOO_LARGE; for an address also URL_INVALID,
   * URL_UNREACHABLE, URL_NO_RANGES, URL_REFUSED, URL_CHANGED.
   */
  open(
    image: File | string,
    sidecars: File[],
    signal: AbortSignal,
    onBytes?: (totalBytes: number) => void,
  ): Promise<SceneInfo>;
  /** CRSs by EPSG code or words of their name, best first; common ones for an empty query. Offline. */
  searchCrs(query: string, limit: number): Promise<{ found: CrsHit[]; total: number }>;
  /**
   * The CRS given as "EPSG:n", a proj4 string or WKT; null for anything else. If its datum has several shifts, the one
   * for the place `at` (CRS coordinates) is used.
   */
  describeCrs(text: string, at: readonly [number, number] | null): Promise<CrsChoice | null>;
  /** Statistics of the scene, ignoring nodata (from an overview or a stated sample). */
  computeStretch(
    scene: SceneId,
    method: Stretch['method'],
    low: number,
    high: number,
    window?: PixelWindow | null,
  ): Promise<Stretch>;
  /** One entry per requested band. `window` as in `Stretch`. Errors: BAND_MISSING for a band that doesn't exist. */
  histogram(scene: SceneId, bands: number[], window: PixelWindow | null): Promise<BandHistogram[]>;
  /** Of a band or an index in a window. Errors: EXPRESSION_INVALID, WINDOW_OUTSIDE, those of reading. */
  statistics(request: StatisticsRequest, signal: AbortSignal): Promise<ValueStatistics>;
  readBands(request: ReadRequest, signal: AbortSignal): Promise<BandTile>;
  readRaw(request: RawRequest, signal: AbortSignal): Promise<RawTile>;
  /** Raw sample values of all bands at one full-resolution pixel; null outside. */
  readPixel(scene: SceneId, col: number, row: number): Promise<number[] | null>;
  /**
   * Calls `onStatus` with the current state, then with later ones (at most five per second) until the scene is closed.
   * None is returned: a result and a call come through different ports, so an older state could arrive last.
   */
  overviews(scene: SceneId, onStatus: (status: OverviewStatus) => void): Promise<void>;
  /** Stops building. Finished levels stay, also on disk. Zoomed-out views then remain coarse. */
  stopOverviews(scene: SceneId): Promise<void>;
  /** Starts building, or continues after `stopOverviews` or a failure. */
  buildOverviews(scene: SceneId): Promise<void>;
  overviewCache(): Promise<OverviewCacheUse>;
  /** Removes every stored overview that no open image uses. Returns the bytes freed. */
  clearOverviewCache(): Promise<number>;
  /** A name for the scene's pixels, as 32 hexadecimal digits; null if they can't be told from others'. */
  fingerprint(scene: SceneId): Promise<string | null>;
  close(scene: SceneId): Promise<void>;
}
