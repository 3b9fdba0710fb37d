import { describe, expect, it } from 'vitest';
import { anyOf, chancesOf, compareChances, intervalOf, probabilityThat, sumOf, withMissed } from './chances.ts';

const binomial = (n: number, p: number) => chancesOf(Array.from({ length: n }, () => p));
const mean = (chances: Float64Array) => chances.reduce((sum, chance, k) => sum + k * chance, 0);

describe('chancesOf', () => {
  it('is a product for two things', () => {
    // 0.1·0.6, 0.9·0.6 + 0.1·0.4, 0.9·0.4.
    const [none, one, two] = chancesOf([0.9, 0.4]);
    expect(none).toBeCloseTo(0.06, 12);
    expect(one).toBeCloseTo(0.58, 12);
    expect(two).toBeCloseTo(0.36, 12);
  });
  it('is binomial for equal probabilities', () => {
    // C(10, 3)·0.5¹⁰ = 120/1024.
    expect(binomial(10, 0.5)[3]).toBeCloseTo(120 / 1024, 12);
    expect([...chancesOf([])]).toEqual([1]);
    expect([...chancesOf([1, 1, 0])]).toEqual([0, 0, 1, 0]);
  });
  it('is nearly normal for thousands', () => {
    // Mean 2,400, standard deviation √(3000·0.8·0.2) = 21.9; ±1.645 of them are 36.
    const { low, high } = intervalOf(binomial(3000, 0.8));
    expect(low).toBeGreaterThanOrEqual(2363);
    expect(low).toBeLessThanOrEqual(2365);
    expect(high).toBeGreaterThanOrEqual(2435);
    expect(high).toBeLessThanOrEqual(2437);
    // The sum of two such numbers has twice the mean and √2 times the spread: 4,800 ± 51.
    const sum = intervalOf(sumOf(binomial(3000, 0.8), binomial(3000, 0.8)));
    expect(Math.abs(sum.low - 4749)).toBeLessThanOrEqual(1);
    expect(Math.abs(sum.high - 4851)).toBeLessThanOrEqual(1);
    expect(intervalOf(chancesOf(Array.from({ length: 2500 }, () => 1)))).toEqual({ low: 2500, high: 2500 });
  });
});

describe('a spread between places', () => {
  it('makes things right or wrong together', () => {
    // ∫ σ(x)² φ(x) dx = 0.2934 for two things of probability 0.5 and a spread of 1; 0.25 if they were independent.
    const [, , both] = chancesOf([0.5, 0.5], 1);
    expect(both).toBeGreaterThan(0.287);
    expect(both).toBeLessThan(0.294);
    // ∫ σ(ln 9 + 0.8 x)¹⁰ φ(x) dx = 0.362; 0.9¹⁰ = 0.349.
    expect(chancesOf(Array(10).fill(0.9), 0.8)[10]).toBeCloseTo(0.362, 1);
    expect(mean(chancesOf([0.5], 1))).toBeCloseTo(0.5, 12);
  });
  it('changes nothing about what is certain', () => {
    expect([...chancesOf([1, 1, 0], 0.8)].map((chance) => Number(chance.toFixed(12)))).toEqual([0, 0, 1, 0]);
  });
  it('widens what is missed by its 5 % and 95 % quantiles', () => {
    // 1,000 certain things at a recall of 0.5: 1,000·exp(±1.645·0.8) = 268 and 3,728 are missed.
    const { low, high } = intervalOf(withMissed(chancesOf(Array(1000).fill(1)), 0.5, 0.8));
    expect(Math.abs(low - 1268)).toBeLessThanOrEqual(2);
    expect(Math.abs(high - 4728)).toBeLessThanOrEqual(2);
  });
});

describe('intervalOf', () => {
  it('leaves out at most 5 % at either end', () => {
    // Binomial(10, 0.5): P(≤ 1) = 0.0107, P(≤ 2) = 0.0547; P(≤ 7) = 0.9453, P(≤ 8) = 0.9893.
    expect(intervalOf(binomial(10, 0.5))).toEqual({ low: 2, high: 8 });
    expect(intervalOf(chancesOf([1, 1, 1]))).toEqual({ low: 3, high: 3 });
  });
});

describe('withMissed', () => {
  it('adds what a recall leaves out', () => {
    // 8 certain ones at a recall of 0.8: two more are missed on average.
    const chances = withMissed(chancesOf(Array.from({ length: 8 }, () => 1)), 0.8);
    expect(mean(chances)).toBeCloseTo(10, 6);
    // Poisson with a mean of 2: P(0) = e⁻² = 0.1353; P(≤ 4) = 0.9473, P(≤ 5) = 0.9834.
    expect(chances[8]).toBeCloseTo(Math.exp(-2), 9);
    expect(intervalOf(chances)).toEqual({ low: 8, high: 13 });
    expect(withMissed(chancesOf([0.5]), 1)).toEqual(chancesOf([0.5]));
  });
});

it('adds large numbers in steps', () => {
  // Mean 2·4,800, standard deviation √(2·6000·0.8·0.2) = 43.8; ±1.645 of them are 72.
  const sum = sumOf(binomial(6000, 0.8), binomial(6000, 0.8));
  expect(Math.abs(mean(sum) - 9600)).toBeLessThan(1);
  const { low, high } = intervalOf(sum);
  expect(Math.abs(low - 9528)).toBeLessThanOrEqual(3);
  expect(Math.abs(high - 9672)).toBeLessThanOrEqual(3);
});

it('adds independent numbers', () => {
  expect([...sumOf(chancesOf([0.9]), chancesOf([0.4]))].map((p) => p.toFixed(9))).toEqual(
    [...chancesOf([0.9, 0.4])].map((p) => p.toFixed(9)),
  );
});

it('compares independent numbers', () => {
  // a is 1 with 0.9, b is 1 with 0.4: a > b with 0.9·0.6, equal with 0.9·0.4 + 0.1·0.6.
  const { more, equal } = compareChances(chancesOf([0.9]), chancesOf([0.4]));
  expect(more).toBeCloseTo(0.54, 12);
  expect(equal).toBeCloseTo(0.42, 12);
  // b has more possible numbers than a.
  expect(compareChances(chancesOf([1]), chancesOf([0.5, 0.5])).more).toBeCloseTo(0.25, 12);
});

it('says how likely a claim about a number is', () => {
  expect(probabilityThat(binomial(10, 0.5), (k) => k > 8)).toBeCloseTo(11 / 1024, 12);
  expect(anyOf([0.5, 0.5])).toBe(0.75);
  expect(anyOf([])).toBe(0);
});
