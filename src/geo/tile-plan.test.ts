import { describe, expect, it } from 'vitest';
import { planTiles } from './tile-plan.ts';
import type { PixelWindow } from './types.ts';

const extent = (x: number, y: number, width: number, height: number): PixelWindow => ({ x, y, width, height });

/** Sorted, distinct starts of the windows along one axis. */
const starts = (windows: PixelWindow[], axis: 'x' | 'y') =>
  [...new Set(windows.map((w) => w[axis]))].sort((a, b) => a - b);

describe('planTiles', () => {
  it('gives one window for an extent of exactly one tile', () => {
    expect(planTiles(extent(0, 0, 256, 256), 256, 0.25)).toEqual([extent(0, 0, 256, 256)]);
  });

  it('centres one overhanging window on a smaller extent', () => {
    expect(planTiles(extent(10, 0, 100, 256), 256, 0.25)).toEqual([extent(-68, 0, 256, 256)]);
  });

  it('goes row by row', () => {
    const windows = planTiles(extent(0, 0, 500, 500), 256, 0);
    expect(windows.map((w) => [w.x, w.y])).toEqual([
      [0, 0],
      [244, 0],
      [0, 244],
      [244, 244],
    ]);
  });

  it.each([
    [1, 0.25],
    [255, 0.25],
    [256, 0.25],
    [257, 0.25],
    [1000, 0],
    [1000, 0.25],
    [1000, 0.5],
    [4099, 0.33],
    [997, 0.9],
  ])('covers %s px without gaps at overlap %s, edges included', (length, overlap) => {
    const windows = planTiles(extent(7, -3, length, 300), 256, overlap);
    const columns = starts(windows, 'x');
    expect(columns[0]).toBeLessThanOrEqual(7);
    expect(columns.at(-1)! + 256).toBeGreaterThanOrEqual(7 + length);
    for (let i = 1; i < columns.length; i++) {
      const shared = columns[i - 1]! + 256 - columns[i]!;
      // Whole pixels cost at most one of the overlap.
      expect(shared).toBeGreaterThanOrEqual(overlap * 256 - 1);
    }
    if (length >= 256) {
      expect(columns[0]).toBe(7);
      expect(columns.at(-1)! + 256).toBe(7 + length);
    }
    for (const window of windows) expect([window.width, window.height]).toEqual([256, 256]);
  });

  it('starts on whole pixels for a fractional extent, and still covers it', () => {
    const windows = planTiles(extent(0.4, 0.6, 600.3, 256), 256, 0.25);
    expect(windows.every((w) => Number.isInteger(w.x) && Number.isInteger(w.y))).toBe(true);
    expect(Math.min(...windows.map((w) => w.x))).toBeLessThanOrEqual(0.4);
    expect(Math.max(...windows.map((w) => w.x + 256))).toBeGreaterThanOrEqual(600.7);
  });

  it('refuses sizes that make no plan', () => {
    expect(() => planTiles(extent(0, 0, 0, 10), 256, 0.25)).toThrow(/overlap 0.25 over 0×10/);
    expect(() => planTiles(extent(0, 0, 10, 10), 256, 1)).toThrow(/overlap/);
    expect(() => planTiles(extent(0, 0, 10, 10), Number.NaN, 0)).toThrow(/NaN px/);
  });
});
