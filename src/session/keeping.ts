import { batch, effect } from '@preact/signals';
import type { KeyValueStore } from '../storage/key-value-store.ts';
import type { ImageSource } from './image-source.ts';
import { inform, notifyError } from './notices.ts';
import type { SavedLayer } from './saved-record.ts';
import {
  clearSaved,
  dropFile,
  LARGEST_KEPT_BYTES,
  type LoadedSession,
  loadSaved,
  saveRecord,
  saveSource,
} from './saved-session.ts';
import type { SceneKeeper } from './scene.ts';
import type { SessionState } from './state.ts';

const SAVE_AFTER_MS = 300;

/** Writes the session down as it changes, and puts the last one back after a reload. */
export class Keeping {
  private readonly storage: KeyValueStore;
  private readonly state: SessionState;
  private readonly scenes: SceneKeeper;
  /** Files written, or found too large, by layer. */
  private readonly written = new Map<string, { source: ImageSource; kept: boolean }>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(storage: KeyValueStore, state: SessionState, scenes: SceneKeeper) {
    this.storage = storage;
    this.state = state;
    this.scenes = scenes;
  }

  /** Opens what was open, unless the user has opened something by then; after that every change is saved. */
  async start(): Promise<void> {
    const saved = await loadSaved(this.storage);
    if (saved && !this.state.scene.value && this.state.opening.value === null) await this.restore(saved);
    effect(() => {
      // Reading them subscribes this effect to them.
      const { layers, activeLayer, answers, objects } = this.state;
      void [layers.value, activeLayer.value, answers.value, objects.value];
      this.saveSoon();
    });
  }

  async forget(): Promise<void> {
    const known = [...this.written.keys()];
    this.written.clear();
    await this.writing;
    await clearSaved(this.storage, known);
  }

  private async restore({ record, sources }: LoadedSession): Promise<void> {
    const lost: string[] = [];
    // From the bottom up, as they were added.
    for (const layer of record.layers.toReversed()) {
      const source = sources.get(layer.layerId);
      if (!source) lost.push(layer.fileName);
      else if (!(await this.openAgain(layer, source))) return;
    }
    const open = new Set(this.state.layers.value.map((layer) => layer.layerId));
    if (lost.length > 0) {
      inform(
        this.state,
        `${lost.join(', ')} ${lost.length === 1 ? 'was' : 'were'} open`,
        `Files of more than ${LARGEST_KEPT_BYTES / 2 ** 20} MiB together are not kept by the browser. Open what is missing again to go on; its earlier answers are not kept.`,
      );
    }
    if (open.size === 0) return clearSaved(this.storage, sources.keys());
    const answers = record.answers.filter((answer) => answer.layerId !== undefined && open.has(answer.layerId));
    const answerIds = new Set(answers.map((answer) => answer.id));
    batch(() => {
      this.state.answers.value = answers;
      this.state.objects.value = record.objects.filter((object) => answerIds.has(object.answerId));
      if (record.activeLayer !== null && open.has(record.activeLayer)) this.scenes.layers.activate(record.activeLayer);
    });
    this.scenes.restored();
  }

  /** False when the user has opened something else meanwhile: then the rest stays closed. */
  private async openAgain(layer: SavedLayer, source: ImageSource): Promise<boolean> {
    try {
      const scene = await this.scenes.add(source, layer.sample, layer);
      this.written.set(scene.layerId, { source, kept: true });
      return true;
    } catch (thrown) {
      const { code, details } = notifyError(this.state, thrown, `${layer.fileName} could not be opened again`);
      if (details.by === 'user') {
        inform(
          this.state,
          `${layer.fileName} was left out`,
          'Its earlier answers are gone with it. Open it again to go on.',
        );
        return true;
      }
      return code !== 'ABORTED';
    }
  }

  private saveSoon(): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.writing = this.writing.then(() => this.save());
    }, SAVE_AFTER_MS);
  }

  private async save(): Promise<void> {
    const layers = this.state.layers.value;
    for (const layerId of [...this.written.keys()]) {
      if (layers.some((layer) => layer.layerId === layerId)) continue;
      this.written.delete(layerId);
      await dropFile(this.storage, layerId);
    }
    if (layers.length === 0) return clearSaved(this.storage, []);
    for (const { layerId } of layers) {
      const source = this.scenes.sourceOf(layerId);
      if (!source || this.written.get(layerId)?.source === source) continue;
      this.written.delete(layerId);
      const fits = this.keptBytes() + bytesOf(source) <= LARGEST_KEPT_BYTES;
      this.written.set(layerId, { source, kept: fits && (await saveSource(this.storage, layerId, source)) });
    }
    const urlOf = (layerId: string) => {
      const image = this.scenes.sourceOf(layerId)?.image;
      return typeof image === 'string' ? image : null;
    };
    await saveRecord(this.storage, this.state, (layerId) => this.written.get(layerId)?.kept ?? false, urlOf);
  }

  private keptBytes(): number {
    let bytes = 0;
    for (const { source, kept } of this.written.values()) if (kept) bytes += bytesOf(source);
    return bytes;
  }
}

/** What it takes in the browser's storage; an address takes nothing. */
function bytesOf({ image, sidecars }: ImageSource): number {
  const own = typeof image === 'string' ? 0 : image.size;
  return sidecars.reduce((sum, { size }) => sum + size, own);
}
