import { batch, effect } from '@preact/signals';
import type { KeyValueStore } from '../storage/key-value-store.ts';
import { inform, notifyError } from './notices.ts';
import {
  clearSaved,
  dropFile,
  LARGEST_KEPT_BYTES,
  type LoadedSession,
  loadSaved,
  type SavedLayer,
  saveFile,
  saveRecord,
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
  private readonly written = new Map<string, { file: File; kept: boolean }>();
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

  private async restore({ record, files }: LoadedSession): Promise<void> {
    const lost: string[] = [];
    // From the bottom up, as they were added.
    for (const layer of record.layers.toReversed()) {
      const file = files.get(layer.layerId);
      if (!file) lost.push(layer.fileName);
      else if (!(await this.openAgain(layer, file))) return;
    }
    const open = new Set(this.state.layers.value.map((layer) => layer.layerId));
    if (lost.length > 0) {
      inform(
        this.state,
        `${lost.join(', ')} ${lost.length === 1 ? 'was' : 'were'} open`,
        `Files of more than ${LARGEST_KEPT_BYTES / 2 ** 20} MiB together are not kept by the browser. Open what is missing again to go on; its earlier answers are not kept.`,
      );
    }
    if (open.size === 0) return clearSaved(this.storage, files.keys());
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
  private async openAgain(layer: SavedLayer, file: File): Promise<boolean> {
    try {
      const scene = await this.scenes.add(file, layer.sample, layer);
      const kept = this.scenes.fileOf(scene.layerId);
      if (kept) this.written.set(scene.layerId, { file: kept, kept: true });
      return true;
    } catch (thrown) {
      const { code } = notifyError(this.state, thrown, `${layer.fileName} could not be opened again`);
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
      const file = this.scenes.fileOf(layerId);
      if (!file || this.written.get(layerId)?.file === file) continue;
      const fits = this.keptBytes() + file.size <= LARGEST_KEPT_BYTES;
      this.written.set(layerId, { file, kept: fits && (await saveFile(this.storage, layerId, file)) });
    }
    await saveRecord(this.storage, this.state, (layerId) => this.written.get(layerId)?.kept ?? false);
  }

  private keptBytes(): number {
    let bytes = 0;
    for (const { file, kept } of this.written.values()) if (kept) bytes += file.size;
    return bytes;
  }
}
