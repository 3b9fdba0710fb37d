import { halvingsFor } from '../../cover/mosaic.ts';
import type { PixelWindow } from '../../geo/types.ts';
import type { KeptTiles } from './kept/kept-tiles.ts';
import { ownCellPx, type TileEvidence, windowKey } from './tile-evidence.ts';
import type { ViewOf } from './view-of.ts';

/** Tiles of all views together; the least recently used go first. A tile takes some kilobytes without its land cover. */
const MOST_TILES = 20_000;
/** Land cover of all tiles together, some 24 kB each; of the least recently used it goes first. */
const MOST_COVER_BYTES = 64 * 2 ** 20;

/** What must be known of a tile. */
export interface TileNeeds {
  /** Classes of the model whose outlines are needed. */
  outlined: readonly string[];
  /** The region of which a land cover is made; null if none is needed. */
  coverOf: PixelWindow | null;
}

/** Evidence of tiles that were looked at: in memory for as long as the page is open, and in the browser's storage where that can be. */
export class EvidenceStore {
  private readonly kept: KeptTiles;
  private readonly tiles = new Map<string, TileEvidence>();
  private coverBytes = 0;

  constructor(kept: KeptTiles) {
    this.kept = kept;
  }

  /**
   * Fetches what earlier pages kept of these windows. Returns where this run's tiles are to be kept; null if they can't be. Never rejects.
   */
  async recall(view: ViewOf, windows: readonly PixelWindow[]): Promise<string | null> {
    const place = await this.kept.placeOf(view);
    if (place === null) return null;
    const unknown = windows.filter((window) => !this.tiles.has(keyOf(view, window)));
    for await (const evidence of this.kept.read(place, unknown)) this.remember(view, evidence);
    return place;
  }

  /** What is known of a window; null if it must be looked at, also because not all that is needed is known. */
  get(view: ViewOf, window: PixelWindow, needs: TileNeeds): TileEvidence | null {
    const key = keyOf(view, window);
    const found = this.tiles.get(key);
    if (!found || (found.blank === null && !hasAll(found, needs))) return null;
    this.tiles.delete(key);
    this.tiles.set(key, found);
    return found;
  }

  /** Resolves once it is on disk, at the place that `recall` returned, or can't be kept there. Never rejects. */
  async set(view: ViewOf, evidence: TileEvidence, place: string | null): Promise<void> {
    this.remember(view, evidence);
    if (place !== null) await this.kept.keep(place, evidence);
  }

  /** Forgets all tiles, here and in the storage. */
  async clear(): Promise<void> {
    this.tiles.clear();
    this.coverBytes = 0;
    await this.kept.clear();
  }

  private remember(view: ViewOf, evidence: TileEvidence): void {
    const key = keyOf(view, evidence.window);
    this.drop(key);
    this.tiles.set(key, evidence);
    this.coverBytes += bytesOf(evidence);
    for (const oldest of this.tiles.keys()) {
      if (this.tiles.size <= MOST_TILES) break;
      this.drop(oldest);
    }
    if (this.coverBytes > MOST_COVER_BYTES) this.forgetCover();
  }

  private drop(key: string): void {
    const found = this.tiles.get(key);
    if (!found) return;
    this.coverBytes -= bytesOf(found);
    this.tiles.delete(key);
  }

  /** Of the least recently used tiles. */
  private forgetCover(): void {
    for (const [key, { cover, ...rest }] of this.tiles) {
      if (this.coverBytes <= MOST_COVER_BYTES) return;
      if (!cover) continue;
      this.coverBytes -= cover.probabilities.byteLength;
      this.tiles.set(key, rest);
    }
  }
}

const bytesOf = ({ cover }: TileEvidence): number => cover?.probabilities.byteLength ?? 0;

function hasAll({ window, outlined, cover }: TileEvidence, needs: TileNeeds): boolean {
  const isFineEnough =
    needs.coverOf === null ||
    (cover !== undefined && cover.halvings <= halvingsFor(needs.coverOf, ownCellPx(window, cover)));
  return isFineEnough && needs.outlined.every((label) => outlined.has(label));
}

function keyOf({ scene, bands, gsdMetres, model, adapter, taught }: ViewOf, window: PixelWindow): string {
  const { layerId, stretch } = scene;
  return JSON.stringify([
    layerId,
    bands,
    stretch.ranges,
    stretch.gamma ?? 1,
    gsdMetres,
    model.hash,
    adapter?.hash,
    taught,
    windowKey(window),
  ]);
}
