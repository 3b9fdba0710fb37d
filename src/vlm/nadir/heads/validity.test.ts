import { expect, it } from 'vitest';
import type { RotatedBox } from '../../../geo/types.ts';
import { bothValid, isShown, shownPart } from './validity.ts';

const side = 64;
const mask = (isValid: (x: number, y: number) => boolean) =>
  Uint8Array.from({ length: side * side }, (_, i) => Number(isValid(i % side, Math.floor(i / side))));
const box = (cx: number, cy: number, w: number, h: number, thetaDeg = 0): RotatedBox => ({ cx, cy, w, h, thetaDeg });
const west = mask((x) => x < 32);

it.each([
  ['wholly in the scene', box(16, 32, 20, 20), true],
  ['wholly in nodata', box(50, 32, 20, 20), false],
  ['mostly in the scene', box(28, 32, 20, 20), true],
  ['mostly in nodata', box(36, 32, 20, 20), false],
  ['a long box across, turned', box(30, 32, 40, 4, 45), true],
  ['a long box beyond, turned', box(40, 32, 30, 4, 45), false],
  // The part outside the tile is ignored.
  ['at the edge of the tile, half of it outside', box(0, 32, 30, 20), true],
  ['outside the tile', box(-50, 32, 20, 20), false],
  // The box is so narrow that its samples are less than a pixel apart.
  ['a sliver', box(10, 10, 0.5, 0.5), true],
] as const)('a box %s', (_, given, shown) => {
  expect(isShown(given, west, side)).toBe(shown);
});

it('accepts every box if all pixels are valid', () => {
  expect(isShown(box(60, 60, 30, 30), null, side)).toBe(true);
});

it('joins the masks of two images', () => {
  const north = mask((_, y) => y < 32);
  expect(bothValid(null, null)).toBeNull();
  expect(bothValid(west, null)).toBe(west);
  expect(bothValid(null, west)).toBe(west);
  expect(bothValid(west, north)).toEqual(mask((x, y) => x < 32 && y < 32));
});

it('gives the part of a density that lies in the scene', () => {
  // 4 × 4 cells of 16 pixels: one object in a western cell, three in an eastern cell, two in a cell that is half and
  // half.
  const density = new Float32Array(16);
  density[0] = 1;
  density[3] = 3;
  expect(shownPart(density, [4, 4], west, side)).toBeCloseTo(1 / 4, 9);
  density[9] = 2;
  expect(
    shownPart(
      density,
      [4, 4],
      mask((x) => x < 24),
      side,
    ),
  ).toBeCloseTo(2 / 6, 9);
  expect(shownPart(density, [4, 4], null, side)).toBe(1);
  expect(shownPart(new Float32Array(16), [4, 4], west, side)).toBe(1);
});
