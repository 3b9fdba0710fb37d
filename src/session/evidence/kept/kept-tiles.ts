import type { PixelWindow } from '../../../geo/types.ts';
import { APP_VERSION } from '../../../lib/app-version.ts';
import { NadirError } from '../../../lib/errors.ts';
import { hexOf } from '../../../lib/hex.ts';
import type { KeyValueStore } from '../../../storage/key-value-store.ts';
import { FREE_SPACE } from '../../opening/lost-files.ts';
import { type TileEvidence, windowKey } from '../tile-evidence.ts';
import type { ViewOf } from '../view-of.ts';

/**
 * What the model's heads gave for tiles, in the browser's storage, so that a reload or a killed tab loses none of it:
 *
 *     tiles/<image>/<view>                    when it was last used
 *     tiles/<image>/<view>/<window>~<bytes>   the evidence of one tile
 *
 * An image goes by its content and a view by all that changes what the model sees or says of it, so all tabs share them, and a file that is
 * opened again after its session is gone goes on where it was. The sizes in the keys are estimates that make listing enough.
 */
const ROOT = 'tiles/';
/** Increased when the form of what is kept changes, or what is read from pixels. */
const FORMAT = 1;
const LIMIT_BYTES = 512 * 2 ** 20;
const MOST_AGE_MS = 30 * 24 * 3600 * 1000;
/** Tiles read from the storage at once. */
const READ_AT_ONCE = 200;

interface KeptTile {
  format: typeof FORMAT;
  evidence: TileEvidence;
}

/** What is kept of one view. */
interface Listed {
  bytes: number;
  /** By `windowKey`. */
  keys: Map<string, string>;
}

export interface KeptUse {
  bytes: number;
  tiles: number;
  limitBytes: number;
}

export interface KeptTilesOptions {
  /** Names the image of a layer by its content; null if that can't be done. May reject. */
  fingerprintOf: (layerId: string) => Promise<string | null>;
  /** Once a run, when nothing further can be kept. Code: STORAGE_FULL. */
  onFull: (error: NadirError) => void;
  limitBytes?: number;
}

export class KeptTiles {
  private readonly storage: KeyValueStore;
  private readonly options: KeptTilesOptions;
  private readonly limitBytes: number;
  /** By view; null until it was read. Other tabs' tiles are seen when a run begins. */
  private listed = new Map<string, Listed>();
  private isFull = false;

  constructor(storage: KeyValueStore, options: KeptTilesOptions) {
    this.storage = storage;
    this.options = options;
    this.limitBytes = options.limitBytes ?? LIMIT_BYTES;
  }

  /**
   * Where a view's tiles are kept, at the beginning of a run; null if they can't be. Views that nobody used for a month are deleted.
   * Never rejects.
   */
  async placeOf(view: ViewOf): Promise<string | null> {
    const image = await this.options.fingerprintOf(view.scene.layerId).catch(() => null);
    const name = image === null ? null : await nameOf(view);
    if (name === null) return null;
    const place = `${ROOT}${image}/${name}`;
    this.isFull = false;
    this.listed = listedIn(await this.storage.keys(ROOT));
    await this.storage.set(place, Date.now());
    await this.dropOld(place);
    return place;
  }

  /** The kept evidence of those windows that have any, some at a time. */
  async *read(place: string, windows: readonly PixelWindow[]): AsyncGenerator<TileEvidence> {
    const known = this.listed.get(place)?.keys;
    const keys = windows.flatMap((window) => known?.get(windowKey(window)) ?? []);
    for (let start = 0; start < keys.length; start += READ_AT_ONCE) {
      for (const value of await this.storage.getMany(keys.slice(start, start + READ_AT_ONCE))) {
        if (isKeptTile(value)) yield value.evidence;
      }
    }
  }

  /** Resolves once the tile is on disk, or can't be kept. Never rejects. */
  async keep(place: string, evidence: TileEvidence): Promise<void> {
    if (this.isFull) return;
    const bytes = bytesOf(evidence);
    while (this.bytes() + bytes > this.limitBytes) {
      if (!(await this.dropOldest(place)))
        return this.stop(`${mebibytes(this.limitBytes)} are set aside for that, and`);
    }
    const window = windowKey(evidence.window);
    const key = `${place}/${window}~${bytes}`;
    const value: KeptTile = { format: FORMAT, evidence };
    let failure = await this.storage.set(key, value);
    while (failure === 'full' && (await this.dropOldest(place))) failure = await this.storage.set(key, value);
    if (failure === 'full') return this.stop(`The browser’s storage for this page is full. ${FREE_SPACE} Until then`);
    if (failure !== null) {
      // The session says that nothing is kept.
      this.isFull = true;
      return;
    }
    const listed = this.listed.get(place) ?? { bytes: 0, keys: new Map() };
    this.listed.set(place, listed);
    const before = listed.keys.get(window);
    if (before !== undefined && before !== key) await this.storage.delete(before);
    listed.bytes += bytes - (before === undefined ? 0 : sizeIn(before));
    listed.keys.set(window, key);
  }

