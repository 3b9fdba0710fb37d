import { expect, it } from 'vitest';
import type { Stretch } from '../../imagery/stretch.ts';
import { stretchWords } from './stretch-words.ts';

const stretch: Stretch = { method: 'percentile', low: 2, high: 98, ranges: [], sampledPixels: 1, sampledLevel: 1 };

it('names the rule, the part it was computed from, and the gamma', () => {
  expect(stretchWords(stretch)).toBe('2–98 % of the scene');
  const window = { x: 0, y: 0, width: 1, height: 1 };
  expect(stretchWords({ ...stretch, method: 'stddev', low: 2, high: 2, window })).toBe(
    'mean − 2 σ to mean + 2 σ of a part of the scene',
  );
  expect(stretchWords({ ...stretch, method: 'manual', gamma: 1.4 })).toBe('set by hand, gamma 1.4');
});
