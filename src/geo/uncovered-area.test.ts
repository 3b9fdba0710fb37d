import { expect, it } from 'vitest';
import type { PixelWindow } from './types.ts';
import { uncoveredArea } from './uncovered-area.ts';

const at = (x: number, y: number, width: number, height: number): PixelWindow => ({ x, y, width, height });

it.each<[string, PixelWindow[], number]>([
  ['nothing', [], 100],
  ['a window elsewhere', [at(20, 0, 5, 5)], 100],
  ['a window that only touches', [at(10, 0, 5, 10)], 100],
  ['all of it', [at(-5, -5, 50, 50)], 0],
  ['its left half', [at(-5, 0, 10, 10)], 50],
  ['two overlapping windows, once', [at(0, 0, 4, 10), at(2, 0, 4, 10)], 40],
  ['a hole in the middle', [at(3, 3, 4, 4)], 84],
  ['half a pixel', [at(0, 0, 0.5, 10)], 95],
])('subtracts %s', (_, covers, left) => {
  expect(uncoveredArea(at(0, 0, 10, 10), covers)).toBeCloseTo(left, 9);
});
