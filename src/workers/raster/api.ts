import type { PixelWindow } from '../../geo/types.ts';
import type { SceneId, SceneInfo } from '../../imagery/image.ts';
import type { OverviewCacheUse, OverviewStatus } from '../../imagery/overviews.ts';
import type { CrsChoice, CrsHit } from '../../imagery/place.ts';
import type { BandHistogram, Stretch } from '../../imagery/stretch.ts';
import type { BandTile, RawRequest, RawTile, ReadRequest } from '../../imagery/tiles.ts';

/** The whole contract of the raster worker. Implemented in raster.worker.ts, called through client.ts. */

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
