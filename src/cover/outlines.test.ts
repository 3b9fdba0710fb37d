import { describe, expect, it } from 'vitest';
import { doubleSignedArea } from '../geo/boxes/convex.ts';
import type { CoverRaster } from './cover-raster.ts';
import { patchesOf } from './outlines.ts';

/** A letter a cell, "." for none; cells of 4 × 2 px from (100, 50). */
function raster(...lines: string[]): CoverRaster {
  const labels = ['a', 'b', 'c'];
  const cells = lines.join('');
  const probabilities = new Uint8Array(cells.length * 3);
  [...cells].forEach((cell, i) => {
    const k = labels.indexOf(cell);
    if (k >= 0)
      probabilities.set(
        [k === 0 ? 204 : 51, k === 1 ? 204 : 0, k === 2 ? 204 : 51].map((v, j) => (j === k ? 204 : v)),
        3 * i,
      );
  });
  return {
    x: 100,
    y: 50,
    cellWidth: 4,
    cellHeight: 2,
    cols: lines[0]!.length,
    rows: lines.length,
    labels,
    probabilities,
  };
}

/** Corners in cells. */
const ringsOf = (of: CoverRaster) =>
  patchesOf(of).map(({ index, rings, cells }) => ({
    class: of.labels[index],
    cells,
    rings: rings.map((ring) => ring.map(([x, y]) => [(x - 100) / 4, (y - 50) / 2].join(' ')).join(', ')),
  }));

describe('patchesOf', () => {
  it('goes clockwise around each patch, without corners on straight borders', () => {
    expect(ringsOf(raster('aab', 'abb'))).toEqual([
      { class: 'a', cells: 3, rings: ['0 0, 2 0, 2 1, 1 1, 1 2, 0 2'] },
      { class: 'b', cells: 3, rings: ['2 0, 3 0, 3 2, 1 2, 1 1, 2 1'] },
    ]);
  });

  it('goes the other way around holes', () => {
    const [outer, inner] = ringsOf(raster('aaaa', 'abba', 'aaaa'));
    expect(outer).toEqual({ class: 'a', cells: 10, rings: ['0 0, 4 0, 4 3, 0 3', '1 1, 1 2, 3 2, 3 1'] });
    expect(inner).toEqual({ class: 'b', cells: 2, rings: ['1 1, 3 1, 3 2, 1 2'] });
  });

  it('takes cells that touch by a corner alone as apart', () => {
    expect(ringsOf(raster('ab', 'ba')).map(({ rings }) => rings)).toEqual([
      ['0 0, 1 0, 1 1, 0 1'],
      ['1 0, 2 0, 2 1, 1 1'],
      ['0 1, 1 1, 1 2, 0 2'],
      ['1 1, 2 1, 2 2, 1 2'],
    ]);
    // Two holes that touch by a corner are two holes; so are a hole and what lies outside.
    expect(ringsOf(raster('aaaa', 'abaa', 'aaba', 'aaaa'))[0]!.rings).toHaveLength(3);
    expect(ringsOf(raster('aa.', 'a.a', 'aaa'))[0]!.rings).toEqual([
      '0 0, 2 0, 2 1, 3 1, 3 3, 0 3',
      '2 1, 1 1, 1 2, 2 2',
    ]);
  });

  it('leaves out what isn’t known', () => {
    expect(ringsOf(raster('a.', '..'))).toEqual([{ class: 'a', cells: 1, rings: ['0 0, 1 0, 1 1, 0 1'] }]);
    expect(patchesOf(raster('..'))).toEqual([]);
    expect(patchesOf(raster('c'))[0]!.confidence).toBeCloseTo(204 / 255, 6);
  });

  it('holds every cell of a class once', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    const lines = Array.from({ length: 40 }, () =>
      Array.from({ length: 30 }, () => 'abc.'[Math.floor(random() * 4)]).join(''),
    );
    const of = raster(...lines);
    for (const { rings, cells } of patchesOf(of)) {
      const [outer, ...holes] = rings.map((ring) => doubleSignedArea(ring) / 2 / 8);
      expect(outer).toBeGreaterThan(0);
      expect(holes.every((area) => area < 0)).toBe(true);
      expect(outer! + holes.reduce((a, b) => a + b, 0)).toBeCloseTo(cells, 9);
    }
    const counted = patchesOf(of).reduce((sum, { cells }) => sum + cells, 0);
    expect(counted).toBe([...lines.join('')].filter((cell) => cell !== '.').length);
  });
});
