import { expect, it } from 'vitest';
import { coverMap } from './cover.ts';

const spec = {
  labels: [{ name: 'water' }, { name: 'trees' }],
  stride: 4,
  grid: [1, 3] as [number, number],
  meaning: 'test',
};

it('keeps probabilities as bytes, by cell and label', () => {
  const cover = Float32Array.from([1, 0, 0.25, 0.75, 0, 1]);
  expect(coverMap(spec, cover, null)).toEqual({
    rows: 1,
    cols: 3,
    labels: ['water', 'trees'],
    probabilities: Uint8Array.from([255, 0, 64, 191, 0, 255]),
  });
});

it('says nothing of a cell that is mostly invalid', () => {
  const cover = Float32Array.from([1, 0, 0.25, 0.75, 0, 1]);
  // 12 × 4 pixels. The first cell is valid, of the second one half, of the third one column.
  const valid = Uint8Array.from({ length: 48 }, (_, i) => (i % 12 < 6 || i % 12 === 11 ? 1 : 0));
  expect([...coverMap(spec, cover, valid).probabilities]).toEqual([255, 0, 64, 191, 0, 0]);
});
