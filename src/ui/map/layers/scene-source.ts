import DataTile, { type Data } from 'ol/DataTile.js';
import type { Extent } from 'ol/extent.js';
import type Projection from 'ol/proj/Projection.js';
import DataTileSource from 'ol/source/DataTile.js';
import TileState from 'ol/TileState.js';
import type { RawRequest, RawTile } from '../../../imagery/tiles.ts';
import { NadirError } from '../../../lib/errors.ts';
import type { Session } from '../../../session/port.ts';
import { tilesPending } from '../../ui-state.ts';
import { createTileGrid, tileSizePx, tileWindow, windowToExtent } from '../pixel-space.ts';
import type { Placing } from './layer-placing.ts';
import type { RawTileCache } from './raw-tiles.ts';

const isAbort = (thrown: Error | null) => thrown !== null && NadirError.from(thrown).code === 'ABORTED';

export interface SourceOptions {
  layerId: string;
  /** Identifies the state of the layer's pixels; another state gives other tiles. */
  content: string;
  placing: Placing;
  /** 0-based bands of each tile. */
  bands: number[];
  projection: Projection;
  /** Converts raw samples to a picture; null passes the samples to the shader. */
  paint: ((tile: RawTile) => Promise<ImageBitmap>) | null;
  cache: RawTileCache;
  key: string;
}

/**
 * Raw tiles of one layer, read through the session. Reads of tiles that leave the view are aborted. After `refreshAs`
 * the old tiles stay on screen until the new ones are ready.
 */
export class SceneSource extends DataTileSource {
  /** Running reads, and the map extent that each fills. */
  readonly #pending: Map<AbortController, Extent>;
  #smooth = true;
  /** Screen pixels per CSS pixel, 1 or 2. */
  readonly #pixelRatio: number;
  readonly #options: SourceOptions;
  /** One notice per image, because a broken file fails in many tiles. */
  #failureReported = false;

  constructor(session: Pick<Session, 'images' | 'notices'>, options: SourceOptions) {
    const pixelRatio = Math.min(2, Math.max(1, Math.round(devicePixelRatio)));
    const { placing, bands, paint } = options;
    const pending = new Map<AbortController, Extent>();
    super({
      projection: options.projection,
      tileGrid: createTileGrid(placing.extent, placing.resolutions, pixelRatio),
      tileSize: tileSizePx,
      key: options.key,
      transition: 0,
      wrapX: false,
      bandCount: paint ? 4 : bands.length + 1,
      loader: async (z, column, row, { signal }) => {
        const resolution = placing.resolutions[z]!;
        const window = tileWindow(resolution, column, row);
        const controller = new AbortController();
        pending.set(controller, windowToExtent(window));
        tilesPending.value++;
        try {
          const read = { signal: AbortSignal.any([signal, controller.signal]), resolution, window };
          const tile = await rawTile(session, options, `${z}/${column}/${row}`, read);
          return (paint ? await paint(tile) : tile.data) as Data;
        } finally {
          pending.delete(controller);
          tilesPending.value--;
        }
      },
    });
    this.#pending = pending;
    this.#options = options;
    this.#pixelRatio = pixelRatio;
    this.on('tileloaderror', ({ tile }) => {
      // An aborted tile isn't broken: makes it loadable again after the library's own listeners have run.
      if (!(tile instanceof DataTile)) return;
      const error = tile.getError();
      if (isAbort(error)) {
        queueMicrotask(() => tile.setState(TileState.IDLE));
      } else if (isReaderLost(error)) {
        // The session opens the image again and says so. Under its new id all tiles are read again.
      } else if (!this.#failureReported) {
        this.#failureReported = true;
        session.notices.fail(error, 'read-tiles');
      }
    });
  }

  /** Smooth when shrunk, square pixels when enlarged, so that an analyst can count them. */
  override getInterpolate(): boolean {
    return this.#smooth;
  }

  /**
   * Call on every change of view: aborts reads outside it. `extent` in map coordinates, `cssResolution` in map pixels
   * per CSS pixel.
   */
  viewChanged(extent: Extent, cssResolution: number): void {
    const resolution = cssResolution / this.#pixelRatio;
    const finest = this.getTileGrid()!.getResolutions().at(-1)! / this.#pixelRatio;
    this.#smooth = resolution > 0.5 * finest;
    for (const [controller, tile] of this.#pending) {
      const outside = tile[0]! > extent[2]! || tile[2]! < extent[0]! || tile[1]! > extent[3]! || tile[3]! < extent[1]!;
      // A tile from another zoom level would be drawn too large or too small to be useful.
      const tileResolution = (tile[2]! - tile[0]!) / tileSizePx;
      if (outside || tileResolution < resolution / 4 || tileResolution > Math.max(finest, resolution * 4))
        controller.abort();
    }
  }

  /** Identifies the new state of the layer's pixels for all later reads. */
  setContent(content: string): void {
    this.#options.content = content;
  }

  /** Draws everything again for a new appearance; `key` identifies it. */
  refreshAs(key: string): void {
    this.setKey(key);
  }
}

/** The whole worker, not just one of its decoders. */
function isReaderLost(error: unknown): boolean {
  return error instanceof NadirError && error.code === 'WORKER_CRASHED' && error.details.worker !== undefined;
}

async function rawTile(
  session: Pick<Session, 'images' | 'notices'>,
  { layerId, content, placing, bands, cache }: SourceOptions,
  place: string,
  { signal, resolution, window }: { signal: AbortSignal; resolution: number; window: RawRequest['window'] },
): Promise<RawTile> {
  const key = `${layerId}|${content}|${bands.join()}|${place}`;
  const known = cache.get(key);
  if (known) return known;
  const source = placing.sourceOf(window);
  const size = { outWidth: tileSizePx, outHeight: tileSizePx };
  const stored = placing.resolutions.at(-1) === resolution;
  const resampling = stored ? 'nearest' : 'area';
  const tile = await session.images.readRaw(layerId, { ...(source ?? { window }), ...size, bands, resampling }, signal);
  cache.set(key, tile);
  return tile;
}
