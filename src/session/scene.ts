import { batch } from '@preact/signals';
import { applyGeotransform } from '../geo/affine.ts';
import { makeToLonLat } from '../geo/projection.ts';
import { NadirError } from '../lib/errors.ts';
import type { BandChoice, BandTile, RasterApi, ReadRequest, RgbaTile, Stretch } from '../workers/raster/api.ts';
import type { History } from './history.ts';
import { newId } from './ids.ts';
import { inform, notifyError } from './notices.ts';
import type { SessionState } from './state.ts';
import type { OpenScene } from './types.ts';
import type { WorkerHost } from './worker-host.ts';

const DEFAULT_STRETCH = { method: 'percentile', low: 2, high: 98 } as const;

/** What a stored session puts back over a scene's defaults. */
export interface SceneSettings {
  bands: BandChoice;
  stretch: Stretch;
}

/** The open scene: opening, reading, bands and stretch, and coming back after the raster worker crashed. */
export class SceneKeeper {
  private readonly state: SessionState;
  private readonly history: History;
  private readonly raster: () => WorkerHost<RasterApi>;
  private currentFile: File | null = null;
  private openings = 0;
  private recovery: Promise<void> = Promise.resolve();
  private projectors: { scene: string; toLonLat: ReturnType<typeof makeToLonLat> } | null = null;

  constructor(state: SessionState, history: History, raster: () => WorkerHost<RasterApi>) {
    this.state = state;
    this.history = history;
    this.raster = raster;
  }

  get file(): File | null {
    return this.currentFile;
  }

  /** The scene that was open stays when the new one can't be opened; the newest of two calls wins. */
  async open(file: File, sample: string | null, settings: SceneSettings | null = null): Promise<OpenScene> {
    this.openings += 1;
    const turn = this.openings;
    this.state.opening.value = file.name;
    try {
      if (file.size === 0) {
        throw new NadirError('FILE_EMPTY', `${file.name} has no content (0 bytes). Choose another file.`);
      }
      const api = this.raster().api;
      const info = await api.open(file);
      const { method, low, high } = info.defaultStretch ?? DEFAULT_STRETCH;
      const stretch = settings?.stretch ?? (await api.computeStretch(info.id, method, low, high));
      if (turn !== this.openings) {
        void this.forget(info.id);
        throw new NadirError('ABORTED', 'Another file was opened meanwhile.');
      }
      const before = this.state.scene.value;
      const scene: OpenScene = { info, bands: settings?.bands ?? info.defaultBands, stretch, sample };
      this.currentFile = file;
      this.reset(scene);
      if (before) void this.forget(before.info.id);
      return scene;
    } finally {
      if (turn === this.openings) this.state.opening.value = null;
    }
  }

  async close(): Promise<void> {
    this.openings += 1;
    const before = this.state.scene.value;
    this.currentFile = null;
    this.reset(null);
    this.state.opening.value = null;
    if (before) await this.forget(before.info.id);
  }

  setBands(bands: BandChoice): void {
    const scene = this.state.scene.value;
    if (scene) this.state.scene.value = { ...scene, bands };
  }

  async setStretch(method: Stretch['method'], low: number, high: number): Promise<void> {
    const scene = this.state.scene.value;
    if (!scene) return;
    const stretch = await this.raster().api.computeStretch(scene.info.id, method, low, high);
    const now = this.state.scene.value;
    if (now?.info.id === scene.info.id) this.state.scene.value = { ...now, stretch };
  }

  readRgba(request: Omit<ReadRequest, 'scene' | 'bands' | 'stretch'>, signal: AbortSignal): Promise<RgbaTile> {
    const { info, bands, stretch } = this.required();
    return this.cancellable(signal, (jobId) =>
      this.raster().api.readRgba(jobId, { ...request, scene: info.id, bands, stretch }),
    );
  }

  /** The model's input: the same code and the same recorded stretch as the map's. */
  readBands(request: Omit<ReadRequest, 'scene'>, signal: AbortSignal): Promise<BandTile> {
    const { info } = this.required();
    return this.cancellable(signal, (jobId) => this.raster().api.readBands(jobId, { ...request, scene: info.id }));
  }

  async readPixel(col: number, row: number): Promise<number[] | null> {
    const scene = this.state.scene.value;
    return scene ? this.raster().api.readPixel(scene.info.id, col, row) : null;
  }

  toCrs(col: number, row: number): readonly [number, number] | null {
    const georeference = this.state.scene.value?.info.georeference;
    return georeference?.kind === 'affine' ? applyGeotransform(georeference.geotransform, col, row) : null;
  }

  toLonLat(col: number, row: number): readonly [number, number] | null {
    const info = this.state.scene.value?.info;
    const crs = this.toCrs(col, row);
    if (!info || !crs || info.georeference.kind !== 'affine') return null;
    if (this.projectors?.scene !== info.id) {
      this.projectors = { scene: info.id, toLonLat: makeToLonLat(info.georeference.proj4) };
    }
    const lonLat = this.projectors.toLonLat?.(crs[0], crs[1]) ?? null;
    return lonLat && Number.isFinite(lonLat[0]) && Number.isFinite(lonLat[1]) ? lonLat : null;
  }

  /** Called when the raster worker died: opens the scene again in its replacement. Bands, stretch and answers stay. */
  recover(): void {
    const scene = this.state.scene.value;
    const file = this.currentFile;
    if (!scene || !file) return;
    this.recovery = (async () => {
      try {
        const info = await this.raster().api.open(file);
        const now = this.state.scene.value;
        if (!now || this.currentFile !== file) return void this.forget(info.id);
        this.state.scene.value = { ...now, info };
        inform(
          this.state,
          'Imagery reader restarted',
          'It had stopped; the scene was opened again and nothing was lost.',
        );
      } catch (thrown) {
        notifyError(this.state, thrown, 'The scene could not be opened again');
      }
    })();
  }

  /** Resolves when a restart that is under way has ended. */
  recovered(): Promise<void> {
    return this.recovery;
  }

  private required(): OpenScene {
    const scene = this.state.scene.value;
    if (!scene) throw new NadirError('INVALID_ARGUMENT', 'No image is open. Open one first.');
    return scene;
  }

  private reset(scene: OpenScene | null): void {
    batch(() => {
      this.state.answers.value = [];
      this.state.objects.value = [];
      this.state.view.value = null;
      this.state.region.value = null;
      this.state.hovered.value = null;
      this.state.selected.value = null;
      this.history.clear();
      this.state.scene.value = scene;
    });
  }

  private async forget(sceneId: string): Promise<void> {
    // A worker that has died meanwhile has forgotten the scene already.
    await this.raster()
      .api.close(sceneId)
      .catch(() => undefined);
  }

  private async cancellable<T>(signal: AbortSignal, read: (jobId: string) => Promise<T>): Promise<T> {
    const stopped = () => new NadirError('ABORTED', 'The read was stopped.');
    if (signal.aborted) throw stopped();
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
