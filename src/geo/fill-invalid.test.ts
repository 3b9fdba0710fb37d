import { describe, expect, it } from 'vitest';
import { fillInvalid } from './fill-invalid.ts';

/** `value(x, y)` in one band. */
function grid(width: number, height: number, value: (x: number, y: number) => number) {
  const data = Float32Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)));
  return { width, height, data };
}
const mask = (width: number, height: number, isValid: (x: number, y: number) => boolean) =>
  Uint8Array.from({ length: width * height }, (_, i) => Number(isValid(i % width, Math.floor(i / width))));

describe('fillInvalid', () => {
  it('mirrors the picture at a straight edge once the fade is over', () => {
    const pixels = grid(100, 8, (x) => x / 100);
    const filled = fillInvalid(
      pixels,
      mask(100, 8, (x) => x < 50),
    );
    // The edge is pixel 49: 49 + d mirrors to 49 − d.
    for (const d of [16, 20, 40]) expect(filled[3 * 100 + 49 + d]).toBeCloseTo((49 - d) / 100, 6);
    expect([...filled.subarray(0, 50)]).toEqual([...pixels.data.subarray(0, 50)]);
  });

  it('mirrors across a slanted edge, at right angles to it', () => {
    const pixels = grid(120, 120, (x, y) => (x - y) / 120);
    const filled = fillInvalid(
      pixels,
      mask(120, 120, (x, y) => x + y < 120),
    );
    // (80, 70) lies 15 px each way beyond the diagonal and mirrors to about (50, 40): x − y stays.
    expect(filled[70 * 120 + 80]).toBeCloseTo(10 / 120, 1);
  });

  it('fades in from the mean, so that an object at the edge is not doubled', () => {
    const pixels = grid(64, 4, (x) => (x >= 30 && x < 32 ? 1 : 0));
    const filled = fillInvalid(
      pixels,
      mask(64, 4, (x) => x < 32),
    );
    const mean = 2 / 32;
    expect(filled[32]).toBeCloseTo((1 / 16) * 1 + (15 / 16) * mean, 6);
    expect(filled[33]).toBeLessThan(0.1);
    expect(Math.max(...filled.subarray(33, 64))).toBeLessThan(0.1);
  });

  it('reaches far beyond the width of what is valid', () => {
    const filled = fillInvalid(
      grid(200, 3, (x) => (x < 10 ? 0.25 + x / 40 : 0)),
      mask(200, 3, (x) => x < 10),
    );
    const far = filled.subarray(30, 200);
    expect(Math.min(...far)).toBeGreaterThanOrEqual(0.25);
    expect(Math.max(...far)).toBeLessThanOrEqual(0.25 + 9 / 40);
  });

  it('fills every band by its own values, and doesn’t modify the given array', () => {
    const data = new Float32Array(2 * 20 * 2);
    for (let i = 0; i < 40; i++) data.set(i % 20 < 10 ? [0.2, 0.8] : [0, 0], i * 2);
    const before = data.slice();
    const filled = fillInvalid(
      { width: 20, height: 2, data },
      mask(20, 2, (x) => x < 10),
    );
    expect(data).toEqual(before);
    for (let i = 0; i < 40; i++) {
      expect(filled[i * 2]).toBeCloseTo(0.2, 6);
      expect(filled[i * 2 + 1]).toBeCloseTo(0.8, 6);
    }
  });

  it('finds the nearest pixel on every side of a hole and of an island', () => {
    const size = 61;
    const inside = (x: number, y: number) => Math.hypot(x - 30, y - 30) < 20;
    const value = (x: number, y: number) => (x < 30 ? 0 : 1) + (y < 30 ? 0 : 2);
    for (const isValid of [inside, (x: number, y: number) => !inside(x, y)]) {
      const filled = fillInvalid(grid(size, size, value), mask(size, size, isValid));
      // Away from the lines between the quarters, a filled pixel resembles its own quarter.
      for (const [x, y] of [
        [4, 4],
        [56, 4],
        [4, 56],
        [56, 56],
      ] as const) {
        if (!isValid(x, y)) expect(filled[y * size + x]).toBeCloseTo(value(x, y), 5);
      }
    }
  });
});
