import { NadirError } from '../../lib/errors.ts';
import { diskStore, readHeader, type SyncHandle } from './disk-store.ts';
import type { SetPlan } from './set-plan.ts';
import type { TileStore } from './tile-store.ts';

/**
 * The part of the browser's private file system (OPFS) that we use. TypeScript declares the synchronous part in workers
 * only.
 */
export interface DiskFile {
  readonly name: string;
  getFile(): Promise<{ size: number; lastModified: number }>;
  createSyncAccessHandle(): Promise<SyncHandle>;
}

export interface DiskFolder {
  getFileHandle(name: string, options?: { create?: boolean }): Promise<DiskFile>;
  removeEntry(name: string): Promise<void>;
  values(): AsyncIterable<{ kind: string; name: string }>;
}

/** All kept overviews together may use a quarter of the browser's quota, and never more than 4 GiB. */
const QUOTA_SHARE = 0.25;
const MAX_BYTES = 4 * 2 ** 30;
/** Overviews not used for this long are removed. */
const MAX_AGE_MS = 30 * 24 * 3600 * 1000;
/**
 * After a reload, the old page's worker holds its files for a moment; so does the old scene when an image is opened
 * again.
 */
const LOCK_TRIES = 50;
const LOCK_WAIT_MS = 100;

export interface DiskUse {
  bytes: number;
  /** Number of files: one per image and set of bands. */
  count: number;
  /** Eviction starts above this. */
  limitBytes: number;
}

/**
 * Overviews on disk: one file per image (by fingerprint) and set of bands. The least recently used is evicted first.
 */
export class OverviewDisk {
  private readonly folder: DiskFolder;
  private readonly quotaBytes: () => Promise<number>;
  private readonly open = new Set<string>();

  constructor(folder: DiskFolder, quotaBytes: () => Promise<number>) {
    this.folder = folder;
    this.quotaBytes = quotaBytes;
  }

  /**
   * The stored set of an image: complete, partial or new. Errors: STORAGE_FULL, also if another tab has the set open;
   * and whatever the browser throws if it has no synchronous files.
   */
  async openSet(fingerprint: string, plan: SetPlan): Promise<TileStore> {
    const name = `${fingerprint}-${plan.bands.join('.')}.overviews`;
    const handle = await this.lock(name);
    this.open.add(name);
    const close = () => {
      this.open.delete(name);
      handle.close();
    };
    try {
      const rowsDone = readHeader(handle, plan);
      if (!rowsDone) await this.makeRoom(plan.totalBytes, name);
      return diskStore(handle, plan, rowsDone, close);
    } catch (thrown) {
      close();
      await this.folder.removeEntry(name).catch(() => undefined);
      throw thrown;
    }
  }

  async use(): Promise<DiskUse> {
    const files = await this.list();
    return {
      bytes: files.reduce((sum, { size }) => sum + size, 0),
      count: files.length,
      limitBytes: await this.limit(),
    };
  }

  /** Removes every file that no open image uses. Returns the bytes freed. */
  async clear(): Promise<number> {
    let freed = 0;
    for (const file of await this.list()) if (await this.remove(file.name)) freed += file.size;
    return freed;
  }

  /** Removes old files, then the least recently used, until `bytes` more fit. Errors: STORAGE_FULL. */
  private async makeRoom(bytes: number, but: string): Promise<void> {
    const limit = await this.limit();
    const others = (await this.list()).filter(({ name }) => name !== but);
    others.sort((a, b) => a.lastModified - b.lastModified);
    let held = others.reduce((sum, { size }) => sum + size, 0);
    for (const { name, size, lastModified } of others) {
      const old = Date.now() - lastModified > MAX_AGE_MS;
      if (!old && held + bytes <= limit) continue;
      if (await this.remove(name)) held -= size;
    }
    if (held + bytes <= limit) return;
    throw storageFull(
      `they need ${megabytes(bytes)}, and ${megabytes(Math.max(0, limit - held))} of the ${megabytes(limit)} for overviews are free`,
    );
  }

  private async limit(): Promise<number> {
    return Math.min(MAX_BYTES, QUOTA_SHARE * (await this.quotaBytes()));
  }

  private async list(): Promise<{ name: string; size: number; lastModified: number }[]> {
    const files: { name: string; size: number; lastModified: number }[] = [];
    for await (const entry of this.folder.values()) {
      if (entry.kind !== 'file') continue;
      try {
        const { size, lastModified } = await (await this.folder.getFileHandle(entry.name)).getFile();
        files.push({ name: entry.name, size, lastModified });
      } catch {
        // Another tab has just removed it.
      }
    }
    return files;
  }

  /** False if the file is in use, here or in another tab. */
  private async remove(name: string): Promise<boolean> {
    if (this.open.has(name)) return false;
    try {
      await this.folder.removeEntry(name);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Nobody can remove a locked file, but another tab can remove one between its creation and its locking. The file is
   * then created again.
   */
  private async lock(name: string): Promise<SyncHandle> {
    for (let tries = 1; ; tries++) {
      try {
        const file = await this.folder.getFileHandle(name, { create: true });
        return await file.createSyncAccessHandle();
      } catch (thrown) {
        const waits = ['NoModificationAllowedError', 'NotFoundError'];
        if (!(thrown instanceof Error && waits.includes(thrown.name))) throw thrown;
        if (tries >= LOCK_TRIES) throw busy();
        await new Promise((resolve) => setTimeout(resolve, LOCK_WAIT_MS));
      }
    }
  }
}

/**
 * The page's own folder for overviews; null if the browser has none (old versions, and private windows in some
 * browsers).
 */
export async function openOverviewDisk(): Promise<OverviewDisk | null> {
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('overviews', { create: true });
    const quota = async () => (await navigator.storage.estimate()).quota ?? 0;
    return new OverviewDisk(folder as unknown as DiskFolder, quota);
  } catch {
    return null;
  }
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;

function storageFull(why: string): NadirError {
  return new NadirError('STORAGE_FULL', `Overviews can't be kept on this device: ${why}.`);
}

function busy(): NadirError {
  return new NadirError('STORAGE_FULL', "Overviews can't be kept on this device: another tab or layer has them open.");
}
