import type { BandTile } from '../../imagery/tiles.ts';
import type { FeatureGrid } from './feature-grid.ts';

/** u8[rows · cols], 1 where at least half of a cell's pixels show the scene; null if all do. */
export function shownCells(
  { valid, width, height }: Pick<BandTile, 'valid' | 'width' | 'height'>,
  { rows, cols, stridePx }: Pick<FeatureGrid, 'rows' | 'cols' | 'stridePx'>,
): Uint8Array | null {
  if (valid === null) return null;
  const shown = new Uint8Array(rows * cols);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      let all = 0;
      let seen = 0;
      for (let y = Math.floor(r * stridePx); y < Math.min(height, (r + 1) * stridePx); y++) {
        for (let x = Math.floor(c * stridePx); x < Math.min(width, (c + 1) * stridePx); x++) {
          all++;
          if (valid[y * width + x]) seen++;
        }
      }
      shown[r * cols + c] = all > 0 && 2 * seen >= all ? 1 : 0;
    }
  }
  return shown;
}
