import { expect, it } from 'vitest';
import { compareFloats, randomWeights } from './compare.ts';

const floats = (...values: number[]) => Float32Array.from(values);
const bounds = (...values: number[]) => Float64Array.from(values);

it('holds each value to its own bound', () => {
  const actual = floats(1, 2, 3);
  const expected = floats(1.25, 2.25, 3);
  expect(compareFloats(actual, expected, bounds(0.25, 0.25, 0))).toMatchObject({
    wrong: 0,
    worst: 0.25,
    worstShare: 1,
  });
  expect(compareFloats(actual, expected, bounds(0.25, 0.125, 0))).toMatchObject({
    wrong: 1,
    worstShare: 2,
    worstAt: 1,
  });
  expect(compareFloats(floats(1, 2, 3), floats(1, 2, 4), bounds(0, 0, 0))).toMatchObject({ wrong: 1, worstAt: 2 });
});

it('adds an absolute and a relative tolerance', () => {
  const within = { atol: 0.5, rtol: 0.25 };
  expect(compareFloats(floats(5.5), floats(4), within).wrong).toBe(0);
  expect(compareFloats(floats(5.75), floats(4), within).wrong).toBe(1);
});

it.each([
  ['in the result', floats(1, Number.NaN, 9), floats(1, 1, 1)],
  ['in what was expected', floats(1, 1, 9), floats(1, Number.NaN, 1)],
  ['in both', floats(1, Number.NaN, 9), floats(1, Number.NaN, 1)],
])('counts NaN %s as wrong, and as the worst', (_, actual, expected) => {
  const difference = compareFloats(actual, expected, { atol: 1, rtol: 1 });
  expect(difference.wrong).toBe(2);
  expect(difference.worstAt).toBe(1);
  expect(difference.worst).toBeNaN();
});

it('treats infinity as wrong, and a NaN bound, too', () => {
  expect(compareFloats(floats(Number.POSITIVE_INFINITY), floats(1), bounds(1)).wrong).toBe(1);
  expect(compareFloats(floats(2), floats(1), bounds(Number.NaN)).wrong).toBe(1);
});

it('refuses arrays of different lengths', () => {
  expect(() => compareFloats(floats(1), floats(1, 2), bounds(1))).toThrow(RangeError);
  expect(() => compareFloats(floats(1), floats(1), bounds(1, 2))).toThrow(RangeError);
});

it('makes no weight that f16 holds as a subnormal only', () => {
  const weights = randomWeights(100_000, 1, 0.01);
  const small = weights.filter((value) => value !== 0 && Math.abs(value) < 2 ** -14);
  expect(small).toHaveLength(0);
  expect(weights.filter((value) => value === 0).length).toBeGreaterThan(100);
});
