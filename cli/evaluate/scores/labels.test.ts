import { expect, it } from 'vitest';
import { f1Of, macroF1, mixedRows, type PresenceRow, presenceF1 } from './labels.ts';

it('takes F1 from counts', () => {
  expect(f1Of(1, 2, 2)).toBe(0.5);
  expect(f1Of(0, 0, 0)).toBe(0);
});

it('averages F1 over the true labels', () => {
  const pairs = [
    { predicted: 'a', truth: 'a' },
    { predicted: 'a', truth: 'b' },
  ];
  expect(macroF1(pairs)).toBeCloseTo((2 / 3 + 0) / 2);
});

const said = (label: string, scene: string, present: boolean, word: PresenceRow['said']): PresenceRow => ({
  label,
  scene,
  present,
  said: word,
});

it('computes F1 of "yes" by label; an unclear answer isn’t a yes', () => {
  const rows = [
    said('cars', 'a', true, 'yes'),
    said('cars', 'a', true, null),
    said('cars', 'b', false, 'yes'),
    said('sea', 'a', false, 'yes'),
  ];
  // One hit, two said, two there; "sea" is nowhere present.
  expect(presenceF1(rows)).toEqual([{ label: 'cars', f1: 0.5, n: 3 }]);
});

it('keeps only questions that the scene does not give away', () => {
  const rows = [
    said('cars', 'a', true, 'yes'),
    said('cars', 'a', false, 'no'),
    said('cars', 'b', true, 'yes'),
    said('sea', 'a', false, 'no'),
  ];
  expect(mixedRows(rows)).toEqual(rows.slice(0, 2));
});
