import { describe, expect, it } from 'vitest';
import type { Quad } from '../../src/geo/types.ts';
import { questionsOf } from './questions.ts';
import { detectionScore, macroF1, matchBoxes, ratio, rougeL, smallestRectangle, yesOrNo } from './scores.ts';

const square = (x: number, y: number, side: number): Quad => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
];

describe('matching boxes', () => {
  it('uses each true box once', () => {
    const truth = [{ corners: square(0, 0, 10), upright: true }];
    expect(matchBoxes([square(0, 0, 10), square(1, 0, 10)], truth, 0.5, 'hull')).toBe(1);
  });

  it('compares upright truth with the hull of a rotated box', () => {
    const diamond: Quad = [
      [5, 0],
      [10, 5],
      [5, 10],
      [0, 5],
    ];
    const truth = { corners: square(0, 0, 10) };
    expect(matchBoxes([diamond], [{ ...truth, upright: true }], 0.9, 'hull')).toBe(1);
    expect(matchBoxes([diamond], [{ ...truth, upright: false }], 0.9, 'hull')).toBe(0);
  });

  it('takes the better of box and hull where asked', () => {
    const diamond: Quad = [
      [5, 0],
      [10, 5],
      [5, 10],
      [0, 5],
    ];
    // The upright square inside the diamond: half of the diamond's area, a quarter of its hull's.
    const truth = [{ corners: square(2.5, 2.5, 5), upright: true }];
    expect(matchBoxes([diamond], truth, 0.45, 'hull')).toBe(0);
    expect(matchBoxes([diamond], truth, 0.45, 'either')).toBe(1);
  });

  it('scores nothing found, and nothing there, as zero', () => {
    expect(detectionScore(0, 0, 3).f1).toBe(0);
    expect(detectionScore(0, 3, 0).f1).toBe(0);
    expect(detectionScore(2, 4, 2)).toMatchObject({ precision: 0.5, recall: 1 });
  });
});

it('finds the smallest rectangle of a turned square with an extra point inside', () => {
  const quad = smallestRectangle([
    [5, 0],
    [10, 5],
    [5, 10],
    [0, 5],
    [5, 5],
  ]);
  const side = Math.hypot(quad[1][0] - quad[0][0], quad[1][1] - quad[0][1]);
  expect(side).toBeCloseTo(Math.SQRT2 * 5, 6);
});

it('gives the Wilson interval of 8 in 10', () => {
  const { value, low, high } = ratio(8, 10);
  expect(value).toBeCloseTo(0.8);
  expect(low).toBeCloseTo(0.4902, 3);
  expect(high).toBeCloseTo(0.9433, 3);
});

it('reads yes and no at the start only', () => {
  expect(yesOrNo('Yes, there are cars.')).toBe('yes');
  expect(yesOrNo('no.')).toBe('no');
  expect(yesOrNo('Nothing to see, yes')).toBeNull();
});

it('scores captions by their longest common subsequence', () => {
  expect(rougeL('a white airplane', ['a white airplane'])).toBeCloseTo(1);
  expect(rougeL('forest', ['a white airplane'])).toBe(0);
  // Two of three words on both sides, in order: precision = recall = 2/3.
  expect(rougeL('a red airplane', ['a white airplane'])).toBeCloseTo(2 / 3);
});

it('averages F1 over the true labels', () => {
  const pairs = [
    { predicted: 'a', truth: 'a' },
    { predicted: 'a', truth: 'b' },
  ];
  expect(macroF1(pairs)).toBeCloseTo((2 / 3 + 0) / 2);
});

it('asks for boxes only where the label is complete', () => {
  const row = {
    file: 'images/airplane01.jpg',
    w: 256,
    h: 256,
    scene: 'airplane',
    present: ['airplane'],
    boxes: [
      { label: 'airplane', box: [0, 0, 10, 10] as [number, number, number, number] },
      { label: 'tennis_court', box: [0, 0, 10, 10] as [number, number, number, number] },
    ],
    boxes_complete_for: ['airplane'],
  };
  const asked = questionsOf('ucm', 'airplane01.jpg', row);
  expect(asked.filter(({ task }) => task === 'find').map(({ label }) => label)).toEqual(['airplane']);
  expect(asked.filter(({ truth }) => truth.kind === 'presence' && truth.present)).toHaveLength(1);
});
