import type { PixelWindow } from '../../geo/types.ts';
import { intersect } from '../../geo/windows.ts';
import type { BandTile } from '../../imagery/tiles.ts';
import { waitFor } from '../../lib/abort.ts';
import type { NadirError } from '../../lib/errors.ts';
import { keyOf, type TaughtClass } from '../../teaching/taught-class.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import type { VlmApi } from '../../workers/vlm/api.ts';
import { eachSlice } from '../asking/slices/each-slice.ts';
import { blankOf, viewOf } from '../asking/slices/model-tile.ts';
import { stoppedAfterGrace } from '../asking/slices/stop-grace.ts';
import { partOfTile } from '../layers/region.ts';
import type { ModelKeeper } from '../model/model.ts';
import type { WorkerHost } from '../model/worker-host.ts';
import type { SceneKeeper } from '../opening/scene.ts';
import type { EvidenceStore } from './evidence-store.ts';
import { blankTile, type TileEvidence, taughtEvidence, tileEvidence, windowKey } from './tile-evidence.ts';
import type { ViewOf } from './view-of.ts';

export interface TilesWanted {
  windows: readonly PixelWindow[];
  view: ViewOf;
  model: Pick<ModelInfo, 'tileSize'>;
  /** Size of the image in pixels. */
  scene: PixelWindow;
  /** Classes whose outlines are wanted. */
  outlined: readonly string[];
  /** The region that is asked about. */
  region: PixelWindow;
  /** Whether its land cover is needed. */
  cover: boolean;
  /** Looked for in place of the model's own classes. */
  taught?: TaughtClass;
}

export interface GatherContext {
  store: EvidenceStore;
  scenes: SceneKeeper;
  models: ModelKeeper;
  vlm: () => WorkerHost<VlmApi>;
  signal: AbortSignal;
}

export interface TilesGathered {
  /** By `windowKey`. */
  tiles: ReadonlyMap<string, TileEvidence>;
  failed: readonly { window: PixelWindow; error: NadirError }[];
  /** Number of tiles that the model had to look at. */
  looked: number;
}

/** What a caller learns while tiles are gathered. */
export interface GatherWatch {
  /** How many of the windows needn't be looked at, before the first one is. */
  known(soFar: TilesGathered): void;
  /** After each window that was looked at, skipped as blank or failed. */
  tile(soFar: TilesGathered): void;
}

/**
 * Looks at every window that isn't in the store yet. Returns early, with what is there, when the signal aborts. A window counts as done
 * once its evidence is on disk. Rejects only if there is no model to go on with.
 */
export async function gatherTiles(
  wanted: TilesWanted,
  { store, scenes, models, vlm, signal }: GatherContext,
  watch: GatherWatch,
): Promise<TilesGathered> {
  const { view, model, outlined, scene, region } = wanted;
  const tiles = new Map<string, TileEvidence>();
  const failed: { window: PixelWindow; error: NadirError }[] = [];
  let looked = 0;
  const soFar = (): TilesGathered => ({ tiles, failed, looked });
  const missing: PixelWindow[] = [];
  const place = await store.recall(view, wanted.windows);
  for (const window of wanted.windows) {
    const known = store.get(view, window, { outlined, coverOf: wanted.cover ? region : null });
    if (known) tiles.set(windowKey(window), known);
    else missing.push(window);
  }
  watch.known(soFar());
  const keep = async (evidence: TileEvidence) => {
    await store.set(view, evidence, place);
    tiles.set(windowKey(evidence.window), evidence);
  };
  await eachSlice<BandTile>(
    missing,
    {
      read: async (window) => {
        await waitFor(scenes.recovered(), signal);
        return readTile(window, view, model, scenes, signal);
      },
      work: async (window, tile) => {
        const blank = blankOf(
          tile,
          partOfTile(intersect(window, scene) ?? window, window, model.tileSize),
          model.tileSize / window.width,
        );
        if (blank !== null) return await keep(blankTile(window, blank, tile.validFraction));
        const { promise: stopped, stop } = stoppedAfterGrace(signal, () => true);
        try {
          const seeing = see(tile, window, wanted, vlm().api, signal);
          // Nobody awaits it after a stop.
          seeing.catch(() => undefined);
          const seen = await Promise.race([seeing, stopped]);
          looked += 1;
          await keep(seen);
        } finally {
          stop();
        }
      },
      failed: (window, error) => failed.push({ window, error }),
      done: () => watch.tile(soFar()),
    },
    { models, signal },
  );
  // In the order of the windows, whichever were known before: sums of scores don't depend on where a run was interrupted.
  const inOrder = wanted.windows.flatMap((window) => {
    const tile = tiles.get(windowKey(window));
    return tile ? [[windowKey(window), tile] as const] : [];
  });
  return { ...soFar(), tiles: new Map(inOrder) };
}

async function see(
  tile: BandTile,
  window: PixelWindow,
  { outlined, model: { tileSize }, region, taught, view: { gsdMetres } }: TilesWanted,
  vlm: VlmApi,
  signal: AbortSignal,
): Promise<TileEvidence> {
  const view = viewOf('slice', tile, window, gsdMetres);
  const validShare = tile.validFraction;
  if (taught) {
    const seen = await vlm.detect({ view, head: taught.head }, signal);
    return taughtEvidence(window, seen, { label: taught.name, key: keyOf(taught), validShare, tileSize });
  }
  const seen = await vlm.look({ view, boxes: [], outline: [...outlined] }, signal);
  return tileEvidence(window, seen, { validShare, outlined: new Set(outlined), tileSize, region });
}

/** A window as the model gets it, before what is invalid is filled. Errors: those of reading. */
export function readTile(
  window: PixelWindow,
  { scene: { layerId, stretch }, bands }: Pick<ViewOf, 'scene' | 'bands'>,
  { tileSize }: Pick<ModelInfo, 'tileSize'>,
  scenes: SceneKeeper,
  signal: AbortSignal,
): Promise<BandTile> {
  const resampling = window.width > tileSize ? 'area' : 'bilinear';
  return scenes.readBands(
    { layerId, window, outWidth: tileSize, outHeight: tileSize, bands, stretch, resampling },
    signal,
  );
}
