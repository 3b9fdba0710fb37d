import { expect, it } from 'vitest';
import type { StatisticsData } from '../../../../session/facts/fact.ts';
import { inWords, ticksOf } from './value-histogram.tsx';

const fact: StatisticsData = {
  kind: 'statistics',
  name: 'Elevation',
  expression: 'b1',
  unit: 'm',
  window: { x: 0, y: 0, width: 10, height: 10 },
  limits: [],
  statistics: {
    factor: 1,
    pixels: 100,
    isWhole: true,
    count: 80,
    min: 211,
    max: 238,
    mean: 220,
    stdDev: 4,
    edges: [210, 220, 230, 240],
    bins: [20, 50, 10],
    within: null,
  },
};

it('says a histogram in words', () => {
  expect(inWords(fact)).toBe(
    'Histogram of Elevation: 3 bins from 210 m to 240 m. The fullest, from 220 m to 230 m, holds 63 % of the pixels.',
  );
});

it('labels a few edges', () => {
  expect(ticksOf([210, 220, 230, 240])).toEqual([210, 220, 230, 240]);
  expect(ticksOf(Array.from({ length: 41 }, (_, i) => i))).toEqual([0, 10, 20, 30, 40]);
  expect(ticksOf([4.5, 5.5])).toEqual([4.5, 5.5]);
  const hundredths = Array.from({ length: 37 }, (_, i) => Number(`${-129 + i}e-3`) * 5);
  expect(ticksOf(hundredths).map((value) => value.toFixed(3))).toEqual(['-0.600', '-0.550', '-0.500']);
});
