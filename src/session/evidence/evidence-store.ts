import type { PixelWindow } from '../../geo/types.ts';
import type { NamedBand } from '../../imagery/image.ts';
import type { AdapterInfo, ModelInfo } from '../../vlm/types.ts';
import type { OpenScene } from '../document.ts';
import { type TileEvidence, windowKey } from './tile-evidence.ts';

/** Tiles of all views together; the least recently used go first. A tile takes some kilobytes. */
const MOST_TILES = 20_000;

/** Everything that changes what the model sees of a window. */
export interface ViewOf {
  scene: Pick<OpenScene, 'layerId' | 'stretch'>;
  /** The source bands that the model gets. */
  bands: readonly NamedBand[];
  model: Pick<ModelInfo, 'hash'>;
  adapter: Pick<AdapterInfo, 'hash'> | null;
  /** Key of the taught class that was looked for in place of the model's own; absent for those. */
  taught?: string;
}

/** Evidence of tiles that were looked at, for as long as the page is open. */
export class EvidenceStore {
  private readonly tiles = new Map<string, TileEvidence>();

  /** What is known of a window with outlines of these classes; null if it must be looked at. */
  get(view: ViewOf, window: PixelWindow, outlined: readonly string[]): TileEvidence | null {
    const key = keyOf(view, window);
    const found = this.tiles.get(key);
    if (!found || (found.blank === null && !outlined.every((label) => found.outlined.has(label)))) return null;
    this.tiles.delete(key);
    this.tiles.set(key, found);
    return found;
  }

  set(view: ViewOf, evidence: TileEvidence): void {
    const key = keyOf(view, evidence.window);
    this.tiles.delete(key);
    this.tiles.set(key, evidence);
    for (const oldest of this.tiles.keys()) {
      if (this.tiles.size <= MOST_TILES) break;
      this.tiles.delete(oldest);
    }
  }

  clear(): void {
    this.tiles.clear();
  }
}

function keyOf({ scene, bands, model, adapter, taught }: ViewOf, window: PixelWindow): string {
  const { layerId, stretch } = scene;
  return JSON.stringify([
    layerId,
    bands,
    stretch.ranges,
    stretch.gamma ?? 1,
    model.hash,
    adapter?.hash,
    taught,
    windowKey(window),
  ]);
}
