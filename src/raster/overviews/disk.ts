import { NadirError } from '../../lib/errors.ts';
import { diskStore, readHeader, type SyncHandle } from './disk-store.ts';
import type { SetPlan } from './set-plan.ts';
import type { TileStore } from './tile-store.ts';

/** What we use of the browser's private file system (OPFS). TypeScript knows the synchronous part in workers only. */
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

/** All kept overviews together may take a quarter of what the browser allows the page, and never more than 4 GiB. */
const QUOTA_SHARE = 0.25;
const MOST_BYTES = 4 * 2 ** 30;
/** Overviews that weren't used for this long are removed. */
const MOST_AGE_MS = 30 * 24 * 3600 * 1000;
/** After a reload the old page's worker, and when an image is opened again its old scene, hold their files for a moment. */
const LOCK_TRIES = 50;
const LOCK_WAIT_MS = 100;

export interface DiskUse {
  bytes: number;
  /** Files of overviews: one for each set of bands of each image. */
  count: number;
  /** Where eviction begins. */
  limitBytes: number;
}

/** Overviews on disk: a file for each image (by fingerprint) and set of bands, the least recently used evicted first. */
export class OverviewDisk {
  private readonly folder: DiskFolder;
  private readonly quotaBytes: () => Promise<number>;
  private readonly open = new Set<string>();

  constructor(folder: DiskFolder, quotaBytes: () => Promise<number>) {
    this.folder = folder;
    this.quotaBytes = quotaBytes;
  }

  /**
   * The stored set of an image, whole, partial or new. Errors: STORAGE_FULL, also where another tab
   * has it open and keeps it; and whatever the browser throws where it has no synchronous files.
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

  /** Removes everything that isn't in use by an open image; returns the bytes freed. */
  async clear(): Promise<number> {
    let freed = 0;
    for (const file of await this.list()) if (await this.remove(file.name)) freed += file.size;
    return freed;
  }

  /** Evicts by age, then the least recently used, until `bytes` more fit. Errors: STORAGE_FULL. */
  private async makeRoom(bytes: number, but: string): Promise<void> {
    const limit = await this.limit();
    const others = (await this.list()).filter(({ name }) => name !== but);
    others.sort((a, b) => a.lastModified - b.lastModified);
    let held = others.reduce((sum, { size }) => sum + size, 0);
    for (const { name, size, lastModified } of others) {
      const old = Date.now() - lastModified > MOST_AGE_MS;
      if (!old && held + bytes <= limit) continue;
      if (await this.remove(name)) held -= size;
    }
    if (held + bytes <= limit) return;
    throw storageFull(
      `they need ${megabytes(bytes)}, and ${megabytes(Math.max(0, limit - held))} of the ${megabytes(limit)} for overviews are free`,
    );
  }

  private async limit(): Promise<number> {
    return Math.min(MOST_BYTES, QUOTA_SHARE * (await this.quotaBytes()));
  }

  private async list(): Promise<{ name: string; size: number; lastModified: number }[]> {
    const files: { name: string; size: number; lastModified: number }[] = [];
    for await (const entry of this.folder.values()) {
      if (entry.kind !== 'file') continue;
      try {
        const { size, lastModified } = await (await this.folder.getFileHandle(entry.name)).getFile();
        files.push({ name: entry.name, size, lastModified });
      } catch {
        // Removed meanwhile, by another tab.
      }
    }
    return files;
  }

  /** False where the file is in use, here or in another tab. */
  private async remove(name: string): Promise<boolean> {
    if (this.open.has(name)) return false;
    try {
      await this.folder.removeEntry(name);
      return true;
    } catch {
      return false;
    }
  }

  /** A file in use can't be removed, but one between its creation and its locking can, by another tab: it is made anew. */
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

/** The page's own folder for overviews; null where the browser has none (private windows of some, old versions). */
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

export function storageFull(why: string): NadirError {
  return new NadirError('STORAGE_FULL', `Overviews can't be kept on this device: ${why}.`);
}

function busy(): NadirError {
  return new NadirError('STORAGE_FULL', "Overviews can't be kept on this device: another tab or layer has them open.");
}
