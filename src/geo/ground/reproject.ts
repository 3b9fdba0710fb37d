import proj4 from 'proj4';
import type { Point } from '../types.ts';

/**
 * Converts from one CRS to another, both given as proj4 definitions, easting or longitude first. The function returns
 * [NaN, NaN] outside either projection's domain. Null if proj4 can't read a definition.
 */
export function makeReprojection(from: string, to: string): ((x: number, y: number) => Point) | null {
  if (from === to) return (x, y) => [x, y];
  let converter: { forward(xy: [number, number]): number[] };
  try {
    converter = proj4(from, to);
  } catch {
    return null;
  }
  return (x, y) => {
    try {
      const [toX = Number.NaN, toY = Number.NaN] = converter.forward([x, y]);
      return Number.isFinite(toX) && Number.isFinite(toY) ? [toX, toY] : [Number.NaN, Number.NaN];
    } catch {
      return [Number.NaN, Number.NaN];
    }
  };
}
