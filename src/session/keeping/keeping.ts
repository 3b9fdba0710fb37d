import { batch, effect } from '@preact/signals';
import type { KeyValueStore } from '../../storage/key-value-store.ts';
import { parseTaughtClass, type TaughtClass } from '../../teaching/taught-class.ts';
import { inform, informOfChange, notifyError } from '../notices/notices.ts';
import { hasChanged, type ImageSource, nameOf } from '../opening/image-source.ts';
import {
  LARGEST_KEPT_BYTES,
  type Lost,
  lostWords,
  type NotKept,
  nothingKeptWords,
  notKeptWords,
} from '../opening/lost-files.ts';
import type { SceneKeeper } from '../opening/scene.ts';
import type { SessionState } from '../state.ts';
import type { Lesson } from '../teaching/port.ts';
import type { Claim, SessionPlace } from './place.ts';
import { CoverStore, loadCover } from './saved-cover.ts';
import type { SavedLayer, SavedPart, SavedSession } from './saved-record.ts';
import {
  bytesOf,
  clearSaved,
  dropFile,
  hasFile,
  type LoadedSession,
  loadSaved,
  saveRecord,
  saveSource,
} from './saved-session.ts';

const SAVE_AFTER_MS = 300;

/** Layers that could not be opened this time, with their answers. They stay in the stored session for another try. */
interface Waiting extends SavedPart {
  sources: LoadedSession['sources'];
  /** The layers that could be opened. The others are dropped once all of these are closed. */
  beside: ReadonlySet<string>;
}
const NOTHING: Waiting = { layers: [], answers: [], objects: [], covers: {}, sources: new Map(), beside: new Set() };

/** Stores the session as it changes, and restores it after a reload. */
export class Keeping {
  private readonly place: SessionPlace;
  private readonly state: SessionState;
  private readonly scenes: SceneKeeper;
  /** For each layer, the files that were stored, or why they could not be. */
  private readonly written = new Map<string, { source: ImageSource; failed: NotKept | null }>();
  private readonly covers = new CoverStore();
  private waiting: Waiting = NOTHING;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private writing: Promise<void> = Promise.resolve();
  private isPaused = true;
  private onKept: Claim['onKept'] = async () => undefined;
  private hasReportedFailure = false;

  private readonly onRestored: (from: KeyValueStore) => Promise<void>;

  /** `onRestored` restores the rest of the stored session once its layers are open. */
  constructor(
    place: SessionPlace,
    state: SessionState,
    scenes: SceneKeeper,
    onRestored: (from: KeyValueStore) => Promise<void>,
  ) {
    this.onRestored = onRestored;
    this.place = place;
    this.state = state;
    this.scenes = scenes;
  }

  /** Restores the stored session, unless the user has opened something by then; afterwards every change is saved. */
  async start(): Promise<void> {
    await this.restoreFrom(await this.place.claimed);
    effect(() => {
      // Reading them subscribes this effect to them.
      const { layers, activeLayer, answers, objects, taught, lesson, covers } = this.state;
      void [layers.value, activeLayer.value, answers.value, objects.value, taught.value, lesson.value, covers.value];
      this.saveSoon();
    });
  }

  /** Opens an earlier session in place of this one, which is empty. Errors: as `SessionPlace.claimEarlier`. */
  async openEarlier(id: string): Promise<void> {
    await this.pause();
    try {
      await this.restoreFrom(await this.place.claimEarlier(id));
    } finally {
      this.isPaused = false;
      this.saveSoon();
    }
  }

  async forget(): Promise<void> {
    await this.pause();
    this.written.clear();
    this.covers.clear();
    this.waiting = NOTHING;
    await clearSaved(this.place.own);
    await this.place.describe(null);
    this.isPaused = false;
    await this.place.list();
  }

  private async restoreFrom({ from, isCopy, onKept }: Claim): Promise<void> {
    const saved = from && (await loadSaved(from));
    if (!from || !saved) {
      // A new session.
    } else if (this.state.scene.value || this.state.opening.value !== null) {
      // The user has opened an image meanwhile.
      await this.leave(isCopy);
    } else {
      this.onKept = onKept;
      if (await this.restore(saved, isCopy)) {
        await this.restoreCovers(saved, from, isCopy);
        await this.onRestored(from);
      } else await this.leave(isCopy);
    }
    this.isPaused = false;
  }

