import type { CoverRaster } from '../../cover/cover-raster.ts';
import type { KeyValueStore, StoreFailure } from '../../storage/key-value-store.ts';
import type { CoverLayer } from '../cover/port.ts';

/** Land cover has a key of its own for each layer, since it may be some megabytes and rarely changes. How it is shown is in the record. */
export const COVER = 'cover:';
const VERSION = 1;
const keyOf = (layerId: string) => `${COVER}${layerId}`;

interface SavedCover extends Omit<CoverLayer, 'shown'> {
  version: typeof VERSION;
}

export class CoverStore {
  private readonly written = new Map<string, CoverRaster>();

  /**
   * Stores the land cover of layers where it isn't stored yet, and drops that of others than these and `alsoKept`. Returns why it could
   * not.
   */
  async save(
    storage: KeyValueStore,
    covers: readonly CoverLayer[],
    alsoKept: readonly string[],
  ): Promise<StoreFailure | null> {
    const kept = new Set([...covers.map(({ layerId }) => layerId), ...alsoKept].map(keyOf));
    for (const key of await storage.keys(COVER)) if (!kept.has(key)) await storage.delete(key);
    for (const layerId of [...this.written.keys()]) if (!kept.has(keyOf(layerId))) this.written.delete(layerId);
    for (const { shown: _, ...cover } of covers) {
      const { layerId, raster } = cover;
      if (this.written.get(layerId) === raster) continue;
      const saved: SavedCover = { ...cover, version: VERSION };
      const failure = await storage.set(keyOf(layerId), saved);
      if (failure) return failure;
      this.written.set(layerId, raster);
    }
    return null;
  }

  /** Of what was just read from where it is stored. */
  isStored({ layerId, raster }: Pick<CoverLayer, 'layerId' | 'raster'>): void {
    this.written.set(layerId, raster);
  }

  /** Everything is to be stored again. */
  clear(): void {
    this.written.clear();
  }

  bytes(): number {
    return [...this.written.values()].reduce((sum, { probabilities }) => sum + probabilities.byteLength, 0);
  }
}

/** The land cover that a session stored of a layer; null if there is none that this version can read. */
export async function loadCover(storage: KeyValueStore, layerId: string): Promise<Omit<CoverLayer, 'shown'> | null> {
  const saved = await storage.get(keyOf(layerId));
  if (!isSavedCover(saved)) return null;
  const { version: _, ...cover } = saved;
  return cover;
}

function isSavedCover(value: unknown): value is SavedCover {
  const saved = value as Partial<SavedCover> | null | undefined;
  const raster = saved?.raster;
  if (saved?.version !== VERSION || !raster || !Array.isArray(saved.classes) || !Array.isArray(raster.labels))
    return false;
  const { rows, cols, labels, probabilities } = raster;
  return (
    saved.classes.length === labels.length &&
    probabilities instanceof Uint8Array &&
    probabilities.length === rows * cols * labels.length
  );
}
