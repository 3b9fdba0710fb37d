import type { PixelWindow } from '../geo/types.ts';
import { NadirError } from '../lib/errors.ts';
import type { BandChoice, BandTile, RasterApi, SceneInfo } from '../workers/raster/api.ts';
import { newId } from './ids.ts';
import { notifyError } from './notices.ts';
import { boundsOf, matchScenes, quadIn } from './same-ground.ts';
import type { SessionState } from './state.ts';
import type { BeforeImage } from './types.ts';
import { isUpright, sizeForWarp, warpToQuad } from './warp.ts';
import type { WorkerHost } from './worker-host.ts';

const DEFAULT_STRETCH = { method: 'percentile', low: 2, high: 98 } as const;

/** The earlier image that the open scene is compared with: a second scene in the raster worker, without a document of its own. */
export class BeforeKeeper {
  private readonly state: SessionState;
  private readonly raster: () => WorkerHost<RasterApi>;
  private file: File | null = null;
  private openings = 0;

  constructor(state: SessionState, raster: () => WorkerHost<RasterApi>) {
    this.state = state;
    this.raster = raster;
  }

  /** Replaces the earlier image; the one that was there stays if this fails. Errors: as opening a scene, INVALID_ARGUMENT, SCENES_DO_NOT_MATCH. */
  async open(file: File): Promise<void> {
    this.openings += 1;
    const turn = this.openings;
    this.state.openingBefore.value = file.name;
    try {
      const after = this.state.scene.value;
      if (!after) {
        throw new NadirError('INVALID_ARGUMENT', 'No image is open. Open the later image first, then the earlier one.');
      }
      if (file.size === 0) {
        throw new NadirError('FILE_EMPTY', `${file.name} has no content (0 bytes). Choose another file.`);
      }
      const opened = await this.read(file);
      const isCurrent = turn === this.openings && this.state.scene.value?.info.id === after.info.id;
      try {
        if (!isCurrent) throw new NadirError('ABORTED', 'Another image was opened meanwhile.');
        matchScenes(after.info, opened.info);
      } catch (thrown) {
        void this.forget(opened.info.id);
        throw thrown;
      }
      const old = this.state.before.value;
      this.file = file;
      this.state.before.value = opened;
      if (old) void this.forget(old.info.id);
    } finally {
      if (turn === this.openings) this.state.openingBefore.value = null;
    }
  }

  async close(): Promise<void> {
    this.openings += 1;
    const old = this.state.before.value;
    this.file = null;
    this.state.before.value = null;
    this.state.openingBefore.value = null;
    if (old) await this.forget(old.info.id);
  }

  /** Called when the raster worker died: opens the image again in its replacement. */
  recover(): void {
    const { file } = this;
    const scene = this.state.before.value;
    if (!file || !scene) return;
    void this.read(file).then(
      ({ info }) => {
        const now = this.state.before.value;
        if (now && this.file === file) this.state.before.value = { ...now, info };
        else void this.forget(info.id);
      },
      (thrown) => {
        notifyError(this.state, thrown, 'The earlier image could not be opened again');
        if (this.file === file) void this.close();
      },
    );
  }

  /** The earlier image, once it is known to show the ground of `after`. Errors: INVALID_ARGUMENT, SCENES_DO_NOT_MATCH. */
  required(after: SceneInfo): BeforeImage {
    const before = this.state.before.value;
    if (!before) {
      throw new NadirError(
        'INVALID_ARGUMENT',
        'There is no earlier image to compare with. Open one, then ask what changed.',
      );
    }
    matchScenes(after, before.info);
    return before;
  }

  /** The bands that show the earlier image as `bands` show the later one: the same ones where both have as many. */
  bandsFor(after: SceneInfo, bands: BandChoice): BandChoice {
    const before = this.state.before.value;
    return before && before.info.bands.length !== after.bands.length ? before.bands : bands;
  }

  /**
   * The ground that `window` of `after` shows, as the earlier image shows it: f32[tileSize, tileSize, 4]. Warped
   * where the images are turned against each other. Errors: as `required`, and those of reading.
   */
  async readTile(
    after: SceneInfo,
    window: PixelWindow,
    tileSize: number,
    bands: BandChoice,
    signal: AbortSignal,
  ): Promise<BandTile> {
    const before = this.required(after);
    const quad = quadIn(window, matchScenes(after, before.info));
    const bounds = boundsOf(quad);
    if (!(bounds.width > 0 && bounds.height > 0)) {
      throw new NadirError(
        'SCENES_DO_NOT_MATCH',
        'A part of the scene has no place in the coordinate system of the earlier image.',
      );
    }
    const upright = isUpright(quad, bounds, tileSize);
    const size = upright ? { width: tileSize, height: tileSize } : sizeForWarp(quad, bounds, tileSize);
    const tile = await this.cancellable(signal, (jobId) =>
      this.raster().api.readBands(jobId, {
        scene: before.info.id,
        window: bounds,
        outWidth: size.width,
        outHeight: size.height,
        bands: this.bandsFor(after, bands),
        stretch: before.stretch,
        resampling: bounds.width > size.width ? 'area' : 'bilinear',
      }),
    );
    return upright ? tile : warpToQuad(tile, bounds, quad, tileSize);
  }

  private async read(file: File): Promise<BeforeImage> {
    const { api } = this.raster();
    const info = await api.open(file);
    const { method, low, high } = info.defaultStretch ?? DEFAULT_STRETCH;
    const stretch = await api.computeStretch(info.id, method, low, high);
    return { info, bands: info.defaultBands, stretch };
  }

  private async forget(sceneId: string): Promise<void> {
    // A worker that has died meanwhile has forgotten the scene already.
    await this.raster()
      .api.close(sceneId)
      .catch(() => undefined);
  }

  private async cancellable<T>(signal: AbortSignal, read: (jobId: string) => Promise<T>): Promise<T> {
    if (signal.aborted) throw new NadirError('ABORTED', 'The read was stopped.');
    const jobId = newId('read');
    const cancel = () =>
      void this.raster()
        .api.cancel(jobId)
        .catch(() => undefined);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await read(jobId);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }
}
