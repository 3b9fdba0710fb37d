import { describe, expect, it } from 'vitest';
import { smoothChroma } from './chroma.ts';

/** Y Cb Cr pixels with Cb from a plane and Cr its complement. */
function pixels(plane: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from(plane.flat().flatMap((value) => [7, value, 255 - value]));
}
const blueOf = (samples: Uint8Array, width: number) =>
  Array.from({ length: samples.length / 3 / width }, (_, row) =>
    Array.from({ length: width }, (_, col) => samples[(row * width + col) * 3 + 1]),
  );

describe('shared chroma', () => {
  it('is spread along rows by a triangle', () => {
    const samples = pixels([[100, 100, 200, 200, 40]]);
    smoothChroma(samples, 5, 1, 3, { x: 2, y: 1 });
    // (3·own + neighbour + 1 or 2) / 4, rounded down.
    expect(blueOf(samples, 5)).toEqual([[100, 125, 175, 160, 80]]);
    expect(samples[0]).toBe(7);
  });

  it('is spread along both axes', () => {
    const samples = pixels([
      [0, 0, 160, 160],
      [0, 0, 160, 160],
      [80, 80, 80, 80],
      [80, 80, 80, 80],
    ]);
    smoothChroma(samples, 4, 4, 3, { x: 2, y: 2 });
    expect(blueOf(samples, 4)).toEqual([
      [0, 40, 120, 160],
      [20, 50, 110, 140],
      [60, 70, 90, 100],
      [80, 80, 80, 80],
    ]);
  });

  it('of a flat picture stays flat', () => {
    const samples = pixels(Array.from({ length: 5 }, () => new Array(7).fill(93)));
    const before = samples.slice();
    smoothChroma(samples, 7, 5, 3, { x: 2, y: 2 });
    expect(samples).toEqual(before);
  });
});
