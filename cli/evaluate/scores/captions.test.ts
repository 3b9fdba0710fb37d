import { expect, it } from 'vitest';
import { rougeL } from './captions.ts';

it('scores captions by their longest common subsequence', () => {
  expect(rougeL('a white airplane', ['a white airplane'])).toBeCloseTo(1);
  expect(rougeL('forest', ['a white airplane'])).toBe(0);
  // Two of three words on both sides, in order: precision = recall = 2/3.
  expect(rougeL('a red airplane', ['a white airplane'])).toBeCloseTo(2 / 3);
});

it('weighs recall over precision, and takes the best reference', () => {
  // Precision 1, recall 1/2, β = 1.2: (2.44 · 0.5) / (0.5 + 1.44).
  expect(rougeL('two cars', ['two cars stand here'])).toBeCloseTo(1.22 / 1.94);
  expect(rougeL('two cars', ['nothing', 'Two cars .'])).toBe(1);
});
