import { batch } from '@preact/signals';
import type { PixelWindow } from '../../geo/types.ts';
import type { BandChoice, SceneInfo } from '../../imagery/image.ts';
import type { CrsChoice } from '../../imagery/place.ts';
import type { StatisticsRequest, ValueStatistics } from '../../imagery/statistics.ts';
import type { Stretch } from '../../imagery/stretch.ts';
import type { BandTile, RawRequest, RawTile, ReadRequest } from '../../imagery/tiles.ts';
import { waitFor } from '../../lib/abort.ts';
import { NadirError } from '../../lib/errors.ts';
import { bandsShown } from '../../render/appearance.ts';
import { type Display, RGB } from '../../render/display.ts';
import { possibleSensors, type SensorId } from '../../render/sensors.ts';
import type { RasterApi } from '../../workers/raster/api.ts';
import type { Pulse } from '../../workers/watch.ts';
import type { OpenScene } from '../document.ts';
import type { History } from '../history/history.ts';
import { newId } from '../ids.ts';
import { chosenCrsOf, withCrs } from '../layers/crs-choice.ts';
import { Layers } from '../layers/layers.ts';
import { isWorkerLost, type WorkerHost, whyReplaced } from '../model/worker-host.ts';
import { inform, informOfChange, notifyError } from '../notices/notices.ts';
import { patchLayer, type SessionState } from '../state.ts';
import { asSource, hasChanged, type ImageInput, type ImageSource, nameOf } from './image-source.ts';
import { firstStretch, forgetScene } from './raster-calls.ts';

/** What a stored session restores in place of a scene's defaults. */
export interface SceneSettings {
  bands: BandChoice;
  stretch: Stretch;
  layerId?: string;
  name?: string;
  visible?: boolean;
  opacity?: number;
  display?: Display;
  sensor?: SensorId | null;
  /** Chosen by the user in place of the image's own. */
  crs?: CrsChoice | null;
}

const MOST_CRASHES_AT_OPENING = 2;

/** Opens and reads scenes, and opens them again after the raster worker crashed. */
export class SceneKeeper {
  readonly layers: Layers;
  private readonly state: SessionState;
  private readonly history: History;
  private readonly raster: () => WorkerHost<RasterApi>;
  /** By layer, also of removed layers, which undo may restore. */
  private readonly sources = new Map<string, ImageSource>();
  private openings = 0;
  private readonly underWay = new Set<AbortController>();
  /** Increased with each new raster worker; scene ids of an earlier worker are invalid. */
  private generation = 0;
  private readonly openedIn = new Map<string, number>();
  /** Null unless scenes are being opened in a new worker. */
  private recovery: Promise<void> | null = null;
  private readonly crashesAtOpening = new Map<string, number>();

  constructor(state: SessionState, history: History, raster: () => WorkerHost<RasterApi>) {
    this.state = state;
    this.history = history;
    this.raster = raster;
    this.layers = new Layers(state, history);
  }

  /** The pace of the worker that reads; null while none runs. */
  get pulse(): Pulse | null {
    return this.raster().pulse;
  }

  /** The files or address of a layer; null if unknown. */
  sourceOf(layerId: string): ImageSource | null {
    return this.sources.get(layerId) ?? null;
  }

  /** Opens a layer again with more sidecars; those of the same name are replaced. Errors: as opening. */
  async addSidecars(layerId: string, sidecars: readonly File[]): Promise<void> {
    const layer = this.layers.find(layerId);
    const source = this.sources.get(layerId);
    if (!layer || !source) return;
    const replaced = new Set(sidecars.map(({ name }) => name));
    const kept = source.sidecars.filter(({ name }) => !replaced.has(name));
    const next = { image: source.image, sidecars: [...kept, ...sidecars] };
    const info = await this.raster().api.open(next.image, next.sidecars, new AbortController().signal);
    this.sources.set(layerId, next);
    this.openedIn.set(layerId, this.generation);
    const before = this.layers.find(layerId)?.info;
    patchLayer(this.state, layerId, { info: before ? withCrs(info, chosenCrsOf(before)) : info });
    void this.forget(layer.info.id);
  }

