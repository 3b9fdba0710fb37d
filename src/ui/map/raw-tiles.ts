import type { RawTile } from '../../imagery/tiles.ts';

/** Raw tiles of all layers together, for looks that are painted without a graphics adapter. */
const MAX_BYTES = 96 * 2 ** 20;

/** The raw tiles read last, so that another stretch or expression needs no reading; the oldest make room. */
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

/** Bands that a tile holds at most; with validity they fill two textures. */
const MAX_BANDS = 7;

/**
 * Which bands a layer's tiles hold: all of them where they are few; else those that are looked at, and as many of those that
 * were looked at before as fit, so that going back needs no reading either.
 */
export function tileBands(bandCount: number, needed: readonly number[], before: readonly number[]): number[] {
  if (bandCount <= MAX_BANDS) return Array.from({ length: bandCount }, (_, band) => band);
  if (before.length > 0 && needed.every((band) => before.includes(band))) return [...before];
  const earlier = before.filter((band) => !needed.includes(band));
  // The newest stand last.
  const kept = needed.length >= MAX_BANDS ? [] : earlier.slice(-(MAX_BANDS - needed.length));
  return [...kept, ...needed];
}
