import type { PixelWindow } from '../types.ts';
import { intersect, longSideOf, squareAround } from '../windows.ts';
import type { Slicing } from './slicing.ts';

/** A square around an elongated region is given up for a stretched window when less of it than this shows the scene. */
const LEAST_SHOWN = 0.25;

/** The whole region at once, in a square if that shows the scene. */
export const resize = {
  id: 'resize',
  words: { noun: 'tile', about: 'the whole region in one square, shrunk where it is larger than a tile' },
  plan: (region, scene) => [wholeWindow(region, scene)],
} as const satisfies Slicing;

/** The region in a square, moved inside the scene if it fits; the region itself if a square would mostly be empty. */
export function wholeWindow(region: PixelWindow, scene: PixelWindow): PixelWindow {
  const square = squareAround(region, longSideOf(region), scene);
  const shown = intersect(square, scene);
  const share = shown ? (shown.width * shown.height) / (square.width * square.height) : 0;
  return share < LEAST_SHOWN ? region : square;
}

/**
 * Plain resize: the square window centred on `extent`, as wide as its longer side, read into one tile. Pixels outside
 * the scene are invalid in the tile. A square keeps rotated boxes rectangular.
 */
export function planResize(extent: PixelWindow): PixelWindow {
  const side = longSideOf(extent);
  return {
    x: extent.x + (extent.width - side) / 2,
    y: extent.y + (extent.height - side) / 2,
    width: side,
    height: side,
  };
}
