import type { PixelWindow } from './types.ts';

/** The common part of two windows; null if they share less than one pixel of area. */
export function intersect(a: PixelWindow, b: PixelWindow): PixelWindow | null {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  if (!(width > 0 && height > 0) || width * height < 1) return null;
  return { x, y, width, height };
}

/** A square of `side` around the centre of `region`, moved inside the scene as far as it fits. */
export function squareAround(region: PixelWindow, side: number, scene: PixelWindow): PixelWindow {
  const start = (centre: number, extent: number) =>
    side >= extent ? (extent - side) / 2 : Math.min(extent - side, Math.max(0, centre - side / 2));
  return {
    x: start(region.x + region.width / 2, scene.width),
    y: start(region.y + region.height / 2, scene.height),
    width: side,
    height: side,
  };
}

export const longSideOf = ({ width, height }: PixelWindow): number => Math.max(width, height);
export const shortSideOf = ({ width, height }: PixelWindow): number => Math.min(width, height);
