import { describe, expect, it } from 'vitest';
import type { RawTile } from '../../../imagery/tiles.ts';
import { RawTileCache, tileBands } from './raw-tiles.ts';

const tile = (bytes: number): RawTile => ({ width: 1, height: 1, bands: [0], data: new Uint8Array(bytes) });

describe('RawTileCache', () => {
  it('drops what was used longest ago', () => {
    const cache = new RawTileCache(100);
    cache.set('a', tile(40));
    cache.set('b', tile(40));
    cache.get('a');
    cache.set('c', tile(40));
    expect([cache.get('a'), cache.get('b'), cache.get('c')].map((found) => found !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('counts a replaced tile once, and keeps the newest whatever its size', () => {
    const cache = new RawTileCache(100);
    for (let i = 0; i < 5; i++) cache.set('a', tile(60));
    cache.set('b', tile(40));
    expect(cache.get('a')).toBeDefined();
    cache.set('c', tile(1000));
    expect(cache.get('c')).toBeDefined();
    expect(cache.get('a')).toBeUndefined();
  });
});

describe('tileBands', () => {
  it('holds all bands of a file of few', () => {
    expect(tileBands(4, [2, 1, 0], [])).toEqual([0, 1, 2, 3]);
  });

  it('keeps earlier bands of a file of many while they fit', () => {
    const natural = tileBands(13, [1, 2, 3], []);
    expect(natural).toEqual([1, 2, 3]);
    const infrared = tileBands(13, [2, 3, 7], natural);
    expect(infrared).toEqual([1, 2, 3, 7]);
    expect(tileBands(13, [1, 2, 3], infrared)).toEqual(infrared);
    expect(tileBands(13, [8, 9, 10, 11], infrared)).toEqual([2, 3, 7, 8, 9, 10, 11]);
    expect(tileBands(20, [0, 1, 2, 3, 4, 5, 6, 7], infrared)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
