import { batch, effect } from '@preact/signals';
import type { KeyValueStore } from '../storage/key-value-store.ts';
import { inform, notifyError } from './notices.ts';
import { clearSaved, loadSaved, saveFile, saveRecord } from './saved-session.ts';
import type { SceneKeeper } from './scene.ts';
import type { SessionState } from './state.ts';

const SAVE_AFTER_MS = 300;

/** Writes the session down as it changes, and puts the last one back after a reload. */
export class Keeping {
  private readonly storage: KeyValueStore;
  private readonly state: SessionState;
  private readonly scenes: SceneKeeper;
  private keptFile: { file: File; kept: boolean } | null = null;
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
    try {
      if (saved && !this.state.scene.value && this.state.opening.value === null) await this.restore(saved);
    } catch (thrown) {
      notifyError(this.state, thrown, `${saved?.record.fileName ?? 'The last image'} could not be opened again`);
    }
    effect(() => {
      // Reading them subscribes this effect to them.
      const { scene, answers, objects } = this.state;
      void [scene.value, answers.value, objects.value];
      this.saveSoon();
    });
  }

  async forget(): Promise<void> {
    this.keptFile = null;
    await this.writing;
    await clearSaved(this.storage);
  }

  private async restore({ record, file }: NonNullable<Awaited<ReturnType<typeof loadSaved>>>): Promise<void> {
    if (!file) {
      inform(
        this.state,
        `${record.fileName} was open`,
        'It is too large to be kept by the browser. Open it again to go on; its earlier answers are not kept.',
      );
      await clearSaved(this.storage);
      return;
    }
    await this.scenes.open(file, record.sample, { bands: record.bands, stretch: record.stretch });
    this.keptFile = this.scenes.file ? { file: this.scenes.file, kept: true } : null;
    batch(() => {
      this.state.answers.value = record.answers;
      this.state.objects.value = record.objects;
    });
  }

  private saveSoon(): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.writing = this.writing.then(() => this.save());
    }, SAVE_AFTER_MS);
  }

  private async save(): Promise<void> {
    const { file } = this.scenes;
    if (!this.state.scene.value || !file) return;
    if (this.keptFile?.file !== file) this.keptFile = { file, kept: await saveFile(this.storage, file) };
    await saveRecord(this.storage, this.state, this.keptFile.kept);
  }
}
