import { describe, expect, it } from 'vitest';
import type { Geotransform } from '../types.ts';
import {
  applyGeotransform,
  fromMatrix,
  fromPixelIsPoint,
  fromScaleAndTiepoint,
  invertGeotransform,
  isUsableGeotransform,
} from './affine.ts';

const ROTATED: Geotransform = [1000, 0.5, 0.3, 2000, 0.3, -0.5];

describe('applyGeotransform', () => {
  it('follows GDAL’s order: x = g0 + col·g1 + row·g2, y = g3 + col·g4 + row·g5', () => {
    expect(applyGeotransform(ROTATED, 10, 20)).toEqual([1000 + 5 + 6, 2000 + 3 - 10]);
  });
});

describe('invertGeotransform', () => {
  it('takes every corner back to its pixel', () => {
    const inverse = invertGeotransform(ROTATED);
    for (const [col, row] of [
      [0, 0],
      [100, 0],
      [0, 50],
      [12.5, 7.25],
    ] as const) {
      const [backCol, backRow] = applyGeotransform(inverse, ...applyGeotransform(ROTATED, col, row));
      expect(backCol).toBeCloseTo(col, 9);
      expect(backRow).toBeCloseTo(row, 9);
    }
  });

  it('refuses a transform whose pixels are lines', () => {
    expect(() => invertGeotransform([0, 1, 2, 0, 2, 4])).toThrow(/no area/);
    expect(isUsableGeotransform([0, 1, 0, 0, 0, Number.NaN])).toBe(false);
  });
});

describe('from the tags of a GeoTIFF', () => {
  it('puts the tiepoint’s pixel on its coordinates', () => {
    const g = fromScaleAndTiepoint([2, 3, 0], [10, 20, 0, 500, 900, 0]);
    expect(applyGeotransform(g, 10, 20)).toEqual([500, 900]);
    expect(applyGeotransform(g, 11, 21)).toEqual([502, 897]);
  });

  it('reads the 4×4 matrix row by row', () => {
    const matrix = [1, 2, 0, 3, 4, 5, 0, 6, 0, 0, 0, 0, 0, 0, 0, 1];
    expect(applyGeotransform(fromMatrix(matrix), 10, 100)).toEqual([3 + 10 + 200, 6 + 40 + 500]);
  });

  it('moves PixelIsPoint by half a pixel along both axes, also of a rotated grid', () => {
    const g = fromPixelIsPoint(ROTATED);
    const [x, y] = applyGeotransform(g, 0.5, 0.5);
    expect(x).toBeCloseTo(1000, 12);
    expect(y).toBeCloseTo(2000, 12);
  });
});
