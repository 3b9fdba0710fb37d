import { expect, test } from 'vitest';
import { scaleBarLength } from './scale-bar-length.ts';

test.each([
  [0.6, 50],
  [1, 100],
  [0.05, 5],
  [10, 1000],
  [1 / 120, 1],
])('%f m per pixel gets a bar of %f m', (metresPerPixel, metres) => {
  const bar = scaleBarLength(metresPerPixel);
  expect(bar.metres).toBeCloseTo(metres, 9);
  expect(bar.widthPx).toBeGreaterThan(47.9);
  expect(bar.widthPx).toBeLessThanOrEqual(120.001);
});
