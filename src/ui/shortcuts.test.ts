import { expect, test } from 'vitest';
import { shortcutList, stepPercentiles } from './shortcuts.ts';

test('contrast steps cut both tails alike and stop at the ends', () => {
  expect(stepPercentiles(2, 98, 1)).toEqual([3, 97]);
  expect(stepPercentiles(0, 100, -1)).toBeNull();
  expect(stepPercentiles(20, 80, 1)).toBeNull();
  expect(stepPercentiles(0.5, 99, -1)).toEqual([0, 100]);
});

test('no key does two things', () => {
  const keys = shortcutList.flatMap((shortcut) => shortcut.keys);
  expect(new Set(keys).size).toBe(keys.length);
});
