import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { answeredWith } from '../fakes.ts';
import { coverRows } from './cover.ts';

const folder = mkdtempSync(join(tmpdir(), 'nadir-cover-rows-'));
const labels = ['water', 'trees', 'bare soil'];
const grid = { x: 0, y: 0, cellWidth: 2, cellHeight: 2, cols: 2, rows: 1 };

function image(name: string, allowed: number[], classes: number[] | null, set = 'ucm') {
  const path = join(folder, name);
  writeFileSync(path, Uint8Array.from(allowed));
  const cover = classes && {
    ...grid,
    labels: ['trees', 'water', 'bare soil'],
    classes: Buffer.from(classes).toString('base64'),
  };
  return answeredWith(
    { kind: 'cover', path, labels },
    { cover },
    { set, task: 'cover', size: { width: 4, height: 2 } },
  );
}

it('gives the mean over the classes that are there, by set the share of what may be', () => {
  const rows = coverRows([
    image('a', [1, 1, 2, 2, 1, 1, 2, 2], [1, 0]),
    image('b', [1, 1, 6, 6, 1, 1, 6, 6], [1, 1], 'dubai'),
  ]);
  const of = (measure: string) => rows.find((row) => row.measure === measure);
  expect(of('mean IoU, 2 classes')).toMatchObject({ value: 1, n: 2, target: { must: 0.55 } });
  expect(of('water: IoU')).toMatchObject({ value: 1, detail: '8 pixels of it' });
  expect(of('bare soil: IoU')).toBeUndefined();
  expect(of('pixels given a class that they may be')?.value).toBe(0.75);
  expect(of('dubai: pixels given a class that they may be')?.value).toBe(0.5);
});

it('takes an image without a map as missed', () => {
  expect(coverRows([image('c', [1, 1, 1, 1, 1, 1, 1, 1], null)])[0]?.value).toBe(0);
  expect(coverRows([])).toEqual([]);
});
