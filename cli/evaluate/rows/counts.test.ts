import { expect, it } from 'vitest';
import { answeredWith, found } from '../fakes.ts';
import { quadOfEdges } from '../scores/boxes.ts';
import { countOf, countRows, treeRows } from './counts.ts';

const box = found(quadOfEdges(0, 0, 1, 1));

it('takes the written number, else the boxes, else a plain "none"', () => {
  const of = (answer: Parameters<typeof answeredWith>[1]) =>
    countOf(answeredWith({ kind: 'count', label: 'car', count: 0 }, answer));
  expect(of({ statedCount: 7, boxes: [box] })).toBe(7);
  expect(of({ boxes: [box, box] })).toBe(2);
  expect(of({ text: 'There are no cars.' })).toBe(0);
  expect(of({ text: 'This is a beach.' })).toBeNull();
});

it('scores counts by their error and within a tenth', () => {
  const car = (count: number, statedCount: number) =>
    answeredWith({ kind: 'count', label: 'car', count }, { statedCount });
  const [error, within] = countRows([car(20, 22), car(20, 23), car(0, 0)]);
  expect(error?.value).toBeCloseTo(5 / 3);
  expect(within?.value).toBeCloseTo(2 / 3);
});

it('holds full parking lots against a fifth', () => {
  const lot = (count: number, statedCount: number) =>
    answeredWith({ kind: 'count', label: 'car', count }, { statedCount }, { set: 'by_eye' });
  const [row] = countRows([lot(215, 173), lot(180, 100), lot(13, 13)]);
  expect(row).toMatchObject({ value: 0.5, n: 2, detail: '173 of 215, 100 of 180', target: { must: 1 } });
});

it('compares tree counts with and without near infrared, tile by tile', () => {
  const tree = (tile: string, variant: string, count: number, statedCount: number) =>
    answeredWith(
      { kind: 'count', label: 'tree', count },
      { statedCount },
      {
        set: 'naip_trees',
        variant,
        image: { kind: 'bands', rgb: `/${tile}.jpg`, nir: variant === 'RGB' ? null : '/n.jpg' },
      },
    );
  const rows = treeRows([
    tree('a', 'RGB + NIR', 50, 60),
    tree('a', 'RGB', 50, 70),
    tree('b', 'RGB + NIR', 10, 13),
    tree('b', 'RGB', 10, 12),
  ]);
  const value = (part: string) => rows.find(({ measure }) => measure.includes(part))?.value;
  expect(value('RGB + NIR: tiles')).toBe(0.5);
  expect(value('RGB: tiles')).toBe(0.5);
  expect(value('RGB + NIR: mean')).toBe(6.5);
  // Without 20 and 2, with 10 and 3: gains of 10 and −1.
  expect(rows.at(-1)).toMatchObject({ section: 'Near infrared', value: 4.5 });
  expect(rows.at(-1)?.detail).toContain('better on 1 tiles, worse on 1');
});
