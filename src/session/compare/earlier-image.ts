import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { PixelWindow } from '../../geo/types.ts';
import type { BandChoice, NamedBand, SceneInfo } from '../../imagery/image.ts';
import type { BandTile } from '../../imagery/tiles.ts';
import { NadirError } from '../../lib/errors.ts';
import type { KeyValueStore } from '../../storage/key-value-store.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import type { RasterApi } from '../../workers/raster/api.ts';
import { inputBandsFor } from '../asking/slices/input-bands.ts';
import type { Answer, OpenScene } from '../document.ts';
import { newId } from '../ids.ts';
import { fileOf } from '../keeping/saved-session.ts';
import { isWorkerLost, type WorkerHost } from '../model/worker-host.ts';
import { inform, notifyError } from '../notices/notices.ts';
import { LARGEST_KEPT_BYTES, lostWords, type NotKept } from '../opening/lost-files.ts';
import { firstStretch, forgetScene } from '../opening/raster-calls.ts';
import type { SessionState } from '../state.ts';
import type { BeforeImage } from './port.ts';
import { boundsOf, matchScenes, quadIn } from './same-ground.ts';
import { isUpright, sizeForWarp, warpToQuad } from './warp.ts';

const MOST_LOSSES = 2;
const BEFORE_KEY = 'before';

/** The earlier image is a file of its own or one of the layers. */
type Choice = { kind: 'file'; file: File; image: BeforeImage } | { kind: 'layer'; layerId: string };

/** What a reload restores. Of a file that could not be stored: its name, and why. */
type Kept =
  | { fileName: string; blob: Blob; imageId?: string }
  | { fileName: string; notKept: NotKept }
  | { layerId: string };

/** The earlier image that the active layer is compared with. */
export class EarlierImage {
  /** Null if none is chosen or the chosen layer is gone. */
  readonly before: ReadonlySignal<BeforeImage | null>;
  /** Name of the file being opened. */
  readonly opening: Signal<string | null> = signal(null);
  private readonly choice: Signal<Choice | null> = signal(null);
  private readonly state: SessionState;
  private readonly raster: () => WorkerHost<RasterApi>;
  private readonly storage: KeyValueStore;
  private openings = 0;
  private recovery: Promise<void> = Promise.resolve();
  /** How many workers in a row crashed while opening the file again. */
  private losses = 0;
  private recoveries = 0;

  constructor(state: SessionState, raster: () => WorkerHost<RasterApi>, storage: KeyValueStore) {
    this.state = state;
    this.raster = raster;
    this.storage = storage;
    this.before = computed(() => {
      const choice = this.choice.value;
      if (choice?.kind !== 'layer') return choice?.image ?? null;
      return state.layers.value.find((layer) => layer.layerId === choice.layerId) ?? null;
    });
  }

  /** Replaces the earlier image; if that fails, the present one stays. Errors: as opening a scene, NO_IMAGE, SCENES_DO_NOT_MATCH. */
  async open(file: File, imageId = newId('before')): Promise<void> {
    this.openings += 1;
    const turn = this.openings;
    this.opening.value = file.name;
    try {
      const after = this.later();
      if (file.size === 0) {
        throw new NadirError('FILE_EMPTY', `${file.name} has no content (0 bytes). Choose another file.`);
      }
      const image = await this.read(file);
      const isCurrent = turn === this.openings && this.state.activeLayer.value === after.layerId;
      try {
        if (!isCurrent) throw new NadirError('ABORTED', 'Another image was opened meanwhile.');
        matchScenes(after.info, image.info);
      } catch (thrown) {
        void this.forget(image.info.id);
        throw thrown;
      }
      this.choose({ kind: 'file', file, image: { ...image, imageId } });
    } finally {
      if (turn === this.openings) this.opening.value = null;
    }
  }

  /** Uses a layer as the earlier image; if that fails, the present one stays. Errors: NO_IMAGE, NO_EARLIER_IMAGE, SCENES_DO_NOT_MATCH. */
  useLayer(layerId: string): void {
    const after = this.later();
    const layer = this.state.layers.value.find((each) => each.layerId === layerId);
    if (!layer) throw new NadirError('NO_EARLIER_IMAGE', 'That layer is no longer open. Choose another.');
    refuseItself(layer, after.info);
    matchScenes(after.info, layer.info);
    this.openings += 1;
    this.opening.value = null;
    this.choose({ kind: 'layer', layerId });
  }

  async close(): Promise<void> {
    this.openings += 1;
    const old = this.choice.value;
    this.choice.value = null;
    this.opening.value = null;
    if (old) await this.storage.delete(BEFORE_KEY);
    if (old?.kind === 'file') await this.forget(old.image.info.id);
  }

  /** Whether the earlier image is this very file. */
  isReadFrom(file: File): boolean {
    const choice = this.choice.value;
    return choice?.kind === 'file' && choice.file === file;
  }

  /** After the layers were restored: restores the stored earlier image from `from`, if it still fits. */
  async restore(from: KeyValueStore): Promise<void> {
    const kept = (await from.get(BEFORE_KEY)) as Kept | undefined;
    const isFree = this.state.scene.value !== null && this.choice.value === null && this.opening.value === null;
    if (typeof kept !== 'object' || kept === null || !isFree) return;
    try {
      if ('layerId' in kept) this.useLayer(kept.layerId);
      else if ('notKept' in kept) {
        inform(this.state, 'earlier-image-lost', [kept.fileName], lostWords(kept.notKept, 1));
        await this.storage.delete(BEFORE_KEY);
      } else if (kept.blob instanceof Blob) await this.open(fileOf(kept.blob, kept.fileName), kept.imageId);
    } catch {
      // The user didn't ask for it just now, and can choose another when it is needed.
      if (!this.choice.value) await this.storage.delete(BEFORE_KEY);
    }
  }

