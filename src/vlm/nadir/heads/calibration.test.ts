import { expect, it } from 'vitest';
import { atTemperature, calibrated } from './calibration.ts';

it('turns heat into a probability, and keeps the order and the ends', () => {
  const calibration = { slope: 2, offset: 3 };
  // 2 · ln(0.2 / 0.8) + 3 = 0.2274
  expect(calibrated(0.2, calibration)).toBeCloseTo(1 / (1 + Math.exp(-0.227411)), 6);
  const rising = [0, 0.1, 0.3, 0.9, 1].map((heat) => calibrated(heat, calibration));
  expect(rising).toEqual([...rising].sort((a, b) => a - b));
  expect(rising[0]).toBe(0);
  expect(rising.at(-1)).toBe(1);
});

it('leaves heat unchanged without a calibration', () => {
  expect(calibrated(0.42, undefined)).toBe(0.42);
});

it('softens and sharpens probabilities as if the logits had been divided', () => {
  const softmax = (logits: number[]) => {
    const powers = logits.map(Math.exp);
    const sum = powers.reduce((a, b) => a + b);
    return Float32Array.from(powers, (power) => power / sum);
  };
  const logits = [2, -1, 0.5];
  for (const temperature of [0.5, 0.86, 3]) {
    const got = atTemperature(softmax(logits), temperature);
    const want = softmax(logits.map((logit) => logit / temperature));
    got.forEach((p, i) => {
      expect(p).toBeCloseTo(want[i]!, 6);
    });
  }
  expect([...atTemperature(Float32Array.of(0, 0), 2)]).toEqual([0, 0]);
  expect([...atTemperature(Float32Array.of(1, 0), 0.5)]).toEqual([1, 0]);
});
