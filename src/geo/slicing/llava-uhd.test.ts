import { describe, expect, it } from 'vitest';
import { chooseGrid, idealSliceCount, planLlavaUhd, scoreGrid } from './llava-uhd.ts';

const options = { encoderWidth: 336, encoderHeight: 336, maxSlices: 6, neighbours: false };

describe('the paper’s largest image, 672×1008 with a 336×336 encoder', () => {
  it('needs N = ⌈672·1008 / 336²⌉ = 6 slices', () => {
    expect(idealSliceCount(672, 1008, options)).toBe(6);
  });

  it('scores 3 rows × 2 columns best: slices of exactly 336×336', () => {
    expect(scoreGrid(672, 1008, 336, 336, { rows: 3, columns: 2 })).toBe(0);
    expect(scoreGrid(672, 1008, 336, 336, { rows: 2, columns: 3 })).toBeCloseTo(-Math.log(9 / 4), 12);
    expect(scoreGrid(672, 1008, 336, 336, { rows: 1, columns: 6 })).toBeCloseTo(-Math.log(9), 12);
    expect(chooseGrid(672, 1008, options)).toEqual({ rows: 3, columns: 2 });
    expect(chooseGrid(1008, 672, options)).toEqual({ rows: 2, columns: 3 });
  });

  it('costs 64 tokens for each of 6 slices and the overview', () => {
    const plan = planLlavaUhd({ x: 0, y: 0, width: 672, height: 1008 }, { tile: 336, maxSlices: 6 });
    expect(64 * (plan.slices.length + 1)).toBe(448);
  });
});

describe('chooseGrid', () => {
  it('can’t avoid a strip for a prime N, unless N−1 and N+1 are tried', () => {
    // 750×750 / 336² = 4.98: N = 5.
    expect(chooseGrid(750, 750, options)).toEqual({ rows: 1, columns: 5 });
    expect(chooseGrid(750, 750, { ...options, neighbours: true })).toEqual({ rows: 2, columns: 2 });
  });

  it('doesn’t slice what fits the encoder', () => {
    expect(chooseGrid(336, 336, options)).toEqual({ rows: 1, columns: 1 });
    expect(chooseGrid(100, 50, { ...options, neighbours: true })).toEqual({ rows: 1, columns: 1 });
  });

  it('never makes more than maxSlices', () => {
    for (const [w, h] of [
      [10000, 10000],
      [50000, 400],
      [300, 9000],
    ] as const) {
      const grid = chooseGrid(w, h, { ...options, neighbours: true });
      expect(grid.rows * grid.columns).toBeLessThanOrEqual(6);
    }
  });

  it('takes the encoder’s shape into account', () => {
    const wide = { ...options, encoderWidth: 672, encoderHeight: 168 };
    // Two slices of the encoder's 4:1, one above the other.
    expect(chooseGrid(672, 336, wide)).toEqual({ rows: 2, columns: 1 });
  });

  it('refuses sizes that aren’t positive', () => {
    expect(() => chooseGrid(0, 10, options)).toThrow(/sizes 0, 10/);
  });
});

describe('planLlavaUhd', () => {
  const plan = planLlavaUhd({ x: 100, y: 40, width: 500, height: 300 }, { tile: 256, maxSlices: 6 });

  it('cuts the extent into rows × columns without gap or overlap', () => {
    expect(plan.cells).toHaveLength(plan.rows * plan.columns);
    const area = plan.cells.reduce((sum, cell) => sum + cell.width * cell.height, 0);
    expect(area).toBeCloseTo(500 * 300, 6);
    expect(plan.cells[0]).toMatchObject({ x: 100, y: 40 });
    const last = plan.cells.at(-1)!;
    expect(last.x + last.width).toBeCloseTo(600, 9);
    expect(last.y + last.height).toBeCloseTo(340, 9);
  });

  it('reads squares around the cells, in the same order', () => {
    expect(plan.slices).toHaveLength(plan.cells.length);
    plan.slices.forEach((slice, i) => {
      const cell = plan.cells[i]!;
      expect(slice.width).toBe(slice.height);
      expect(slice.width).toBe(Math.max(cell.width, cell.height));
      expect(slice.x + slice.width / 2).toBeCloseTo(cell.x + cell.width / 2, 9);
      expect(slice.y + slice.height / 2).toBeCloseTo(cell.y + cell.height / 2, 9);
    });
  });

  it('adds the whole extent as one square', () => {
    expect(plan.overview).toEqual({ x: 100, y: -60, width: 500, height: 500 });
  });

  it('leaves only the overview for an extent of one tile', () => {
    const single = planLlavaUhd({ x: 0, y: 0, width: 200, height: 256 }, { tile: 256, maxSlices: 6 });
    expect(single).toMatchObject({ rows: 1, columns: 1, slices: [] });
  });
});
