import { expect, it } from 'vitest';
import {
  composeBySlice,
  composeFound,
  composeMerged,
  composeScenes,
  linkText,
  plain,
  withSentences,
} from './compose.ts';

const words = { noun: 'tile', chinese: false } as const;
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
  expect(composeBySlice(['yes', 'yes'], words).text).toBe('yes');
  expect(composeBySlice(['yes', 'no', 'yes'], words).text).toBe('Tile 1, 3: yes\nTile 2: no');
  expect(composeBySlice(['有', '无', '有'], { ...words, chinese: true }).text).toBe('图块 1、3：有\n图块 2：无');
});

it('composeBySlice counts tiles where there are many, the commonest answer first', () => {
  const texts = Array.from({ length: 20 }, (_, i) => (i < 12 ? 'a' : `b${i}`));
  const lines = composeBySlice(['c', ...texts], words).text.split('\n');
  expect(lines[0]).toBe('12 of 21 tiles: a');
  expect(lines).toHaveLength(7);
  expect(lines.at(-1)).toBe('4 tiles: other answers.');
});

it('withSentences puts them on lines of their own only after lines', () => {
  expect(withSentences(plain('One.'), ['Two.', 'Three.'], false).text).toBe('One. Two. Three.');
  expect(withSentences(plain('一。'), ['二。'], true).text).toBe('一。二。');
  expect(withSentences(plain('One\nTwo'), ['Three.'], false).text).toBe('One\nTwo\nThree.');
});

it('composeFound says a number for each class, linked to its objects', () => {
  const model = { classes: [{ name: 'car', plural: 'cars', zh: '汽车' }] };
  const found = [
    { id: 'a', label: 'car' },
    { id: 'b', label: 'change' },
    { id: 'c', label: 'car' },
  ];
  expect(composeFound(found, { model, chinese: false })).toEqual([
    { text: '2 cars', objectIds: ['a', 'c'] },
    { text: ', ', objectIds: [] },
    { text: '1 change', objectIds: ['b'] },
  ]);
  expect(composeFound(found.slice(0, 1), { model, chinese: true })[0]?.text).toBe('1 辆汽车');
  expect(composeFound([], { model, chinese: true })).toEqual([]);
});

it('composeScenes ranks the classes by tiles', () => {
  expect(composeScenes(['forest', 'airport', 'forest'], words).text).toBe('Mostly forest: 2 of 3 tiles; airport: 1.');
  expect(composeScenes(['forest'], words).text).toBe('Most like forest.');
  const many = ['a', 'a', 'a', 'b', 'b', 'c', 'd', 'e', 'f', 'g'];
  expect(composeScenes(many, words).text).toBe('Mostly a: 3 of 10 tiles; b: 2; c: 1; d: 1; e: 1; others: 2.');
  expect(composeScenes(['森林', '海滩', '森林'], { ...words, chinese: true }).text).toBe(
    '大多为森林：3 个图块中的 2 个；海滩：1。',
  );
});
