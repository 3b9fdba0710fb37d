import { expect, it } from 'vitest';
import { composeBySlice, composeMerged, composeScenes, linkText } from './compose.ts';

const car = { singular: 'car', plural: 'cars' };
const objects = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `o${index + 1}` }));
const joined = ({ runs }: { runs: { text: string }[] }) => runs.map((run) => run.text).join('');

it('linkText cuts the text at its links and drops overlaps', () => {
  const text = '2 cars: car, car.';
  const composed = linkText(text, [
    { start: 13, end: 16, objectId: 'b' },
    { start: 8, end: 11, objectId: 'a' },
    { start: 9, end: 12, objectId: 'overlapping' },
  ]);
  expect(joined(composed)).toBe(text);
  expect(composed.runs).toEqual([
    { text: '2 cars: ', objectIds: [] },
    { text: 'car', objectIds: ['a'] },
    { text: ', ', objectIds: [] },
    { text: 'car', objectIds: ['b'] },
    { text: '.', objectIds: [] },
  ]);
});

it('linkText gives one link to objects that share a phrase', () => {
  const composed = linkText('3 cars.', [
    { start: 0, end: 6, objectId: 'a' },
    { start: 0, end: 6, objectId: 'b' },
  ]);
  expect(composed.runs[0]).toEqual({ text: '3 cars', objectIds: ['a', 'b'] });
});

it('composeMerged links the number to every object', () => {
  const composed = composeMerged({
    label: car,
    objects: objects(2),
    place: '6 tiles',
    soFar: null,
    failedTiles: 0,
    tiles: 6,
  });
  expect(composed.text).toBe('2 cars in 6 tiles.');
  expect(composed.runs[0]).toEqual({ text: '2 cars', objectIds: ['o1', 'o2'] });
});

it('composeMerged says none, progress, and what failed', () => {
  const base = { label: car, place: '6 tiles', soFar: null, failedTiles: 0, tiles: 6 };
  expect(composeMerged({ ...base, objects: [] }).text).toBe('No cars in 6 tiles.');
  expect(composeMerged({ ...base, objects: objects(1) }).text).toBe('1 car in 6 tiles.');
  expect(composeMerged({ ...base, objects: objects(30) }).text).toBe('30 cars in 6 tiles.');
  expect(composeMerged({ ...base, objects: objects(3), soFar: '4 of 12 tiles' }).text).toBe(
    '3 cars so far, 4 of 12 tiles.',
  );
  expect(composeMerged({ ...base, objects: [], failedTiles: 2, tiles: 8 }).text).toContain('2 of 8 tiles failed');
});

it('composeBySlice says equal answers once', () => {
  expect(composeBySlice(['yes', 'yes'], 'tile', 0).text).toBe('yes');
  expect(composeBySlice(['yes', 'no', 'yes'], 'tile', 1).text).toBe(
    'Tile 1, 3: yes\nTile 2: no\n1 of 4 tiles failed and is not included.',
  );
});

it('composeScenes ranks the classes by tiles', () => {
  expect(composeScenes(['forest', 'airport', 'forest'], 'tile', 0).text).toBe(
    'Mostly forest: 2 of 3 tiles; airport: 1.',
  );
});
