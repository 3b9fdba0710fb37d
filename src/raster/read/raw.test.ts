import { describe, expect, it } from 'vitest';
import type { RawRequest } from '../../imagery/tiles.ts';
import { fakeScene } from '../testing.ts';
import { readRaw } from './raw.ts';

const request = (changes: Partial<RawRequest> = {}): RawRequest => ({
  scene: 's',
  window: { x: 0, y: 0, width: 4, height: 2 },
  outWidth: 4,
  outHeight: 2,
  bands: [0],
  resampling: 'nearest',
  ...changes,
});

describe('readRaw', () => {
  it('gives values and validity, pixel by pixel', async () => {
    const { scene } = fakeScene(3, 2, (x, y) => (x === 1 && y === 0 ? Number.NaN : 10 * y + x + 0.5));
    const tile = await readRaw(scene, request(), null);
    // Column 3 lies outside the scene.
    expect([...tile.data]).toEqual([0.5, 1, 0, 0, 2.5, 1, 0, 0, 10.5, 1, 11.5, 1, 12.5, 1, 0, 0]);
    expect(tile.data).toBeInstanceOf(Float32Array);
  });

  it('keeps 8-bit samples as bytes', async () => {
    const { scene } = fakeScene(4, 2, (x) => x * 80);
    const bytes = { ...scene, sampleType: 'uint8' as const };
    const tile = await readRaw(bytes, request({ window: { x: 0, y: 0, width: 4, height: 1 }, outHeight: 1 }), null);
    expect(tile.data).toBeInstanceOf(Uint8Array);
    expect([...tile.data]).toEqual([0, 255, 80, 255, 160, 255, 240, 255]);
  });

  it('follows a grid of source positions: here the scene turned by 90°', async () => {
    const { scene } = fakeScene(4, 4, (x, y) => 10 * y + x);
    // Output (col, row) shows source (row, 4 − col).
    const points = new Float64Array([0, 4, 0, 0, 4, 4, 4, 0]);
    const grid = { columns: 2, rows: 2, points };
    const tile = await readRaw(scene, request({ outWidth: 4, outHeight: 4, grid }), null);
    const values = Array.from({ length: 16 }, (_, i) => tile.data[2 * i]);
    expect(values).toEqual([30, 20, 10, 0, 31, 21, 11, 1, 32, 22, 12, 2, 33, 23, 13, 3]);
  });

  it('is empty if the grid misses the scene, and refuses an invalid grid', async () => {
    const { scene } = fakeScene(4, 4, () => 1);
    const away = { columns: 2, rows: 2, points: new Float64Array([50, 50, 54, 50, 50, 54, 54, 54]) };
    const tile = await readRaw(scene, request({ grid: away }), null);
    expect(tile.data.every((value) => value === 0)).toBe(true);
    const wrong = { columns: 2, rows: 2, points: new Float64Array(3) };
    await expect(readRaw(scene, request({ grid: wrong }), null)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