  /** Replaces everything that is open; if the new image can't be opened, all stays. A newer call aborts this one. */
  async open(input: ImageInput, sample: string | null, settings: SceneSettings | null = null): Promise<OpenScene> {
    this.openings += 1;
    for (const earlier of this.underWay) earlier.abort(replacedByAnother());
    return this.take(asSource(input), sample, settings, (scene, source) => {
      const before = this.state.layers.value;
      this.reset(scene);
      this.remember(scene, source);
      for (const layer of before) void this.forget(layer.info.id);
    });
  }

  /** Adds a layer on top. Rejects with ABORTED when everything is closed or replaced meanwhile. */
  async add(input: ImageInput, sample: string | null, settings: SceneSettings | null = null): Promise<OpenScene> {
    return this.take(asSource(input), sample, settings, (scene, source) => {
      this.remember(scene, source);
      this.layers.add(scene, (layer) => this.reopenIfStale(layer));
    });
  }

  /** Makes openings under way reject with ABORTED and `details.by` "user". */
  cancelOpening(): void {
    const stopped = new NadirError('ABORTED', 'The opening was cancelled.', { details: { by: 'user' } });
    for (const opening of this.underWay) opening.abort(stopped);
  }

  /** Called after a reload, whose restored layers are no steps to undo. */
  restored(): void {
    this.history.clear();
  }

  remove(layerId: string): void {
    this.layers.remove(layerId, (layer) => this.reopenIfStale(layer));
  }

  async close(): Promise<void> {
    this.openings += 1;
    for (const opening of this.underWay) opening.abort(replacedByAnother());
    const before = this.state.layers.value;
    this.reset(null);
    this.state.opening.value = null;
    for (const layer of before) await this.forget(layer.info.id);
  }

  /** Errors: those of reading; then the stretch stays. */
  async setStretch(method: Stretch['method'], low: number, high: number, window: PixelWindow | null): Promise<void> {
    const scene = this.state.scene.value;
    if (!scene) return;
    if (this.recovery) await this.recovery;
    const info = this.layers.find(scene.layerId)?.info;
    if (!info) return;
    const stretch = await this.raster().api.computeStretch(info.id, method, low, high, window);
    const now = this.layers.find(scene.layerId);
    if (now?.info.id !== info.id) return;
    const { gamma } = now.stretch;
    this.layers.edit(scene.layerId, { stretch: gamma === undefined ? stretch : { ...stretch, gamma } }, 'set-stretch');
  }

  /** Names a layer's pixels; null if they can't be told from others'. Errors: those of reading. */
  async fingerprint(layerId: string): Promise<string | null> {
    if (this.recovery) await this.recovery;
    const layer = this.layers.find(layerId);
    return layer ? this.raster().api.fingerprint(layer.info.id) : null;
  }

  async readRaw(layerId: string, request: Omit<RawRequest, 'scene'>, signal: AbortSignal): Promise<RawTile> {
    if (this.recovery) await waitFor(this.recovery, signal);
    const { info } = this.required(layerId);
    return this.raster().api.readRaw({ ...request, scene: info.id }, signal);
  }

  async statistics(
    layerId: string,
    request: Omit<StatisticsRequest, 'scene'>,
    signal: AbortSignal,
  ): Promise<ValueStatistics> {
    if (this.recovery) await waitFor(this.recovery, signal);
    const { info } = this.required(layerId);
    return this.raster().api.statistics({ ...request, scene: info.id }, signal);
  }

  /** The model's input, from the active layer by default. The map uses the same code and the same recorded stretch. */
  async readBands(
    request: Omit<ReadRequest, 'scene'> & { layerId?: string | undefined },
    signal: AbortSignal,
  ): Promise<BandTile> {
    const { layerId, ...read } = request;
    if (this.recovery) await waitFor(this.recovery, signal);
    const { info } = this.required(layerId);
    return this.raster().api.readBands({ ...read, scene: info.id }, signal);
  }