  /** False if the user opened something else meanwhile, or if no layer could be opened this time. */
  private async restore({ record, sources }: LoadedSession, isCopy: boolean): Promise<boolean> {
    const lost = new Map<Lost, string[]>();
    const unopened: SavedLayer[] = [];
    // From the bottom up, in the order in which they were added.
    for (const layer of record.layers.toReversed()) {
      const source = sources.get(layer.layerId);
      if (typeof source !== 'object') {
        const reason = source ?? 'unknown';
        lost.set(reason, [...(lost.get(reason) ?? []), layer.fileName]);
        continue;
      }
      if (!isCopy) this.written.set(layer.layerId, { source, failed: null });
      const outcome = await this.openAgain(layer, source);
      if (outcome === 'replaced') return false;
      if (outcome === 'failed') unopened.unshift(layer);
    }
    for (const [reason, names] of lost) {
      inform(this.state, 'images-lost', names, lostWords(reason, names.length));
    }
    const open = new Set(this.state.layers.value.map((layer) => layer.layerId));
    if (open.size === 0 && unopened.length > 0) return false;
    this.waiting = { ...partOf(record, unopened), sources, beside: open };
    const { answers, objects } = partOf(
      record,
      record.layers.filter(({ layerId }) => open.has(layerId)),
    );
    batch(() => {
      this.state.answers.value = answers;
      this.state.objects.value = objects;
      this.state.taught.value = keptClasses(record.taught ?? []);
      this.state.lesson.value = keptLesson(record.lesson, open);
      if (record.activeLayer !== null && open.has(record.activeLayer)) this.scenes.layers.activate(record.activeLayer);
    });
    this.scenes.restored();
    return true;
  }

  /** `replaced`: the user opened something else meanwhile, so the rest stays closed. `failed`: the next reload tries again. */
  /** Of the layers that are open again. */
  private async restoreCovers({ record }: LoadedSession, from: KeyValueStore, isCopy: boolean): Promise<void> {
    const { covers } = partOf(
      record,
      record.layers.filter(({ layerId }) => this.isOpen(layerId)),
    );
    for (const [layerId, shown] of Object.entries(covers)) {
      const cover = await loadCover(from, layerId);
      if (!cover || !this.isOpen(layerId)) continue;
      if (!isCopy) this.covers.isStored(cover);
      this.state.covers.value = [...this.state.covers.value, { ...cover, shown }];
    }
  }

  private isOpen(layerId: string): boolean {
    return this.state.layers.value.some((layer) => layer.layerId === layerId);
  }

  private async openAgain(
    layer: SavedLayer,
    source: ImageSource,
  ): Promise<'opened' | 'failed' | 'left-out' | 'replaced'> {
    try {
      const { info } = await this.scenes.add(source, layer.sample, layer);
      const { version, fileBytes: sizeBytes } = layer;
      if (hasChanged(source, { sizeBytes, ...(version !== undefined && { version }) }, info))
        informOfChange(this.state, layer);
      return 'opened';
    } catch (thrown) {
      const { code, details } = notifyError(this.state, thrown, 'reopen-image', [layer.fileName]);
      if (details.by === 'user') {
        inform(
          this.state,
          'image-left-out',
          [layer.fileName],
          'Its earlier answers are gone with it. Open it again to go on.',
        );
        return 'left-out';
      }
      return code === 'ABORTED' ? 'replaced' : 'failed';
    }
  }

