import type { OverviewStatus } from '../../imagery/overviews.ts';
import { NadirError } from '../../lib/errors.ts';
import { whenIdle } from '../read/priority.ts';
import type { RasterLevel, RasterScene } from '../scene.ts';
import { buildSet, doneFraction } from './build-set.ts';
import type { TileCache } from './built-level.ts';
import { planSet } from './set-plan.ts';
import { memoryStore, type TileStore } from './tile-store.ts';

const IN_MEMORY = 'Overviews are kept in memory instead: coarser, and built again next time.';
/** Levels with fewer pixels than this are read directly. */
export const DIRECT_PIXELS = 2048 * 2048;
const MAX_PAUSE_MS = 2000;
/** Listeners get progress at most this often. */
const REPORT_EVERY_MS = 200;
/** Interleaved bands are decoded together anyway, so up to this many are built together. */
const MAX_BANDS_TOGETHER = 4;

/** Downsampling factors, finest first; each once, even if several sets of bands have it. */
export function levelFactors(scene: RasterScene): number[] {
  const factors = scene.levels.map((level) => Math.round(level.factorX * 1000) / 1000);
  return [...new Set(factors)].sort((a, b) => a - b);
}

/**
 * The levels that Nadir builds for one scene: which are built, which are being built, and whether building is allowed.
 * Callers share the work, and it goes on when they stop waiting. A set's levels are added to `scene.levels` when the
 * set is finished.
 */
export class SceneOverviews {
  private readonly scene: RasterScene;
  private readonly base: RasterLevel;
  private readonly listeners = new Set<(status: OverviewStatus) => void>();
  private readonly stores: TileStore[] = [];
  private queue: Promise<void> = Promise.resolve();
  private readonly jobs = new Map<string, Promise<void>>();
  private controller = new AbortController();
  private current: OverviewStatus;
  private reportedMs = 0;

  constructor(scene: RasterScene) {
    this.scene = scene;
    this.base = scene.levels.filter((level) => level.only === null).at(-1)!;
    this.current =
      this.base.width * this.base.height > DIRECT_PIXELS
        ? { state: 'waiting', fraction: 0, levels: levelFactors(scene), storage: 'none', bytes: 0, note: null }
        : { state: 'ready', fraction: 1, levels: levelFactors(scene), storage: 'file', bytes: 0, note: null };
  }

  get status(): OverviewStatus {
    return this.current;
  }

  /** Whether reads may wait for levels. False after a stop or a failure. */
  get willBuild(): boolean {
    return this.current.state !== 'stopped' && this.current.state !== 'failed';
  }

