import type { PixelWindow, Quad } from '../geo/types.ts';
import type { BandTile } from '../imagery/tiles.ts';

/** A quad counts as upright while no corner is off the axis-aligned window by more than this part of a tile pixel. */
const UPRIGHT_WITHIN_PX = 0.25;

/** Whether reading `bounds` into a tile of `side`² shows the quad itself: its corners in reading order, not turned. */
export function isUpright(quad: Quad, bounds: PixelWindow, side: number): boolean {
  const { x, y, width, height } = bounds;
  const wanted = [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ] as const;
  return quad.every(([px, py], i) => {
    const [wx, wy] = wanted[i]!;
    const offX = (Math.abs(px - wx) / width) * side;
    const offY = (Math.abs(py - wy) / height) * side;
    return offX <= UPRIGHT_WITHIN_PX && offY <= UPRIGHT_WITHIN_PX;
  });
}

/** Output size at which reading `bounds` keeps the scale that the quad has in a tile of `side`²; at most twice the tile. */
export function sizeForWarp(quad: Quad, bounds: PixelWindow, side: number): { width: number; height: number } {
  const [a, b, , d] = quad;
  const pxPerTilePx = Math.min(Math.hypot(b[0] - a[0], b[1] - a[1]), Math.hypot(d[0] - a[0], d[1] - a[1])) / side;
  const samples = (extent: number) => Math.min(2 * side, Math.max(2, Math.ceil(extent / pxPerTilePx)));
  return { width: samples(bounds.width), height: samples(bounds.height) };
}

/**
 * Resamples a tile that shows `bounds` into the square tile that shows `quad`: positions bilinear between its corners,
 * values bilinear, clamped to the edge. Both f32[height, width, 4] row-major.
 */
export function warpToQuad(read: BandTile, bounds: PixelWindow, quad: Quad, side: number): BandTile {
  const bands = read.data.length / (read.width * read.height);
  const data = new Float32Array(side * side * bands);
  const [a, b, c, d] = quad;
  const perCol = read.width / bounds.width;
  const perRow = read.height / bounds.height;
  for (let row = 0; row < side; row++) {
    const v = (row + 0.5) / side;
    for (let col = 0; col < side; col++) {
      const u = (col + 0.5) / side;
      const at = (k: 0 | 1) => (a[k] * (1 - u) + b[k] * u) * (1 - v) + (d[k] * (1 - u) + c[k] * u) * v;
      const x = clamp((at(0) - bounds.x) * perCol - 0.5, read.width - 1);
      const y = clamp((at(1) - bounds.y) * perRow - 0.5, read.height - 1);
      const c0 = Math.floor(x);
      const r0 = Math.floor(y);
      const c1 = Math.min(read.width - 1, c0 + 1);
      const r1 = Math.min(read.height - 1, r0 + 1);
      const fx = x - c0;
      const fy = y - r0;
      for (let k = 0; k < bands; k++) {
        const value = (r: number, q: number) => read.data[(r * read.width + q) * bands + k]!;
        const upper = value(r0, c0) * (1 - fx) + value(r0, c1) * fx;
        const lower = value(r1, c0) * (1 - fx) + value(r1, c1) * fx;
        data[(row * side + col) * bands + k] = upper * (1 - fy) + lower * fy;
      }
    }
  }
  return { width: side, height: side, hasNir: read.hasNir, validFraction: read.validFraction, data };
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
