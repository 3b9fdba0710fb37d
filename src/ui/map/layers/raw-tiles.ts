import type { RawTile } from '../../../imagery/tiles.ts';

/** Memory for the raw tiles of all layers, for painting on the processor. */
const MAX_BYTES = 96 * 2 ** 20;

/**
 * The most recently read raw tiles, so that another stretch or expression needs no reading. The oldest are dropped
 * first.
 */
export class RawTileCache {
  private readonly tiles = new Map<string, RawTile>();
  private bytes = 0;
  private readonly maxBytes: number;

  constructor(maxBytes = MAX_BYTES) {
    this.maxBytes = maxBytes;
  }

  get(key: string): RawTile | undefined {
    const tile = this.tiles.get(key);
    if (tile) {
      this.tiles.delete(key);
      this.tiles.set(key, tile);
    }
    return tile;
  }

  set(key: string, tile: RawTile): void {
    this.bytes += tile.data.byteLength - (this.tiles.get(key)?.data.byteLength ?? 0);
    this.tiles.delete(key);
    this.tiles.set(key, tile);
    for (const [oldest, { data }] of this.tiles) {
      if (this.bytes <= this.maxBytes || oldest === key) break;
      this.tiles.delete(oldest);
      this.bytes -= data.byteLength;
    }
  }
}

/** Most bands in a tile; with validity they fill two textures. */
const MAX_BANDS = 7;

/**
 * The bands that a layer's tiles hold: all if there are few; else the needed ones and as many previously shown ones as
 * fit, so that switching back needs no reading.
 */
export function tileBands(bandCount: number, needed: readonly number[], before: readonly number[]): number[] {
  if (bandCount <= MAX_BANDS) return Array.from({ length: bandCount }, (_, band) => band);
  if (before.length > 0 && needed.every((band) => before.includes(band))) return [...before];
  const earlier = before.filter((band) => !needed.includes(band));
  // The most recent ones are last.
  const kept = needed.length >= MAX_BANDS ? [] : earlier.slice(-(MAX_BANDS - needed.length));
  return [...kept, ...needed];
}
