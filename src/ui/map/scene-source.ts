import DataTile from 'ol/DataTile.js';
import type { Extent } from 'ol/extent.js';
import type Projection from 'ol/proj/Projection.js';
import DataTileSource from 'ol/source/DataTile.js';
import TileState from 'ol/TileState.js';
import { NadirError } from '../../lib/errors.ts';
import type { Session } from '../../session/types.ts';
import type { SceneInfo } from '../../workers/raster/api.ts';
import { tilesPending } from '../ui-state.ts';
import { createPixelTileGrid, gridResolutions, tileSizePx, tileWindow, windowToExtent } from './pixel-space.ts';

const isAbort = (thrown: Error | null) => thrown !== null && NadirError.from(thrown).code === 'ABORTED';

/**
 * Tiles of the open scene, read through the session with its bands and stretch. Reads of tiles that leave the view
 * are aborted. After `refresh` the old tiles stay on screen until their successors have arrived.
 */
export class SceneSource extends DataTileSource {
  /** Reads under way, with the map extent each fills. */
  readonly #pending: Map<AbortController, Extent>;
  #smooth = true;
  /** Screen pixels to a CSS pixel, 1 or 2. */
  readonly #pixelRatio: number;
  /** One notice an image: a broken file breaks in many tiles. */
  #failureTold = false;

  constructor(session: Session, info: SceneInfo, projection: Projection, key: string) {
    const pixelRatio = Math.min(2, Math.max(1, Math.round(devicePixelRatio)));
    const tileGrid = createPixelTileGrid(info.width, info.height, pixelRatio);
    const resolutions = gridResolutions(info.width, info.height);
    const pending = new Map<AbortController, Extent>();
    super({
      projection,
      tileGrid,
      tileSize: tileSizePx,
      key,
      transition: 0,
      wrapX: false,
      loader: async (z, column, row, { signal }) => {
        const resolution = resolutions[z]!;
        const window = tileWindow(resolution, column, row);
        const controller = new AbortController();
        pending.set(controller, windowToExtent(window));
        tilesPending.value++;
        const size = { outWidth: tileSizePx, outHeight: tileSizePx };
        const resampling = resolution > 1 ? 'area' : 'nearest';
        try {
          const either = AbortSignal.any([signal, controller.signal]);
          const tile = await session.readRgba({ window, ...size, resampling }, either);
          return await createImageBitmap(new ImageData(tile.data, tile.width, tile.height));
        } finally {
          pending.delete(controller);
          tilesPending.value--;
        }
      },
    });
    this.#pending = pending;
    this.#pixelRatio = pixelRatio;
    this.on('tileloaderror', ({ tile }) => {
      // An aborted tile is not a broken one: make it loadable again, once the library's own listeners are done.
      if (!(tile instanceof DataTile)) return;
      const error = tile.getError();
      if (isAbort(error)) {
        queueMicrotask(() => tile.setState(TileState.IDLE));
      } else if (!this.#failureTold) {
        this.#failureTold = true;
        session.notify(error, 'Part of the image could not be read');
      }
    });
  }

  /** Smooth when small, square pixels when enlarged: what an analyst must be able to count. */
  override getInterpolate(): boolean {
    return this.#smooth;
  }

  /** Told of every new view; stops the reads that no longer touch it. `extent` in map coordinates, `cssResolution` in source pixels to a CSS pixel. */
  viewChanged(extent: Extent, cssResolution: number): void {
    const resolution = cssResolution / this.#pixelRatio;
    this.#smooth = resolution > 0.5;
    for (const [controller, tile] of this.#pending) {
      const outside = tile[0]! > extent[2]! || tile[2]! < extent[0]! || tile[1]! > extent[3]! || tile[3]! < extent[1]!;
      // A tile of another zoom level would be drawn too large or too small to be of use.
      const tileResolution = (tile[2]! - tile[0]!) / tileSizePx;
      if (outside || tileResolution < resolution / 4 || tileResolution > Math.max(1, resolution * 4))
        controller.abort();
    }
  }

  /** Reads everything again, for other bands or another stretch; `key` names them. */
  refreshAs(key: string): void {
    this.setKey(key);
  }
}