  async use(): Promise<KeptUse> {
    const listed = [...listedIn(await this.storage.keys(ROOT)).values()];
    return {
      bytes: listed.reduce((sum, { bytes }) => sum + bytes, 0),
      tiles: listed.reduce((sum, { keys }) => sum + keys.size, 0),
      limitBytes: this.limitBytes,
    };
  }

  async clear(): Promise<void> {
    await this.drop(ROOT);
    this.listed.clear();
  }

  /** Deletes what is kept of the images of these layers. */
  async forget(layerIds: readonly string[]): Promise<void> {
    const images = await Promise.all(layerIds.map((id) => this.options.fingerprintOf(id).catch(() => null)));
    for (const image of images) if (image !== null) await this.drop(`${ROOT}${image}/`);
    this.listed.clear();
  }

  private stop(why: string): void {
    this.isFull = true;
    const message = `${why} what the model finds from here on is lost on a reload: those tiles are looked at again. This answer lacks nothing.`;
    this.options.onFull(new NadirError('STORAGE_FULL', message));
  }

  private bytes(): number {
    let sum = 0;
    for (const { bytes } of this.listed.values()) sum += bytes;
    return sum;
  }

  private async dropOld(but: string): Promise<void> {
    const others = [...this.listed.keys()].filter((place) => place !== but);
    const used = await this.storage.getMany(others);
    for (const [index, place] of others.entries()) {
      if (Date.now() - timeIn(used[index]) > MOST_AGE_MS) await this.dropView(place);
    }
  }

  /** False if no other view than this one is kept. */
  private async dropOldest(but: string): Promise<boolean> {
    const others = [...this.listed.keys()].filter((place) => place !== but);
    const used = await this.storage.getMany(others);
    const [oldest] = others
      .map((place, index) => ({ place, atMs: timeIn(used[index]) }))
      .sort((a, b) => a.atMs - b.atMs);
    if (!oldest) return false;
    await this.dropView(oldest.place);
    return true;
  }

  private async dropView(place: string): Promise<void> {
    this.listed.delete(place);
    await this.drop(place);
  }

  private async drop(prefix: string): Promise<void> {
    for (const key of await this.storage.keys(prefix)) await this.storage.delete(key);
  }
}

/** Names a view apart from its layer; null if the browser has no hashing (insecure pages). */
async function nameOf({
  bands,
  scene: { stretch },
  gsdMetres,
  model,
  adapter,
  taught,
}: ViewOf): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const { ranges, gamma = 1 } = stretch;
  const all = [FORMAT, APP_VERSION, bands, ranges, gamma, gsdMetres, model.hash, adapter?.hash ?? null, taught ?? null];
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(all)));
  return hexOf(new Uint8Array(hash, 0, 16));
}

function listedIn(keys: readonly string[]): Map<string, Listed> {
  const listed = new Map<string, Listed>();
  for (const key of keys) {
    const [, image, view, tile] = key.split('/');
    if (image === undefined || view === undefined) continue;
    const place = `${ROOT}${image}/${view}`;
    const of = listed.get(place) ?? { bytes: 0, keys: new Map<string, string>() };
    listed.set(place, of);
    if (tile === undefined) continue;
    of.bytes += sizeIn(key);
    of.keys.set(tile.slice(0, tile.lastIndexOf('~')), key);
  }
  return listed;
}

const sizeIn = (key: string): number => Number(key.slice(key.lastIndexOf('~') + 1)) || 0;
const timeIn = (value: unknown): number => (typeof value === 'number' ? value : 0);
const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

/** What it takes in the storage, roughly. */
function bytesOf({ detections, cover, heat }: TileEvidence): number {
  const points = detections.reduce(
    (sum, { rings }) => sum + (rings ?? []).reduce((of, ring) => of + ring.length, 0),
    0,
  );
  const grids = (cover?.probabilities.byteLength ?? 0) + (heat?.scores.byteLength ?? 0);
  return 2000 + 400 * detections.length + 40 * points + grids;
}

function isKeptTile(value: unknown): value is KeptTile {
  const kept = value as Partial<KeptTile> | null | undefined;
  return (
    kept?.format === FORMAT && typeof kept.evidence?.window === 'object' && Array.isArray(kept.evidence.detections)
  );
}
