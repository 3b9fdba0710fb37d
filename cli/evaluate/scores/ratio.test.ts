import { expect, it } from 'vitest';
import { bootstrap, mean, percentile, ratio, seededRandom } from './ratio.ts';

it('gives the Wilson interval of 8 in 10', () => {
  const { value, low, high } = ratio(8, 10);
  expect(value).toBeCloseTo(0.8);
  expect(low).toBeCloseTo(0.4902, 3);
  expect(high).toBeCloseTo(0.9433, 3);
});

it('has no ratio of nothing', () => {
  expect(ratio(0, 0).value).toBeNaN();
});

it('draws images again for an interval around the measure, the same at every run', () => {
  const values = Array.from({ length: 50 }, (_, index) => index % 2);
  const first = bootstrap(values, mean);
  expect(first.value).toBe(0.5);
  // The standard error of 50 coin flips is 0.071; 1.96 of them on both sides.
  expect(first.low).toBeGreaterThan(0.5 - 0.2);
  expect(first.low).toBeLessThan(0.5 - 0.08);
  expect(first.high).toBeGreaterThan(0.5 + 0.08);
  expect(bootstrap(values, mean)).toEqual(first);
});

it('gives no interval for a single image, and no value for none', () => {
  expect(bootstrap([3], mean)).toMatchObject({ value: 3, low: Number.NaN });
  expect(bootstrap([], mean).value).toBeNaN();
});

it('leaves draws without a value out of the interval', () => {
  const onlyOnes = (drawn: readonly number[]) => (drawn.includes(1) ? 1 : Number.NaN);
  expect(bootstrap([0, 1], onlyOnes)).toMatchObject({ value: 1, low: 1, high: 1 });
});

it('takes percentiles by nearest rank', () => {
  expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
  expect(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9)).toBe(9);
  expect(percentile([], 0.5)).toBeNaN();
});

it('repeats its random numbers by seed', () => {
  const draw = (seed: number) => Array.from({ length: 3 }, seededRandom(seed));
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});
