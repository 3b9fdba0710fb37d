import { describe, expect, it } from 'vitest';
import { answeredWith, found } from '../fakes.ts';
import { quadOfEdges } from '../scores/boxes.ts';
import { boxRows } from './objects.ts';
import type { Row } from './row.ts';

const box = (x: number, y = 0) => quadOfEdges(x, y, x + 10, y + 10);
const truth = (label: string, xs: number[], upright = true) => ({
  kind: 'boxes' as const,
  label,
  boxes: xs.map((x) => ({ corners: box(x), upright })),
});
const measured = (rows: Row[], part: string) => rows.find(({ measure }) => measure.includes(part));
const image = (path: string) => ({ image: { kind: 'file' as const, path } });

describe('rows of boxes', () => {
  it('add up boxes over images and mark share-alike photographs', () => {
    const rows = boxRows([
      answeredWith(
        truth('car', [0, 20]),
        { boxes: [found(box(0), 'car', 0.9), found(box(60), 'car', 0.8)] },
        { set: 'aerial_cars', ...image('/1.jpg'), restricted: 'CC BY-SA Minsk' },
      ),
      answeredWith(
        truth('car', [0]),
        { boxes: [found(box(0), 'car', 0.7)] },
        { set: 'aerial_cars', ...image('/2.jpg') },
      ),
    ]);
    // 2 matched, 3 found, 3 there.
    const all = measured(rows, 'aerial_cars, car: F1 at IoU 0.5');
    expect(all?.value).toBeCloseTo(2 / 3);
    expect(all).toMatchObject({ restricted: '1 of 2 under CC BY-SA Minsk', target: { must: 0.5 } });
    expect(all?.detail).toContain('2 of 3 there, 3 found');
    expect(measured(rows, 'AP without confidence')?.value).toBeCloseTo(4 / 9);
    expect(measured(rows, 'left out')).toMatchObject({ value: 1, n: 1 });
  });

  it('give rotated rows only if every true box has a direction', () => {
    const rows = boxRows([
      answeredWith(truth('tennis court', [0], false), { boxes: [found(box(2))] }, image('/1.jpg')),
      answeredWith(truth('tennis court', [0], true), { boxes: [] }, image('/2.jpg')),
    ]);
    expect(measured(rows, 'rotated IoU 0.5')).toMatchObject({ value: 1, n: 1 });
    // 8 × 10 shared of 120.
    expect(measured(rows, 'mean rotated IoU')?.value).toBeCloseTo(80 / 120);
    expect(
      boxRows([answeredWith(truth('car', [0]), { boxes: [] })]).some(({ section }) => section === 'Rotated boxes'),
    ).toBe(false);
  });

  it('score the dense head alone from inspections of the same images', () => {
    const rows = boxRows([
      answeredWith(truth('car', [0]), { boxes: [] }, { task: 'find', ...image('/1.jpg') }),
      answeredWith(
        { kind: 'true-masks', label: 'car', shapes: [] },
        { proposals: [found(box(0), 'car', 0.5), found(box(50), 'car', 0.2), found(box(50), 'airplane', 0.9)] },
        { task: 'masks', ...image('/1.jpg') },
      ),
    ]);
    expect(measured(rows, 'car: F1 at IoU 0.5')?.value).toBe(0);
    // 1 matched, 2 proposed, 1 there.
    expect(measured(rows, 'dense head alone')?.value).toBeCloseTo(2 / 3);
  });

  it('pool the classes of UC Merced', () => {
    const rows = boxRows([
      answeredWith(truth('airplane', [0]), { boxes: [found(box(0))] }, image('/1.jpg')),
      answeredWith(truth('storage tank', [0]), { boxes: [] }, image('/2.jpg')),
    ]);
    // 1 matched, 1 found, 2 there.
    expect(rows[0]?.measure).toContain('together');
    expect(rows[0]?.value).toBeCloseTo(2 / 3);
  });
});