  /**
   * Called when the raster worker crashed or hung: opens the file again in its replacement, after the layers, so that it is known
   * which file crashes a worker. A file that crashes two in a row is closed.
   */
  recover(layersRecovered: Promise<void>): void {
    this.recoveries += 1;
    const turn = this.recoveries;
    this.recovery = layersRecovered.then(async () => {
      const choice = this.choice.value;
      if (choice?.kind !== 'file' || turn !== this.recoveries) return;
      try {
        const { info } = await this.read(choice.file);
        this.losses = 0;
        const isCurrent = this.choice.value === choice;
        if (isCurrent) this.choice.value = { ...choice, image: { ...choice.image, info } };
        else void this.forget(info.id);
      } catch (thrown) {
        const isLost = isWorkerLost(NadirError.from(thrown));
        this.losses = isLost ? this.losses + 1 : 0;
        // The next worker tries again.
        if (isLost && this.losses < MOST_LOSSES) return;
        this.losses = 0;
        notifyError(this.state, thrown, 'reopen-earlier-image');
        if (this.choice.value === choice) void this.close();
      }
    });
  }

  /** Resolves when a restart that is under way has ended. */
  recovered(): Promise<void> {
    return this.recovery;
  }

  /** The earlier image, checked to show the ground of `after`. Errors: NO_EARLIER_IMAGE, SCENES_DO_NOT_MATCH. */
  required(after: SceneInfo): BeforeImage {
    const before = this.before.value;
    if (!before) {
      throw new NadirError(
        'NO_EARLIER_IMAGE',
        'There is no earlier image to compare with. Open one, then ask what changed.',
      );
    }
    refuseItself(before, after);
    matchScenes(after, before.info);
    return before;
  }

  /** What an answer records about the earlier image. */
  recordOf(before: BeforeImage, after: SceneInfo, bands: BandChoice): NonNullable<Answer['before']> {
    const imageId = before.imageId ?? before.layerId;
    return {
      fileName: before.info.fileName,
      ...(imageId === undefined ? {} : { imageId }),
      bands: this.bandsFor(after, bands),
      stretch: before.stretch,
    };
  }

  /** The earlier image's bands for the later one's `bands`: the same if both have as many, else its own. */
  bandsFor(after: SceneInfo, bands: BandChoice): BandChoice {
    const before = this.before.value;
    return before && before.info.bands.length !== after.bands.length ? before.bands : bands;
  }

  /**
   * Where the earlier image has the bands that a model reads: the bands `read` of `after`, if both images have the same number
   * of bands. Errors: MODEL_BAND_MISSING.
   */
  inputBandsFor(
    before: BeforeImage,
    after: SceneInfo,
    { bands }: Pick<ModelInfo, 'bands'>,
    read: readonly NamedBand[],
  ): readonly NamedBand[] {
    return before.info.bands.length === after.bands.length ? read : inputBandsFor(bands, before);
  }

  /**
   * The earlier image of the ground in `window` of `after`, in a tile of the model's. `read`: the bands read of `after`. Warped if
   * the images are rotated against each other. Errors: as `required`, MODEL_BAND_MISSING, and those of
   * reading.
   */
  async readTile(
    after: SceneInfo,
    window: PixelWindow,
    model: Pick<ModelInfo, 'bands' | 'tileSize'>,
    read: readonly NamedBand[],
    signal: AbortSignal,
  ): Promise<BandTile> {
    const { tileSize } = model;
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
    const request = {
      scene: before.info.id,
      window: bounds,
      outWidth: size.width,
      outHeight: size.height,
      bands: this.inputBandsFor(before, after, model, read),
      stretch: before.stretch,
      resampling: bounds.width > size.width ? ('area' as const) : ('bilinear' as const),
    };
    const tile = await this.raster().api.readBands(request, signal);
    return upright ? tile : warpToQuad(tile, bounds, quad, tileSize);
  }

  private later(): OpenScene {
    const scene = this.state.scene.value;
    if (!scene) {
      throw new NadirError('NO_IMAGE', 'No image is open. Open the later image first, then the earlier one.');
    }
    return scene;
  }

  private choose(choice: Choice): void {
    const old = this.choice.value;
    this.choice.value = choice;
    if (old?.kind === 'file') void this.forget(old.image.info.id);
    void this.keep(choice);
  }

  private async keep(choice: Choice): Promise<void> {
    if (choice.kind === 'layer') {
      await this.storage.set(BEFORE_KEY, { layerId: choice.layerId } satisfies Kept);
      return;
    }
    const { name: fileName, size } = choice.file;
    const { imageId = '' } = choice.image;
    const failed =
      size > LARGEST_KEPT_BYTES
        ? 'too-large'
        : await this.storage.set(BEFORE_KEY, { fileName, blob: choice.file, imageId } satisfies Kept);
    if (failed) await this.storage.set(BEFORE_KEY, { fileName, notKept: failed } satisfies Kept);
  }

  private async read(file: File): Promise<BeforeImage> {
    const raster = this.raster();
    const info = await raster.api.open(file, [], new AbortController().signal);
    return { info, bands: info.defaultBands, stretch: await firstStretch(raster, info) };
  }

  private forget(sceneId: string): Promise<void> {
    return forgetScene(this.raster(), sceneId);
  }
}

function refuseItself(before: BeforeImage, after: SceneInfo): void {
  if (before.info.id !== after.id) return;
  throw new NadirError(
    'SCENES_DO_NOT_MATCH',
    `${after.fileName} would be compared with itself. Activate the later image, or choose another earlier one.`,
  );
}
