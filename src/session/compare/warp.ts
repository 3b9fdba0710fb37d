import type { PixelWindow, Quad } from '../../geo/types.ts';
import type { BandTile } from '../../imagery/tiles.ts';

/** A quad counts as upright while no corner is off the axis-aligned window by more than this part of a tile pixel. */
const UPRIGHT_WITHIN_PX = 0.25;

/** Whether a tile of `side`² read from `bounds` shows the quad itself, unrotated and with its corners in reading order. */
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

/** Output size at which `bounds` has the scale of the quad in a tile of `side`²; at most twice the tile. */
export function sizeForWarp(quad: Quad, bounds: PixelWindow, side: number): { width: number; height: number } {
  const [a, b, , d] = quad;
  const pxPerTilePx = Math.min(Math.hypot(b[0] - a[0], b[1] - a[1]), Math.hypot(d[0] - a[0], d[1] - a[1])) / side;
  const samples = (extent: number) => Math.min(2 * side, Math.max(2, Math.ceil(extent / pxPerTilePx)));
  return { width: samples(bounds.width), height: samples(bounds.height) };
}

/**
 * Resamples a tile that shows `bounds` into the square tile that shows `quad`: positions bilinear between its corners,
 * values bilinear, clamped to the edge. Invalid neighbours are ignored; a pixel is valid if valid ones carry at least half of
 * the weight, as in reading. Both tiles have the same bands.
 */
export function warpToQuad(read: BandTile, bounds: PixelWindow, quad: Quad, side: number): BandTile {
  const bands = read.bands.length;
  const data = new Float32Array(side * side * bands);
  const valid = new Uint8Array(side * side);
  let validCount = 0;
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
      const neighbours = [
        { from: r0 * read.width + c0, weight: (1 - (x - c0)) * (1 - (y - r0)) },
        { from: r0 * read.width + c1, weight: (x - c0) * (1 - (y - r0)) },
        { from: r1 * read.width + c0, weight: (1 - (x - c0)) * (y - r0) },
        { from: r1 * read.width + c1, weight: (x - c0) * (y - r0) },
      ].filter(({ from, weight }) => weight > 0 && (read.valid === null || read.valid[from]));
      const total = neighbours.reduce((sum, { weight }) => sum + weight, 0);
      if (total < 0.5) continue;
      const to = row * side + col;
      valid[to] = 1;
      validCount++;
      for (let k = 0; k < bands; k++) {
        const sum = neighbours.reduce((so, { from, weight }) => so + weight * read.data[from * bands + k]!, 0);
        data[to * bands + k] = sum / total;
      }
    }
  }
  return {
    width: side,
    height: side,
    bands: read.bands,
    validFraction: validCount / (side * side),
    valid: validCount === side * side ? null : valid,
    data,
  };
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
