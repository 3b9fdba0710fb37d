import { expect, test } from 'vitest';
import { certaintyTip, certaintyWords, isUncertain } from './certainty.ts';

test('low scores are marked as uncertain, missing ones are not', () => {
  expect(isUncertain({ score: 0.34 })).toBe(true);
  expect(isUncertain({ score: 0.35 })).toBe(false);
  expect(isUncertain({ score: null })).toBe(false);
  expect(certaintyWords({ score: 0.21 })).toBe('score 0.21, uncertain');
  expect(certaintyWords({ score: 0.8 })).toBe('score 0.80');
  expect(certaintyWords({ score: null })).toBe('');
});

test('the tip explains the score', () => {
  expect(certaintyTip({ score: 0.21 }, 'detector heat.')).toBe('Score 0.21, uncertain. The score is detector heat.');
  expect(certaintyTip({ score: 0.9 }, undefined)).toBe('Score 0.90.');
  expect(certaintyTip({ score: null }, 'detector heat')).toBe('');
});
