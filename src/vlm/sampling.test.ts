import { describe, expect, it } from 'vitest';
import { argMax, createSampler } from './sampling.ts';

const logits = Float32Array.of(1, 3, 2, -5, 3);

describe('sampling', () => {
  it('is greedy at temperature 0, the first among equals', () => {
    expect(createSampler({ temperature: 0, topP: 1, seed: 1 })(logits)).toBe(1);
  });

  it('never picks NaN', () => {
    expect(argMax(Float32Array.of(Number.NaN, 1, Number.NaN, 2))).toBe(3);
  });

  it('repeats itself for a seed and differs between seeds', () => {
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

  it('keeps one token at topP 0, and is sharp at a low temperature', () => {
    const narrow = createSampler({ temperature: 1, topP: 0, seed: 5 });
    const cold = createSampler({ temperature: 0.01, topP: 1, seed: 5 });
    const peaked = Float32Array.of(1, 2, 5);
    for (let i = 0; i < 100; i++) {
      expect(narrow(peaked)).toBe(2);
      expect(cold(peaked)).toBe(2);
    }
  });
});
