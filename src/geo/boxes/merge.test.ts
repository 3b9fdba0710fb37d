import { describe, expect, it } from 'vitest';
import type { PixelWindow } from '../types.ts';
import { type MergeItem, mergeDetections } from './merge.ts';

type Item = MergeItem & { id: string };

const LEFT: PixelWindow = { x: 0, y: 0, width: 256, height: 256 };
const RIGHT: PixelWindow = { x: 192, y: 0, width: 256, height: 256 };

function item(id: string, tile: PixelWindow, cx: number, w: number, score: number | null, label = 'airplane'): Item {
  return { id, label, tile, score, box: { cx, cy: 100, w, h: 20, thetaDeg: 0 } };
}

const ids = (items: Item[]) => items.map(({ id }) => id);

describe('mergeDetections', () => {
  it('keeps the higher score of two views of one object', () => {
    const merged = mergeDetections([item('a', LEFT, 220, 30, 0.6), item('b', RIGHT, 221, 30, 0.9)]);
    expect(ids(merged)).toEqual(['b']);
  });

  it('prefers the whole object over a piece cut by a seam, whatever the scores', () => {
    // The left tile ends at 256: it sees 226–256 of an object that reaches to 286.
    const cut = item('cut', LEFT, 241, 30, 0.99);
    const whole = item('whole', RIGHT, 256, 60, 0.4);
    expect(ids(mergeDetections([cut, whole]))).toEqual(['whole']);
  });

  it('counts an object once that is cut by both tiles’ seams', () => {
    // From 100 to 400, wider than either tile shows: 100–256 in the left one, 192–400 in the right one.
    const left = item('left', LEFT, 178, 156, 0.8);
    const right = item('right', { ...RIGHT, width: 200 }, 292, 200, 0.7);
    const extent = { x: 0, y: 0, width: 600, height: 256 };
    expect(ids(mergeDetections([left, right], { extent }))).toEqual(['left']);
    // Another object, above, that only the right tile cuts the same way.
    const above = { ...right, id: 'above', box: { cx: 292, cy: 60, w: 200, h: 20, thetaDeg: 0 } };
    expect(mergeDetections([left, above], { extent })).toHaveLength(2);
  });

  it('doesn’t call a box at the edge of everything cut', () => {
    const atEdge = item('edge', LEFT, 10, 20, 0.9);
    const other = item('other', { ...LEFT, y: 128 }, 11, 20, 0.5);
    expect(ids(mergeDetections([atEdge, other]))).toEqual(['edge']);
  });

  it('keeps labels apart', () => {
    const merged = mergeDetections([item('a', LEFT, 220, 30, 0.6), item('b', RIGHT, 220, 30, 0.9, 'car')]);
    expect(ids(merged)).toEqual(['a', 'b']);
  });

  it('keeps neighbours of one tile that only touch', () => {
    const merged = mergeDetections([item('a', LEFT, 100, 30, 0.6), item('b', LEFT, 131, 30, 0.9)]);
    expect(merged).toHaveLength(2);
  });

  it('drops a weaker box inside a large one of the same tile: a part taken for the whole', () => {
    const merged = mergeDetections([item('large', LEFT, 100, 90, 0.9), item('small', LEFT, 100, 15, 0.6)]);
    expect(ids(merged)).toEqual(['large']);
  });

  it('keeps both where the small box is the stronger', () => {
    const merged = mergeDetections([item('large', LEFT, 100, 90, 0.6), item('small', LEFT, 100, 15, 0.9)]);
    expect(merged).toHaveLength(2);
  });

  it('puts boxes without a score below those with one', () => {
    const merged = mergeDetections([item('none', LEFT, 220, 30, null), item('low', RIGHT, 220, 30, 0.01)]);
    expect(ids(merged)).toEqual(['low']);
  });

  it('gives the same result for every order of arrival', () => {
    const items = Array.from({ length: 60 }, (_, i) =>
      item(`${i}`, i % 2 ? LEFT : RIGHT, 200 + ((i * 37) % 50), 10 + ((i * 13) % 30), ((i * 29) % 10) / 10),
    );
    const expected = ids(mergeDetections(items));
    expect(expected.length).toBeLessThan(items.length);
    let state = 7;
    for (let round = 0; round < 20; round++) {
      const shuffled = [...items];
      for (let i = shuffled.length - 1; i > 0; i--) {
        state = (Math.imul(state, 48271) + 11) >>> 0;
        const j = state % (i + 1);
        [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
      }
      expect(ids(mergeDetections(shuffled))).toEqual(expected);
    }
  });

  it('returns the very items that it was given, and nothing for nothing', () => {
    const only = item('a', LEFT, 100, 30, 0.5);
    expect(mergeDetections([only])[0]).toBe(only);
    expect(mergeDetections([])).toEqual([]);
  });
});
