import { expect, it } from 'vitest';
import { nearestRange } from './gsd-range.ts';

const ranges = [
  { min: 0.05, max: 3 },
  { min: 5, max: 30 },
];

it.each([
  [0.3, 0],
  [3, 0],
  [10, 1],
  // Between and beyond the ranges by ratio: 3.8 m is 1.27 times 3, and 5 m is 1.32 times as much.
  [3.8, 0],
  [3.9, 1],
  [0.01, 0],
  [90, 1],
  [null, 0],
])('finds the range of %s m', (gsdMetres, at) => {
  expect(nearestRange(ranges, gsdMetres)).toBe(at);
});
