import { expect, it } from 'vitest';
import { median } from './timing.ts';

it('takes the middle, or the mean of the two in the middle', () => {
  expect(median([5])).toBe(5);
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 9, 1, 100])).toBe(9.5);
});
