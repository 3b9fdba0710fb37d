import { describe, expect, it } from 'vitest';
import type { Point } from '../types.ts';
import { doubleSignedArea } from './convex.ts';
import { closeRing, orientCounterClockwise, ringArea, simplifyRing, splitAtAntimeridian } from './rings.ts';

const SQUARE: Point[] = [
  [0, 0],
  [4, 0],
  [4, 4],
  [0, 4],
];

describe('rings', () => {
  it('have an area, whichever way they run', () => {
    expect(ringArea(SQUARE)).toBe(16);
    expect(ringArea([...SQUARE].reverse())).toBe(16);
  });

  it('are turned counter-clockwise (y up) and closed', () => {
    const turned = orientCounterClockwise([...SQUARE].reverse());
    expect(doubleSignedArea(turned)).toBeGreaterThan(0);
    expect(doubleSignedArea(orientCounterClockwise(SQUARE))).toBeGreaterThan(0);
    expect(closeRing(SQUARE).at(-1)).toEqual(SQUARE[0]);
  });
});

describe('simplifyRing', () => {
  it('drops points on straight sides and keeps corners', () => {
    const dense: Point[] = [];
    for (let i = 0; i < 40; i++) dense.push([i / 10, 0]);
    for (let i = 0; i < 40; i++) dense.push([4, i / 10]);
    for (let i = 0; i < 40; i++) dense.push([4 - i / 10, 4]);
    for (let i = 0; i < 40; i++) dense.push([0, 4 - i / 10]);
    const simple = simplifyRing(dense, 0.01);
    expect(simple).toHaveLength(4);
    expect(ringArea(simple)).toBeCloseTo(16, 9);
  });

  it('never falls below a triangle', () => {
    expect(simplifyRing(SQUARE, 100)).toEqual(SQUARE);
  });

  it('moves no point farther than the tolerance', () => {
    const circle: Point[] = Array.from({ length: 3000 }, (_, i) => {
      const t = (i / 3000) * 2 * Math.PI;
      return [100 * Math.cos(t), 100 * Math.sin(t)] as const;
    });
    const simple = simplifyRing(circle, 0.5);
    expect(simple.length).toBeLessThan(100);
    expect(Math.abs(ringArea(simple) - ringArea(circle)) / ringArea(circle)).toBeLessThan(0.01);
  });
});

describe('splitAtAntimeridian', () => {
  it('leaves other rings alone', () => {
    expect(splitAtAntimeridian(SQUARE)).toEqual([SQUARE]);
  });

  it('cuts a crossing ring into two within ±180° of the same area', () => {
    const parts = splitAtAntimeridian([
      [179, 0],
      [-179, 0],
      [-179, 1],
      [179, 1],
    ]);
    expect(parts).toHaveLength(2);
    expect(parts.reduce((sum, part) => sum + ringArea(part), 0)).toBeCloseTo(2, 9);
    for (const [lon] of parts.flat()) expect(Math.abs(lon)).toBeLessThanOrEqual(180);
  });
});