  async readPixel(col: number, row: number, layerId?: string): Promise<number[] | null> {
    if (this.recovery) await this.recovery;
    const scene = this.layers.find(layerId);
    return scene ? this.raster().api.readPixel(scene.info.id, col, row) : null;
  }

  /**
   * Called when the raster worker crashed or hung: opens the scenes again in its replacement. Bands, stretch and answers stay. A
   * layer whose opening crashed two workers in a row isn't tried again.
   */
  recover(error: NadirError): void {
    this.generation += 1;
    const { generation } = this;
    if (this.state.layers.value.length === 0) return;
    const recovery = (this.recovery ?? Promise.resolve())
      .then(() => this.reopenAll(error, generation))
      .finally(() => {
        if (this.recovery === recovery) this.recovery = null;
      });
    this.recovery = recovery;
  }

  private async reopenAll(error: NadirError, generation: number): Promise<void> {
    let reopened = 0;
    for (const layer of this.state.layers.value) {
      // This worker crashed, too; the recovery of the next one continues.
      if (generation !== this.generation) return;
      if (await this.reopenOrNotify(layer)) reopened += 1;
    }
    if (reopened === 0 || generation !== this.generation) return;
    const what = reopened === 1 ? 'The image was' : `${reopened} images were`;
    inform(this.state, 'reader-restarted', [], `${whyReplaced(error)} ${what} opened again; nothing was lost.`);
  }

  /** Whether the layer is open again. Never rejects; a failure becomes a notice, unless the next worker will try again. */
  private async reopenOrNotify(layer: OpenScene): Promise<boolean> {
    const crashes = this.crashesAtOpening.get(layer.layerId) ?? 0;
    if (crashes >= MOST_CRASHES_AT_OPENING) return false;
    try {
      await this.reopen(layer);
      this.crashesAtOpening.delete(layer.layerId);
      return true;
    } catch (thrown) {
      const error = NadirError.from(thrown);
      const hasCrashed = isWorkerLost(error);
      if (hasCrashed) this.crashesAtOpening.set(layer.layerId, crashes + 1);
      if (!hasCrashed || crashes + 1 >= MOST_CRASHES_AT_OPENING) {
        notifyError(this.state, error, 'reopen-image', [layer.name]);
      }
      return false;
    }
  }

  /** Resolves when a restart that is under way has ended. */
  async recovered(): Promise<void> {
    await this.recovery;
  }

  /** Opens an image and passes it to `put`, unless it is cancelled or replaced meanwhile. */
  private async take(
    source: ImageSource,
    sample: string | null,
    settings: SceneSettings | null,
    put: (scene: OpenScene, source: ImageSource) => void,
  ): Promise<OpenScene> {
    const turn = this.openings;
    const opening = new AbortController();
    this.underWay.add(opening);
    this.state.opening.value = nameOf(source);
    this.state.openingBytes.value = null;
    try {
      const scene = await this.load(source, sample, settings, opening.signal);
      if (opening.signal.aborted) {
        void this.forget(scene.info.id);
        throw opening.signal.reason;
      }
      put(scene, source);
      return scene;
    } finally {
      this.underWay.delete(opening);
      if (turn === this.openings) {
        this.state.opening.value = null;
        this.state.openingBytes.value = null;
      }
    }
  }

  /** Errors: as opening; the signal's reason once it aborts, and then the image is closed in the worker. */
  private async load(
    source: ImageSource,
    sample: string | null,
    settings: SceneSettings | null,
    signal: AbortSignal,
  ): Promise<OpenScene> {
    const { image, sidecars } = source;
    if (image instanceof File && image.size === 0) {
      throw new NadirError('FILE_EMPTY', `${image.name} has no content (0 bytes). Choose another file.`);
    }
    const raster = this.raster();
    const onBytes = typeof image === 'string' ? [this.reportBytes(signal)] : [];
    const opened = raster.api.open(image, sidecars, signal, ...onBytes);
    const own = await waitFor(opened, signal).catch((thrown) => {
      // The worker may still open it.
      void opened.then(({ id }) => this.forget(id)).catch(() => undefined);
      throw thrown;
    });
    try {
      const info = settings?.crs ? withCrs(own, settings.crs) : own;
      const look = settings && fitsBands(settings, info) ? settings : null;
      const stretch = look?.stretch ?? (await waitFor(firstStretch(raster, info), signal));
      return {
        layerId: settings?.layerId ?? newId('layer'),
        name: settings?.name ?? info.fileName,
        visible: settings?.visible ?? true,
        opacity: settings?.opacity ?? 1,
        display: drawable(settings?.display, info) ?? RGB,
        sensor: possibleSensors(info.bands).find(({ id }) => id === settings?.sensor)?.id ?? null,
        info,
        bands: look?.bands ?? info.defaultBands,
        stretch,
        sample,
      };
    } catch (thrown) {
      void this.forget(own.id);
      throw thrown;
    }
  }

