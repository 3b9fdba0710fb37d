import { describe, expect, it } from 'vitest';
import type { PixelWindow, Quad } from '../../geo/types.ts';
import { isUpright, sizeForWarp, warpToQuad } from './warp.ts';

const bounds: PixelWindow = { x: 100, y: 200, width: 64, height: 64 };
const upright: Quad = [
  [100, 200],
  [164, 200],
  [164, 264],
  [100, 264],
];
/** The picture turned by a quarter: its upper-left corner lies at the upper right of the file. */
const turned: Quad = [
  [164, 200],
  [164, 264],
  [100, 264],
  [100, 200],
];

/** Value = source column in the first band, source row in the second. */
function ramp(side: number) {
  const data = new Float32Array(side * side * 4);
  for (let row = 0; row < side; row++) {
    for (let col = 0; col < side; col++) {
      data[(row * side + col) * 4] = bounds.x + ((col + 0.5) * bounds.width) / side;
      data[(row * side + col) * 4 + 1] = bounds.y + ((row + 0.5) * bounds.height) / side;
    }
  }
  return { width: side, height: side, bands: ['red', 'green', 'blue', 'nir'], validFraction: 1, valid: null, data };
}

describe('isUpright', () => {
  it('accepts only corners in reading order', () => {
    expect(isUpright(upright, bounds, 256)).toBe(true);
    expect(isUpright(turned, bounds, 256)).toBe(false);
  });

  it('accepts a rotation smaller than a quarter of a tile pixel', () => {
    const slightly = upright.map(([x, y]) => [x + (y - 232) * 0.0005, y]) as unknown as Quad;
    expect(isUpright(slightly, boundsOf(slightly), 256)).toBe(true);
    const more = upright.map(([x, y]) => [x + (y - 232) * 0.01, y]) as unknown as Quad;
    expect(isUpright(more, boundsOf(more), 256)).toBe(false);
  });
});

function boundsOf(quad: Quad): PixelWindow {
  const xs = quad.map(([x]) => x);
  const ys = quad.map(([, y]) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

describe('sizeForWarp', () => {
  it('keeps the scale of the tile, up to twice its size', () => {
    const half = Math.SQRT1_2 * 32;
    const diamond: Quad = [
      [132, 232 - half],
      [132 + half, 232],
      [132, 232 + half],
      [132 - half, 232],
    ];
    expect(sizeForWarp(diamond, boundsOf(diamond), 64)).toEqual({ width: 91, height: 91 });
    const thin = upright.map(([x, y]) => [x, 200 + (y - 200) / 100]) as unknown as Quad;
    expect(sizeForWarp(thin, boundsOf(thin), 64).width).toBe(128);
  });
});

describe('warpToQuad', () => {
  it('puts every output pixel where the quad says', () => {
    const tile = warpToQuad(ramp(64), bounds, turned, 16);
    expect(tile).toMatchObject({
      width: 16,
      height: 16,
      bands: ['red', 'green', 'blue', 'nir'],
      validFraction: 1,
      valid: null,
    });
    const at = (row: number, col: number) => [tile.data[(row * 16 + col) * 4], tile.data[(row * 16 + col) * 4 + 1]];
    // Rows of the output run from right to left of the file, columns downwards.
    expect(at(0, 0)).toEqual([162, 202]);
    expect(at(0, 15)).toEqual([162, 262]);
    expect(at(15, 0)).toEqual([102, 202]);
  });

  it('carries validity over, and no value of an invalid pixel', () => {
    const read = ramp(64);
    // The eastern half of the file has no data, and zeros there.
    const valid = Uint8Array.from({ length: 64 * 64 }, (_, i) => Number(i % 64 < 32));
    for (let i = 0; i < valid.length; i++) if (!valid[i]) read.data.fill(0, i * 4, i * 4 + 4);
    const tile = warpToQuad({ ...read, validFraction: 0.5, valid }, bounds, turned, 16);
    expect(tile.validFraction).toBe(0.5);
    // The upper half of the output is the eastern half of the file.
    expect([tile.valid?.[0], tile.valid?.[7 * 16], tile.valid?.[8 * 16], tile.valid?.[15 * 16]]).toEqual([0, 0, 1, 1]);
    for (let row = 8; row < 16; row++) expect(tile.data[row * 16 * 4]).toBeGreaterThanOrEqual(100);
  });
});
