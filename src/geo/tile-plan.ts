import { assert } from '../lib/errors.ts';
import type { PixelWindow } from './types.ts';

/**
 * Overlapping square windows of side `tilePx` that cover `extent`, row by row. Windows never shrink: they move closer
 * together so that the last one ends at the extent's edge. An extent smaller than a tile gets one centred window that
 * overhangs. `overlap` is the minimum shared fraction of a side, 0 ≤ overlap < 1. If the side is an integer, windows
 * start on whole pixels, so they read without resampling. Anything else is a bug of the caller.
 */
export function planTiles(extent: PixelWindow, tilePx: number, overlap: number): PixelWindow[] {
  assert(
    tilePx > 0 && overlap >= 0 && overlap < 1 && extent.width > 0 && extent.height > 0,
    `tiles of ${tilePx} px with overlap ${overlap} over ${extent.width}×${extent.height} px`,
  );
  const starts = (start: number, length: number) => planAxis(start, length, tilePx, overlap);
  const columns = starts(extent.x, extent.width);
  return starts(extent.y, extent.height).flatMap((y) => columns.map((x) => ({ x, y, width: tilePx, height: tilePx })));
}

function planAxis(start: number, length: number, tile: number, overlap: number): number[] {
  const whole = Number.isInteger(tile);
  const first = whole ? Math.floor(start) : start;
  const end = whole ? Math.ceil(start + length) : start + length;
  const snap = (value: number) => (whole ? Math.round(value) : value);
  const room = end - first - tile;
  if (room <= 0) return [snap(first + room / 2)];
  const stride = Math.max(tile * (1 - overlap), whole ? 1 : 0);
  const gaps = Math.ceil(room / stride);
  return Array.from({ length: gaps + 1 }, (_, i) => snap(first + (room * i) / gaps));
}
