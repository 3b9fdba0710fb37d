import type { ByteLru } from '../cache/lru.ts';
import type { RasterLevel } from '../scene.ts';
import type { SampleArray } from '../tiff/samples.ts';
import { TILE_HEIGHT, TILE_WIDTH } from './set-plan.ts';
import { decodeTile } from './tile-record.ts';
import type { TileStore } from './tile-store.ts';

/** Cache for decoded tiles of a scene's built levels. */
export interface TileCache {
  /** Null: tiles aren't cached. */
  cache: ByteLru<SampleArray> | null;
  keyPrefix: string;
  /** The level that all others are built from. */
  base: RasterLevel;
}

/** One finished level of `store`, readable like any other. */
export function builtLevel(
  base: RasterLevel,
  store: TileStore,
  level: number,
  { cache, keyPrefix }: TileCache,
): RasterLevel {
  const { plan } = store;
  const planned = plan.levels[level]!;
  const tile = (tileRow: number, tileCol: number, band: number, keep: boolean): Float32Array => {
    const key = `${keyPrefix}/built/${plan.bands.join()}/${level}/${tileRow}/${tileCol}/${band}`;
    const known = cache?.get(key);
    if (known) return known as Float32Array;
    const decoded = decodeTile(store.read(level, tileRow, tileCol, band), plan.stored);
    if (keep) cache?.set(key, decoded, decoded.byteLength);
    return decoded;
  };
  return {
    width: planned.width,
    height: planned.height,
    factorX: base.factorX * planned.factor,
    factorY: base.factorY * planned.factor,
    blockCols: Math.min(TILE_WIDTH, planned.width),
    blockRows: Math.min(TILE_HEIGHT, planned.height),
    only: new Set(plan.bands),
    async read(x, y, width, height, bands, signal, purpose = 'view') {
      signal?.throwIfAborted();
      return bands.map((band) => {
        const out = new Float32Array(width * height);
        const stored = plan.bands.indexOf(band);
        const lastRow = Math.floor((y + height - 1) / TILE_HEIGHT);
        const lastCol = Math.floor((x + width - 1) / TILE_WIDTH);
        for (let tileRow = Math.floor(y / TILE_HEIGHT); tileRow <= lastRow; tileRow++) {
          for (let tileCol = Math.floor(x / TILE_WIDTH); tileCol <= lastCol; tileCol++) {
            copyTile(
              tile(tileRow, tileCol, stored, purpose === 'view'),
              tileRow,
              tileCol,
              { x, y, width, height },
              out,
            );
          }
        }
        return out;
      });
    },
  };
}

function copyTile(
  tile: Float32Array,
  tileRow: number,
  tileCol: number,
  window: { x: number; y: number; width: number; height: number },
  out: Float32Array,
): void {
  const left = Math.max(window.x, tileCol * TILE_WIDTH);
  const right = Math.min(window.x + window.width, (tileCol + 1) * TILE_WIDTH);
  const top = Math.max(window.y, tileRow * TILE_HEIGHT);
  const bottom = Math.min(window.y + window.height, (tileRow + 1) * TILE_HEIGHT);
  for (let row = top; row < bottom; row++) {
    const from = (row - tileRow * TILE_HEIGHT) * TILE_WIDTH + left - tileCol * TILE_WIDTH;
    out.set(tile.subarray(from, from + right - left), (row - window.y) * window.width + left - window.x);
  }
}
