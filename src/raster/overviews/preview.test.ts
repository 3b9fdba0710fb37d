import { describe, expect, it } from 'vitest';
import { fakeScene } from '../testing.ts';
import { makePreview } from './preview.ts';

/** Tall enough that a preview can't look at every row. */
const SIDE = 5000;

async function previewed(blockRows: number, budgetMs: number) {
  const { scene, pixelsRead } = fakeScene(SIDE, SIDE, (_, y) => y, blockRows);
  const preview = await makePreview(scene.levels[0]!, [0], budgetMs);
  const [plane] = await preview.read(0, 0, preview.width, preview.height, [0], null);
  return { preview, plane: plane!, rowsRead: pixelsRead() / SIDE };
}

describe('a coarse pass', () => {
  it('looks at one row of each 5000 / 1024, with time enough', async () => {
    const { preview, plane, rowsRead } = await previewed(1, 60_000);
    expect([preview.width, preview.height]).toEqual([1024, 1024]);
    expect(preview.factorX * preview.width).toBeCloseTo(SIDE);
    // Whole rows except the last columns, which no sample needs.
    expect(Math.round(rowsRead)).toBe(1023);
    for (let row = 0; row < 1024; row += 100) {
      expect(plane[row * 1024 + 500]).toBe(Math.floor(((row + 0.5) * SIDE) / 1024));
    }
  });

  it('shows the nearest pixel that was read if time ran out', async () => {
    const { plane, rowsRead } = await previewed(1, 0);
    expect(rowsRead).toBeLessThan(300);
    expect(rowsRead).toBeGreaterThan(100);
    expect(plane.some(Number.isNaN)).toBe(false);
    for (let row = 0; row < 1024; row += 50) {
      expect(Math.abs(plane[row * 1024 + 500]! - (row * SIDE) / 1024)).toBeLessThan(SIDE / 60);
    }
  });

  it('stays spread over the image when its blocks are large', async () => {
    const { plane, rowsRead } = await previewed(500, 0);
    expect(rowsRead).toBeLessThan(SIDE / 2);
    expect(plane[0]).toBeLessThan(SIDE / 2);
    expect(plane.at(-1)).toBeGreaterThan(SIDE / 3);
  });
});
