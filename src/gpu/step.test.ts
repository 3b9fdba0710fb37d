import { expect, it } from 'vitest';
import { splitGroups } from './step.ts';

it('keeps a grid within its limit in one row', () => {
  expect(splitGroups(1, 65_535)).toEqual([1, 1]);
  expect(splitGroups(65_535, 65_535)).toEqual([65_535, 1]);
});

it.each([65_536, 65_537, 131_071, 1_000_003, 65_535 ** 2])('covers %i groups without a side over 65,535', (count) => {
  const [x, y] = splitGroups(count, 65_535);
  expect(Math.max(x, y)).toBeLessThanOrEqual(65_535);
  expect(x * y).toBeGreaterThanOrEqual(count);
  // Less than one row is wasted.
  expect(x * y - count).toBeLessThan(Math.max(x, y));
});

it('refuses what no grid holds', () => {
  expect(() => splitGroups(65_535 ** 2 + 1, 65_535)).toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }));
});