  /** Calls `listener` on changes until the returned function is called. */
  subscribe(listener: (status: OverviewStatus) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Builds levels for `bands` and the default bands, or joins the running build; null if all exist. */
  build(bands: readonly number[]): Promise<void> | null {
    const wanted = [...new Set([...bands, ...this.defaultBands()])]
      .filter((band) => !this.scene.levels.some((level) => level.only?.has(band)))
      .sort((a, b) => a - b);
    if (wanted.length === 0) return null;
    const key = wanted.join();
    const known = this.jobs.get(key);
    if (known) return known;
    const { signal } = this.controller;
    const job = this.queue.then(() => this.run(wanted, signal));
    this.jobs.set(key, job);
    this.queue = job.catch((thrown) => {
      if (signal.aborted) return;
      this.report({ state: 'failed', note: NadirError.from(thrown).message }, true);
    });
    return job;
  }

  /** Builds for the default bands, even after `stop` or a failure. Does nothing if the image needs no levels. */
  start(): void {
    if (this.current.storage === 'file') return;
    if (!this.willBuild) this.report({ state: 'waiting', note: null }, true);
    void this.build([])?.catch(() => undefined);
  }

  /** Prevents building until `start` and states the reason, e.g. that a remote file would be downloaded whole. */
  hold(note: string): void {
    if (this.current.state === 'waiting') this.report({ state: 'stopped', note }, true);
  }

  /** Ends the build. Finished parts stay on disk, and `start` resumes from there. */
  stop(): void {
    if (this.current.state !== 'building' && this.current.state !== 'waiting') return;
    this.halt();
    this.report({ state: 'stopped', note: 'Stopped. Zoomed-out views stay coarse.' }, true);
  }

  close(): void {
    this.halt();
    this.listeners.clear();
    for (const store of this.stores) store.close();
    this.stores.length = 0;
  }

  private halt(): void {
    this.controller.abort();
    this.controller = new AbortController();
    this.jobs.clear();
  }

  private async run(bands: readonly number[], signal: AbortSignal): Promise<void> {
    for (let from = 0; from < bands.length; from += MAX_BANDS_TOGETHER) {
      const together = bands.slice(from, from + MAX_BANDS_TOGETHER);
      const missing = together.filter((band) => !this.scene.levels.some((level) => level.only?.has(band)));
      if (missing.length > 0) await this.runSet(missing, signal);
    }
    this.report({ state: 'ready', fraction: 1 }, true);
  }

  private async runSet(bands: readonly number[], signal: AbortSignal, withDisk = true): Promise<void> {
    signal.throwIfAborted();
    const { store, note } = await this.openStore(bands, withDisk);
    signal.throwIfAborted();
    const tiles = this.tileCache();
    this.report({ state: 'building', fraction: doneFraction(this.base, store), storage: store.kind, note }, true);
    let levels: RasterLevel[];
    try {
      levels = await buildSet(this.base, store, {
        cache: tiles,
        signal,
        yieldTo: () => whenIdle(MAX_PAUSE_MS),
        onProgress: (fraction) => this.report({ fraction }, false),
      });
    } catch (thrown) {
      store.close();
      this.stores.splice(this.stores.indexOf(store), 1);
      if (store.kind === 'disk' && NadirError.from(thrown).code === 'STORAGE_FULL') {
        return this.runSet(bands, signal, false);
      }
      throw thrown;
    }
    this.scene.levels.push(...levels);
    this.report({ bytes: this.stores.reduce((sum, { plan }) => sum + plan.totalBytes, 0) }, true);
  }

  private async openStore(
    bands: readonly number[],
    withDisk: boolean,
  ): Promise<{ store: TileStore; note: string | null }> {
    const home = this.scene.home;
    let note: string | null = null;
    if (home?.disk && !withDisk) {
      note = `This device has no more space for overviews. ${IN_MEMORY}`;
    } else if (home?.disk) {
      const fingerprint = await home.fingerprint();
      try {
        if (fingerprint === null) throw new NadirError('STORAGE_FULL', 'This page is not served securely.');
        const store = await home.disk.openSet(fingerprint, planSet(this.base, this.scene.sampleType, bands, 'disk'));
        this.stores.push(store);
        return { store, note: null };
      } catch (thrown) {
        note = `${NadirError.from(thrown).message} ${IN_MEMORY}`;
      }
    } else if (home) {
      note = `This browser gives the page no private files. ${IN_MEMORY}`;
    }
    const plan = planSet(this.base, this.scene.sampleType, bands, 'memory');
    const key = `${home?.keyPrefix ?? ''}/overviews/${bands.join()}`;
    if (home && !home.cache.reserve(key, plan.totalBytes)) {
      throw new NadirError('OUT_OF_MEMORY', 'Not enough memory for overviews. Close other images.');
    }
    const store = memoryStore(plan);
    this.stores.push(store);
    return { store, note };
  }

  private tileCache(): TileCache {
    const { home } = this.scene;
    return { cache: home?.cache ?? null, keyPrefix: home?.keyPrefix ?? '', base: this.base };
  }

  private defaultBands(): number[] {
    const { red, green, blue, nir } = this.scene.defaultBands;
    return nir === null ? [red, green, blue] : [red, green, blue, nir];
  }

  private report(change: Partial<OverviewStatus>, now: boolean): void {
    this.current = { ...this.current, ...change, levels: levelFactors(this.scene) };
    if (!now && performance.now() - this.reportedMs < REPORT_EVERY_MS) return;
    this.reportedMs = performance.now();
    for (const listener of this.listeners) listener(this.current);
  }
}
