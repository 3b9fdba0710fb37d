import { describe, expect, it } from 'vitest';
import type { Quad } from '../../../src/geo/types.ts';
import { detectionScore, matchBoxes, matchPairs, quadOfEdges, smallestRectangle } from './boxes.ts';

const square = (x: number, y: number, side: number): Quad => quadOfEdges(x, y, x + side, y + side);
const diamond: Quad = [
  [5, 0],
  [10, 5],
  [5, 10],
  [0, 5],
];

describe('matching boxes', () => {
  it('uses each true box once', () => {
    const truth = [{ corners: square(0, 0, 10), upright: true }];
    expect(matchBoxes([square(0, 0, 10), square(1, 0, 10)], truth, 0.5, 'hull')).toBe(1);
  });

  it('gives the best overlap first, with its IoU', () => {
    const truth = [{ corners: square(0, 0, 10), upright: true }];
    // 9 × 10 shared of 110; the other is the box itself.
    const found = [square(1, 0, 10), square(0, 0, 10)];
    expect(matchPairs(found, truth, 0.5, 'hull')).toEqual([{ found: 1, truth: 0, iou: 1 }]);
    expect(matchPairs(found.slice(0, 1), truth, 0.5, 'hull')[0]?.iou).toBeCloseTo(90 / 110);
  });

  it('compares upright truth with the hull of a rotated box', () => {
    const truth = { corners: square(0, 0, 10) };
    expect(matchBoxes([diamond], [{ ...truth, upright: true }], 0.9, 'hull')).toBe(1);
    expect(matchBoxes([diamond], [{ ...truth, upright: false }], 0.9, 'hull')).toBe(0);
  });

  it('uses the better of box and hull if requested', () => {
    // The upright square inside the diamond: half of the diamond's area, a quarter of its hull's.
    const truth = [{ corners: square(2.5, 2.5, 5), upright: true }];
    expect(matchBoxes([diamond], truth, 0.45, 'hull')).toBe(0);
    expect(matchBoxes([diamond], truth, 0.45, 'either')).toBe(1);
  });

  it('scores nothing found, and nothing there, as zero', () => {
    expect(detectionScore(0, 0, 3).f1).toBe(0);
    expect(detectionScore(0, 3, 0).f1).toBe(0);
    expect(detectionScore(2, 4, 2)).toMatchObject({ precision: 0.5, recall: 1, f1: 2 / 3 });
  });
});

it('finds the smallest rectangle of a turned square with an extra point inside', () => {
  const quad = smallestRectangle([...diamond, [5, 5]]);
  const side = Math.hypot(quad[1][0] - quad[0][0], quad[1][1] - quad[0][1]);
  expect(side).toBeCloseTo(Math.SQRT2 * 5, 6);
});
