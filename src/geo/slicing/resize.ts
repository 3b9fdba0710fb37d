import type { PixelWindow } from '../types.ts';

/**
 * Plain resize: the square window centred on `extent`, as wide as its longer side, read into one tile. Pixels outside
 * the scene are padding (0 after the stretch). A square keeps rotated boxes rectangular.
 */
export function planResize(extent: PixelWindow): PixelWindow {
  const side = Math.max(extent.width, extent.height);
  return {
    x: extent.x + (extent.width - side) / 2,
    y: extent.y + (extent.height - side) / 2,
    width: side,
    height: side,
  };
}