  private saveSoon(): void {
    if (this.timer !== null || this.isPaused) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.writing = this.writing.then(() => this.save());
    }, SAVE_AFTER_MS);
  }

  /** Stops all writing until `isPaused` is false again. */
  private async pause(): Promise<void> {
    this.isPaused = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    await this.writing;
  }

  /** Continues as a new session. The stored one stays and is offered on the start page. */
  private async leave(isCopy: boolean): Promise<void> {
    this.written.clear();
    this.covers.clear();
    this.onKept = async () => undefined;
    if (!isCopy) await this.place.renew();
  }

  private async save(): Promise<void> {
    const { own } = this.place;
    const layers = this.state.layers.value;
    if (!layers.some(({ layerId }) => this.waiting.beside.has(layerId))) this.waiting = NOTHING;
    const sources = new Map<string, ImageSource>();
    for (const { layerId } of [...layers, ...this.waiting.layers]) {
      const source = this.scenes.sourceOf(layerId) ?? this.waiting.sources.get(layerId);
      if (typeof source === 'object') sources.set(layerId, source);
    }
    for (const layerId of [...this.written.keys()]) {
      if (sources.has(layerId)) continue;
      this.written.delete(layerId);
      await dropFile(own, layerId);
    }
    if (layers.length === 0) {
      await clearSaved(own);
      await this.place.describe(null);
      return this.runOnKept();
    }
    // The user may have cleared the site data since.
    const stored = new Set(await own.keys(''));
    for (const [layerId, source] of sources) {
      const known = this.written.get(layerId);
      const isThere = known?.source === source && (known.failed !== null || hasFile(stored, layerId, source));
      if (!isThere) await this.write(layerId, source);
    }
    await this.writeRecord(sources);
  }

  private async write(layerId: string, source: ImageSource): Promise<void> {
    this.written.delete(layerId);
    const fits = this.keptBytes() + bytesOf(source) <= LARGEST_KEPT_BYTES;
    const failed = fits ? await saveSource(this.place.own, layerId, source) : 'too-large';
    this.written.set(layerId, { source, failed });
    const why = failed && notKeptWords(failed);
    if (why) inform(this.state, 'image-not-kept', [nameOf(source)], why);
  }

  private async writeRecord(sources: ReadonlyMap<string, ImageSource>): Promise<void> {
    const covers = this.state.covers.value.filter(({ layerId }) => this.isOpen(layerId));
    const lost = await this.covers.save(this.place.own, covers, Object.keys(this.waiting.covers));
    const failure =
      lost ??
      (await saveRecord(this.place.own, this.state, this.waiting, (layerId) => {
        const image = sources.get(layerId)?.image;
        return { failed: this.written.get(layerId)?.failed ?? null, url: typeof image === 'string' ? image : null };
      }));
    if (failure) {
      if (!this.hasReportedFailure) inform(this.state, 'nothing-kept', [], nothingKeptWords(failure));
      this.hasReportedFailure = true;
      return;
    }
    this.hasReportedFailure = false;
    await this.place.describe({
      savedAtMs: Date.now(),
      names: this.state.layers.value.map(({ name }) => name),
      answers: this.state.answers.value.length,
      bytes: this.keptBytes(),
    });
    // The original of a copy that failed must stay.
    if ([...this.written.values()].some(({ failed }) => failed !== null && failed !== 'too-large')) return;
    await this.runOnKept();
  }

  private async runOnKept(): Promise<void> {
    const { onKept } = this;
    this.onKept = async () => undefined;
    await onKept();
  }

  private keptBytes(): number {
    let bytes = 0;
    for (const { source, failed } of this.written.values()) if (failed === null) bytes += bytesOf(source);
    return bytes + this.covers.bytes();
  }
}

/** The layers given, with their answers and objects, and how their land cover is shown. */
function partOf({ answers, objects, covers = {} }: SavedSession, layers: SavedLayer[]): SavedPart {
  const layerIds = new Set(layers.map(({ layerId }) => layerId));
  const own = answers.filter(({ layerId }) => layerId !== undefined && layerIds.has(layerId));
  const answerIds = new Set(own.map(({ id }) => id));
  return {
    layers,
    answers: own,
    objects: objects.filter(({ answerId }) => answerIds.has(answerId)),
    covers: Object.fromEntries(Object.entries(covers).filter(([layerId]) => layerIds.has(layerId))),
  };
}

/** Those that this version can use. */
function keptClasses(kept: readonly unknown[]): TaughtClass[] {
  return kept.flatMap((value) => {
    try {
      return [parseTaughtClass(value)];
    } catch {
      return [];
    }
  });
}

/** With the examples on layers that are open. */
function keptLesson(kept: Lesson | undefined, open: ReadonlySet<string>): Lesson {
  if (!kept) return { name: '', examples: [] };
  return { name: kept.name, examples: kept.examples.filter(({ layerId }) => open.has(layerId)) };
}
