import { describe, expect, it } from 'vitest';
import { addStatedCounts } from './density-count.ts';

const scene = { x: 0, y: 0, width: 400, height: 100 };
const tile = (x: number, stated: number | null, width = 100) => ({
  tile: { x, y: 0, width, height: 100 },
  rawText: '',
  dialectText: '',
  stopReason: 'end',
  numbers: stated === null ? {} : { stated },
});

describe('addStatedCounts', () => {
  it('adds tiles that lie side by side', () => {
    expect(addStatedCounts([tile(0, 10), tile(100, 20)], scene, scene)).toEqual({ count: 30, tiles: 2, share: 1 });
  });

  it('weighs a tile by the part that no earlier tile covers', () => {
    // The second tile adds 75 of its 100 columns, the third 50.
    const added = addStatedCounts([tile(0, 40), tile(75, 40), tile(125, 40)], scene, scene);
    expect(added?.count).toBe(40 + 30 + 20);
    expect(added?.share).toBeCloseTo(0.75, 9);
  });

  it('weighs by what lies inside the scene and the region', () => {
    // Half of the tile shows the scene, and a quarter of that half is asked about.
    const region = { x: 350, y: 0, width: 50, height: 25 };
    expect(addStatedCounts([tile(350, 40)], region, scene)).toEqual({ count: 10, tiles: 1, share: 0.25 });
  });

  it('leaves out tiles without a number, which cover nothing then', () => {
    expect(addStatedCounts([tile(0, null), tile(0, 8)], scene, scene)?.count).toBe(8);
    expect(addStatedCounts([tile(0, null)], scene, scene)).toBeNull();
  });
});
