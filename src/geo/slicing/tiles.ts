import { planTiles } from '../tile-plan.ts';
import type { PixelWindow } from '../types.ts';
import { longSideOf, shortSideOf, squareAround } from '../windows.ts';
import type { Slicing } from './slicing.ts';

/** Overlapping squares at the model's best scale; one window if the region fits. */
export const tiles = {
  id: 'tiles',
  words: { noun: 'tile', about: 'overlapping tiles at the scale that the model knows best' },
  plan: (region, scene, { nativePx, overlap }) =>
    longSideOf(region) <= nativePx
      ? [nativeWindow(region, scene, nativePx)]
      : tileGrid(region, scene, nativePx, overlap),
} as const satisfies Slicing;

/**
 * The window of a region that fits one tile. A region smaller than half a native tile isn't enlarged further; the
 * window shows its surroundings instead.
 */
export function nativeWindow(region: PixelWindow, scene: PixelWindow, nativePx: number): PixelWindow {
  const least = Math.min(nativePx / 2, shortSideOf(scene));
  return squareAround(region, Math.max(longSideOf(region), least), scene);
}

/** Square windows of `side` over the region, row by row, inside the scene if it is large enough. */
export function tileGrid(region: PixelWindow, scene: PixelWindow, side: number, overlap: number): PixelWindow[] {
  const x = widened(region.x, region.width, side, scene.width);
  const y = widened(region.y, region.height, side, scene.height);
  return planTiles({ x: x.start, width: x.length, y: y.start, height: y.length }, side, overlap);
}

/** Widens an extent that is narrower than a tile, within the scene; to the whole scene if that is narrower, too. */
function widened(start: number, length: number, side: number, extent: number): { start: number; length: number } {
  if (length >= side) return { start, length };
  if (side >= extent) return { start: 0, length: extent };
  const centred = Math.round(start + (length - side) / 2);
  return { start: Math.min(extent - side, Math.max(0, centred)), length: side };
}
