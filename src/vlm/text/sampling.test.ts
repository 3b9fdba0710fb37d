import { describe, expect, it } from 'vitest';
import { plainNucleus } from '../testing/plain-nucleus.ts';
import { argMax, createSampler, mulberry32 } from './sampling.ts';

const logits = Float32Array.of(1, 3, 2, -5, 3);

describe('sampling', () => {
  it('is greedy at temperature 0, and picks the first among equals', () => {
    expect(createSampler({ temperature: 0, topP: 1, seed: 1 })(logits)).toBe(1);
  });

  it('never picks NaN', () => {
    expect(argMax(Float32Array.of(Number.NaN, 1, Number.NaN, 2))).toBe(3);
  });

  it('gives the same tokens for the same seed, and others for another', () => {
    const draw = (seed: number) => {
      const sample = createSampler({ temperature: 1, topP: 1, seed });
      return Array.from({ length: 50 }, () => sample(logits)).join();
    };
    expect(draw(3)).toBe(draw(3));
    expect(draw(3)).not.toBe(draw(4));
  });

  it('draws in proportion to the probabilities', () => {
    const sample = createSampler({ temperature: 1, topP: 1, seed: 11 });
    const two = Float32Array.of(0, Math.log(3));
    let ones = 0;
    for (let i = 0; i < 20_000; i++) ones += sample(two);
    expect(ones / 20_000).toBeCloseTo(0.75, 1);
  });

  it('stays inside the nucleus', () => {
    const sample = createSampler({ temperature: 1, topP: 0.6, seed: 5 });
    const drawn = new Set(Array.from({ length: 500 }, () => sample(logits)));
    expect([...drawn].sort()).toEqual([1, 4]);
  });

  it('keeps one token at topP 0, and nearly always picks the best at a low temperature', () => {
    const narrow = createSampler({ temperature: 1, topP: 0, seed: 5 });
    const cold = createSampler({ temperature: 0.01, topP: 1, seed: 5 });
    const peaked = Float32Array.of(1, 2, 5);
    for (let i = 0; i < 100; i++) {
      expect(narrow(peaked)).toBe(2);
      expect(cold(peaked)).toBe(2);
    }
  });

  it('never draws NaN or a token that cannot be written', () => {
    const sample = createSampler({ temperature: 1, topP: 1, seed: 5 });
    const few = Float32Array.of(Number.NaN, 1, Number.NEGATIVE_INFINITY, 2, Number.NaN);
    expect(new Set(Array.from({ length: 200 }, () => sample(few)))).toEqual(new Set([1, 3]));
  });

  const shapes: [string, number, (random: () => number, id: number) => number][] = [
    ['peaked', 1536, (random) => 8 * random() ** 8],
    ['flat', 257, (random) => random() / 100],
    ['full of equals', 300, (random) => Math.round(3 * random())],
    ['rising', 64, (_, id) => id / 10],
    ['mostly impossible', 500, (random, id) => (id % 50 === 7 ? random() : Number.NEGATIVE_INFINITY)],
    ['a single token', 1, () => 3],
  ];
  it.each(shapes)('makes the same choice from %s logits as sorting the whole vocabulary', (_, count, logit) => {
    const random = mulberry32(count);
    for (const topP of [0, 0.05, 0.5, 0.9, 0.999, 1, 1.5]) {
      for (const temperature of [0.2, 1, 3]) {
        const seed = Math.floor(1e6 * random());
        const sample = createSampler({ temperature, topP, seed });
        const uniform = mulberry32(seed);
        for (let i = 0; i < 40; i++) {
          const values = Float32Array.from({ length: count }, (_, id) => logit(random, id));
          const expected = plainNucleus(values, temperature, topP, uniform());
          expect(sample(values), `top p ${topP}, temperature ${temperature}, draw ${i}`).toBe(expected);
        }
      }
    }
  });

  it('draws from vocabularies of different sizes in turn', () => {
    const sample = createSampler({ temperature: 1, topP: 0.9, seed: 9 });
    const uniform = mulberry32(9);
    const random = mulberry32(10);
    for (const count of [5, 900, 3, 901]) {
      const values = Float32Array.from({ length: count }, () => 4 * random());
      expect(sample(values)).toBe(plainNucleus(values, 1, 0.9, uniform()));
    }
  });
});
