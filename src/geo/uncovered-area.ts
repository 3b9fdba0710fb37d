import type { PixelWindow } from './types.ts';

/** Area of `window`, in pixels², that none of `covers` overlaps. */
export function uncoveredArea(window: PixelWindow, covers: readonly PixelWindow[]): number {
  const right = window.x + window.width;
  const bottom = window.y + window.height;
  const near = covers.filter(
    (c) => c.x < right && c.y < bottom && c.x + c.width > window.x && c.y + c.height > window.y,
  );
  if (near.length === 0) return window.width * window.height;
  const xs = cuts(
    window.x,
    right,
    near.flatMap((c) => [c.x, c.x + c.width]),
  );
  const ys = cuts(
    window.y,
    bottom,
    near.flatMap((c) => [c.y, c.y + c.height]),
  );
  let area = 0;
  for (let i = 0; i + 1 < xs.length; i++) {
    for (let j = 0; j + 1 < ys.length; j++) {
      const x = (xs[i]! + xs[i + 1]!) / 2;
      const y = (ys[j]! + ys[j + 1]!) / 2;
      const covered = near.some((c) => x > c.x && x < c.x + c.width && y > c.y && y < c.y + c.height);
      if (!covered) area += (xs[i + 1]! - xs[i]!) * (ys[j + 1]! - ys[j]!);
    }
  }
  return area;
}

/** Both ends and the places between them, in order. */
function cuts(start: number, end: number, places: readonly number[]): number[] {
  return [...new Set([start, ...places.filter((p) => p > start && p < end), end])].sort((a, b) => a - b);
}
