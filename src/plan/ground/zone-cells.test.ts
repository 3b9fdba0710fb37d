import { describe, expect, it } from 'vitest';
import type { Point } from '../../geo/types.ts';
import { eachZoneRow, overlap } from './zone-cells.ts';

const GRID = { x: 10, y: 20, cellWidth: 4, cellHeight: 2, cols: 4, rows: 3 };

function sharesOf(zone: Point[][]): number[][] {
  const rows = Array.from({ length: GRID.rows }, () => Array.from({ length: GRID.cols }, () => 0));
  eachZoneRow(zone, GRID, (row, shares) => {
    rows[row] = [...shares].map((share) => Number(share.toFixed(6)));
  });
  return rows;
}

const box = (x0: number, y0: number, x1: number, y1: number): Point[] => [
  [x0, y0],
  [x1, y0],
  [x1, y1],
  [x0, y1],
];

describe('eachZoneRow', () => {
  it('gives whole cells, and parts of those that a border cuts', () => {
    expect(sharesOf([box(10, 20, 26, 26)])).toEqual([
      [1, 1, 1, 1],
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ]);
    expect(sharesOf([box(13, 21, 20, 24)])).toEqual([
      [0.125, 0.5, 0.25, 0],
      [0.25, 1, 0.5, 0],
      [0, 0, 0, 0],
    ]);
  });

  it('cuts off what lies outside the grid', () => {
    expect(sharesOf([box(-100, -100, 12, 100)])).toEqual([
      [0.5, 0, 0, 0],
      [0.5, 0, 0, 0],
      [0.5, 0, 0, 0],
    ]);
    expect(sharesOf([box(100, 20, 120, 26)]).flat()).toEqual(Array.from({ length: 12 }, () => 0));
    expect(sharesOf([]).flat()).toEqual(Array.from({ length: 12 }, () => 0));
  });

  it('leaves out holes and takes separate parts', () => {
    const zone = [box(10, 20, 26, 26), box(14, 22, 22, 24)];
    expect(sharesOf(zone)).toEqual([
      [1, 1, 1, 1],
      [1, 0, 0, 1],
      [1, 1, 1, 1],
    ]);
    expect(sharesOf([box(10, 20, 14, 22), box(22, 24, 26, 26)])).toEqual([
      [1, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 1],
    ]);
  });

  it('adds up to the area of a slanting shape', () => {
    const triangle: Point[] = [
      [10, 20],
      [26, 20],
      [10, 26],
    ];
    const sum = sharesOf([triangle])
      .flat()
      .reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(6, 5);
  });
});

describe('overlap', () => {
  it('tells shapes that share ground from those that share a border or lie in a hole', () => {
    expect(overlap([[box(0, 0, 10, 10)], [box(10, 0, 20, 10)], [box(0, 10, 20, 30)]])).toBe(false);
    expect(overlap([[box(0, 0, 10, 10)], [box(9, 0, 20, 10)]])).toBe(true);
    expect(overlap([[box(0, 0, 30, 30), box(10, 10, 20, 20)], [box(10, 10, 20, 20)]])).toBe(false);
    expect(overlap([[box(0, 0, 30, 30)], [box(10, 10, 20, 20)]])).toBe(true);
    expect(overlap([[box(0, 0, 30, 30)]])).toBe(false);
  });
});
