import { expect, it } from 'vitest';
import { floatsToHalves, floatToHalf, halfToFloat, halvesToFloats } from './half.ts';

it('reads the known values of half precision', () => {
  const known: [number, number][] = [
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x0001, 2 ** -24],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
  ];
  for (const [bits, value] of known) {
    expect(halfToFloat(bits)).toBe(value);
    expect(floatToHalf(value)).toBe(bits);
  }
  expect(halfToFloat(0x7e00)).toBeNaN();
  expect(halfToFloat(0x8000)).toBe(-0);
});

it('gives every half back after a trip through f32', () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, i) => i).filter((h) => (h & 0x7c00) !== 0x7c00 || !(h & 0x3ff));
  expect(floatsToHalves(halvesToFloats(all))).toEqual(all);
});

it('rounds to the nearest half, ties to even', () => {
  expect(floatToHalf(1 + 2 ** -11)).toBe(0x3c00);
  expect(floatToHalf(1 + 3 * 2 ** -11)).toBe(0x3c02);
  expect(floatToHalf(1 + 2 ** -11 + 2 ** -20)).toBe(0x3c01);
  expect(floatToHalf(2 ** -25)).toBe(0);
  expect(floatToHalf(1.5 * 2 ** -24)).toBe(2);
  expect(floatToHalf(2 ** -14 - 2 ** -26)).toBe(0x0400);
  expect(floatToHalf(65_519)).toBe(0x7bff);
  expect(floatToHalf(65_520)).toBe(0x7c00);
  expect(floatToHalf(Number.NaN) & 0x7fff).toBe(0x7e00);
});
