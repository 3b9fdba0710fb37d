import type { RotatedBox } from '../types.ts';
import { normaliseTheta } from './rotated-box.ts';

/**
 * The numbers of a box `{x,y,h,w,θ}` in Nadir's dialect. x, y (the centre), h, w: integers in 0–1000 of the square
 * tile; θ in [0,180).
 */
export interface DialectNumbers {
  x: number;
  y: number;
  h: number;
  w: number;
  /** Degrees, clockwise on screen, from +x to the w axis. */
  theta: number;
}

const SCALE = 1000;

/** A box in tile pixels → dialect integers. Values outside the tile are clamped to 0–1000. `tileSize` in pixels. */
export function toDialectNumbers(box: RotatedBox, tileSize: number): DialectNumbers {
  const quantise = (pixels: number) => Math.min(SCALE, Math.max(0, Math.round((pixels / tileSize) * SCALE)));
  return {
    x: quantise(box.cx),
    y: quantise(box.cy),
    h: quantise(box.h),
    w: quantise(box.w),
    theta: normaliseTheta(Math.round(box.thetaDeg)),
  };
}

/** Dialect numbers → a box in tile pixels. Doesn't clamp; the parser decides what is malformed. */
export function fromDialectNumbers(numbers: DialectNumbers, tileSize: number): RotatedBox {
  const pixels = (value: number) => (value / SCALE) * tileSize;
  return {
    cx: pixels(numbers.x),
    cy: pixels(numbers.y),
    w: pixels(numbers.w),
    h: pixels(numbers.h),
    thetaDeg: normaliseTheta(numbers.theta),
  };
}

/** The dialect's text, in its fixed key order: `{x:512,y:300,h:40,w:80,θ:15}`. */
export function formatDialectBox(numbers: DialectNumbers): string {
  return `{x:${numbers.x},y:${numbers.y},h:${numbers.h},w:${numbers.w},θ:${numbers.theta}}`;
}
