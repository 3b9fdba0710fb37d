import { describe, expect, it } from 'vitest';
import { averagePrecision, averagePrecisionWithoutScores } from './average-precision.ts';
import { quadOfEdges } from './boxes.ts';

const box = (x: number) => quadOfEdges(x, 0, x + 10, 10);
const truth = (x: number) => ({ corners: box(x), upright: true });

describe('average precision ranked by score', () => {
  it('is 1 when every true box is found before any wrong one', () => {
    const found = [
      { corners: box(0), score: 0.9 },
      { corners: box(20), score: 0.8 },
      { corners: box(500), score: 0.1 },
    ];
    expect(averagePrecision([{ found, truth: [truth(0), truth(20)] }], 0.5, 'hull')).toBe(1);
  });

  it('adds precision at each hit, made monotone, over images', () => {
    // Ranked hit, miss, hit: precisions 1, 1/2, 2/3; each hit is half of the recall.
    const images = [
      {
        found: [
          { corners: box(0), score: 0.9 },
          { corners: box(500), score: 0.8 },
        ],
        truth: [truth(0)],
      },
      { found: [{ corners: box(20), score: 0.7 }], truth: [truth(20)] },
    ];
    expect(averagePrecision(images, 0.5, 'hull')).toBeCloseTo((1 + 2 / 3) / 2);
  });

  it('counts a second box on the same object as wrong, and ranks one without a score last', () => {
    const found = [
      { corners: box(0), score: null },
      { corners: box(1), score: 0.5 },
    ];
    expect(averagePrecision([{ found, truth: [truth(0)] }], 0.5, 'hull')).toBe(1);
    expect(averagePrecision([{ found, truth: [truth(0), truth(90)] }], 0.5, 'hull')).toBe(0.5);
  });

  it('is unknown without true boxes', () => {
    expect(averagePrecision([{ found: [], truth: [] }], 0.5, 'hull')).toBeNaN();
  });
});

it('is precision times recall without ranking', () => {
  expect(averagePrecisionWithoutScores(3, 4, 6)).toBeCloseTo(0.75 * 0.5);
  expect(averagePrecisionWithoutScores(0, 0, 6)).toBe(0);
  expect(averagePrecisionWithoutScores(0, 3, 0)).toBeNaN();
});