  /** Reports bytes only while the image is being opened; the reader counts on afterwards. */
  private reportBytes(signal: AbortSignal): (totalBytes: number) => void {
    return (totalBytes) => {
      const isOpening = !signal.aborted && [...this.underWay].some((opening) => opening.signal === signal);
      if (isOpening) this.state.openingBytes.value = totalBytes;
    };
  }

  private remember(scene: OpenScene, source: ImageSource): void {
    this.sources.set(scene.layerId, source);
    this.openedIn.set(scene.layerId, this.generation);
  }

  /** After a removal was undone: opens the layer again if the worker was replaced in between. */
  private reopenIfStale(layer: OpenScene): void {
    if (this.openedIn.get(layer.layerId) === this.generation) return;
    void this.reopen(layer).catch((thrown: unknown) => notifyError(this.state, thrown, 'reopen-image', [layer.name]));
  }

  private async reopen(layer: OpenScene): Promise<void> {
    const { layerId } = layer;
    const source = this.sources.get(layerId);
    if (!source) return;
    const info = await this.raster().api.open(source.image, source.sidecars, new AbortController().signal);
    if (this.sources.get(layerId) !== source) return void this.forget(info.id);
    this.openedIn.set(layerId, this.generation);
    const before = this.layers.find(layerId)?.info ?? layer.info;
    if (hasChanged(source, before, info)) informOfChange(this.state, layer);
    patchLayer(this.state, layerId, { info: withCrs(info, chosenCrsOf(before)) });
  }

  private required(layerId?: string): OpenScene {
    const scene = this.layers.find(layerId);
    if (scene) return scene;
    // The map may request a tile just as its layer is removed.
    if (layerId !== undefined) throw new NadirError('ABORTED', 'That layer is no longer open.');
    throw new NadirError('NO_IMAGE', 'No image is open. Open one first.');
  }

  private reset(scene: OpenScene | null): void {
    this.sources.clear();
    this.openedIn.clear();
    this.crashesAtOpening.clear();
    batch(() => {
      this.state.answers.value = [];
      this.state.objects.value = [];
      this.state.vectors.value = [];
      this.state.covers.value = [];
      this.state.hiddenLabels.value = new Set();
      this.layers.leaveScene();
      this.history.clear();
      this.state.layers.value = scene ? [scene] : [];
      this.state.activeLayer.value = scene?.layerId ?? null;
    });
  }

  private forget(sceneId: string): Promise<void> {
    return forgetScene(this.raster(), sceneId);
  }
}

const replacedByAnother = () => new NadirError('ABORTED', 'Another file was opened meanwhile.');

/** A stored display, if the file still has its bands. */
function drawable(display: Display | undefined, info: SceneInfo): Display | null {
  if (!display) return null;
  try {
    bandsShown({ bands: info.defaultBands, display }, info.bands.length);
    return display;
  } catch {
    return null;
  }
}

/** Whether stored bands and stretch fit. The file may have changed, or this version may read other bands from it. */
function fitsBands({ bands, stretch }: Pick<SceneSettings, 'bands' | 'stretch'>, info: SceneInfo): boolean {
  const shown = [bands.red, bands.green, bands.blue, bands.nir ?? 0];
  return stretch.ranges.length === info.bands.length && shown.every((band) => band < info.bands.length);
}
