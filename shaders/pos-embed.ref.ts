import { divisionUlps, gamma, ulp } from './rounding.ts';

export interface PosEmbedShape {
  gridHeight: number;
  gridWidth: number;
  height: number;
  width: number;
  channels: number;
}

/**
 * Reference of pos-embed.wgsl: x plus the grid resized bilinearly (align_corners=false, edges clamped). x and result
 * f32[height * width, channels], grid f32[gridHeight * gridWidth, channels], row-major.
 */
export function posEmbedRef(shape: PosEmbedShape, x: Float32Array, grid: Float32Array): Float32Array {
  const { gridHeight, gridWidth, height, width, channels } = shape;
  const y = new Float32Array(height * width * channels);
  for (let row = 0; row < height; row++) {
    const r = neighbours(row, height, gridHeight);
    for (let col = 0; col < width; col++) {
      const c = neighbours(col, width, gridWidth);
      for (let d = 0; d < channels; d++) {
        const cell = (gr: number, gc: number) => grid[(gr * gridWidth + gc) * channels + d]!;
        const top = cell(r.low, c.low) * (1 - c.share) + cell(r.low, c.high) * c.share;
        const bottom = cell(r.high, c.low) * (1 - c.share) + cell(r.high, c.high) * c.share;
        const at = (row * width + col) * channels + d;
        y[at] = x[at]! + top * (1 - r.share) + bottom * r.share;
      }
    }
  }
  return y;
}

function neighbours(at: number, outSize: number, gridSize: number): { low: number; high: number; share: number } {
  const source = Math.max((at + 0.5) * (gridSize / outSize) - 0.5, 0);
  const low = Math.min(Math.floor(source), gridSize - 1);
  return { low, high: Math.min(low + 1, gridSize - 1), share: source - low };
}

/** How far pos-embed.wgsl may be from `posEmbedRef` in f32 arithmetic, value by value. */
export function posEmbedBound(shape: PosEmbedShape, x: Float32Array, grid: Float32Array): Float64Array {
  const largest = grid.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // The position in the grid results from a division, a product and a difference. Its error takes the same share of the
  // difference between two cells, in rows and in columns. Each of the three `mix` is four operations.
  const placeError = ulp * (divisionUlps + 2) * (shape.gridHeight + shape.gridWidth);
  const gridError = 2 * largest * placeError + gamma(8) * largest;
  return Float64Array.from(x, (value) => gridError + ulp * (Math.abs(value) + largest));
}
