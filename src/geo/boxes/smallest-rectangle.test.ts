import { describe, expect, it } from 'vitest';
import type { Point, RotatedBox } from '../types.ts';
import { convexHull, doubleSignedArea } from './convex.ts';
import { ringArea } from './rings.ts';
import { cornersOf } from './rotated-box.ts';
import { smallestRectangle } from './smallest-rectangle.ts';

/** Reproducible points in a cloud that is longer than wide. */
function cloud(seed: number, count: number): Point[] {
  let state = seed;
  const next = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
  return Array.from({ length: count }, () => {
    const [u, v] = [next() * 40, next() * 15];
    return [u * Math.cos(seed) - v * Math.sin(seed), u * Math.sin(seed) + v * Math.cos(seed)];
  });
}

/** Extent along and across an angle. */
function extentAt(points: Point[], deg: number): [w: number, h: number] {
  const [c, s] = [Math.cos((deg * Math.PI) / 180), Math.sin((deg * Math.PI) / 180)];
  const us = points.map(([x, y]) => x * c + y * s);
  const vs = points.map(([x, y]) => y * c - x * s);
  return [Math.max(...us) - Math.min(...us), Math.max(...vs) - Math.min(...vs)];
}

const turnBetween = (a: number, b: number) => Math.abs(((((a - b) % 180) + 270) % 180) - 90);

describe('smallestRectangle', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'is as small as any of a fine fan of rectangles, and holds all points (cloud %s)',
    (seed) => {
      const points = cloud(seed, 4 + seed * 5);
      const box = smallestRectangle(points, 30 * seed)!;
      let least = Infinity;
      for (let deg = 0; deg < 90; deg += 0.01) {
        const [w, h] = extentAt(points, deg);
        least = Math.min(least, w * h);
      }
      expect(box.w * box.h).toBeLessThanOrEqual(least + 1e-9);
      expect(box.w * box.h).toBeGreaterThan(least * 0.999);
      const [w, h] = extentAt(points, box.thetaDeg);
      expect([box.w, box.h]).toEqual([expect.closeTo(w, 9), expect.closeTo(h, 9)]);
      const [cx, cy] = [box.cx, box.cy];
      const around = [...points, ...cornersOf(box)];
      expect(extentAt(around, box.thetaDeg)).toEqual([expect.closeTo(w, 9), expect.closeTo(h, 9)]);
      expect(extentAt([...points, [cx, cy]], 0)).toEqual(extentAt(points, 0));
      expect(turnBetween(box.thetaDeg, 30 * seed)).toBeLessThanOrEqual(45 + 1e-6);
      expect(box.thetaDeg).toBeGreaterThanOrEqual(0);
      expect(box.thetaDeg).toBeLessThan(180);
    },
  );

  it.each([
    [20, 20, 8, 3],
    [200, 20, 8, 3],
    [-70, 110, 3, 8],
    [60, 20, 8, 3],
    [66, 110, 3, 8],
    [179, 20, 8, 3],
  ])('writes one rectangle with its w axis near %s°', (near, thetaDeg, w, h) => {
    const drawn: RotatedBox = { cx: 5, cy: -4, w: 8, h: 3, thetaDeg: 20 };
    const box = smallestRectangle(cornersOf(drawn), near)!;
    expect(box.thetaDeg).toBeCloseTo(thetaDeg, 9);
    expect([box.w, box.h, box.cx, box.cy]).toEqual([w, h, 5, -4].map((n) => expect.closeTo(n, 9)));
  });

  it('chooses the nearer of two rectangles of one area, and the clockwise one of two as near', () => {
    // Along either slope of this symmetric kite the rectangle is the same, mirrored.
    const kite: Point[] = [
      [0, 0],
      [4, -1],
      [8, 0],
      [4, 9],
    ];
    const slopes = [10, -10, 0].map((near) => smallestRectangle(kite, near)!);
    const [right, left, middle] = slopes;
    expect(right!.w * right!.h).toBeCloseTo(left!.w * left!.h, 9);
    expect(turnBetween(right!.thetaDeg, 10)).toBeLessThan(turnBetween(left!.thetaDeg, 10));
    expect(turnBetween(right!.thetaDeg, -left!.thetaDeg)).toBeCloseTo(0, 9);
    expect(middle!.thetaDeg).toBeCloseTo(right!.thetaDeg, 9);
    const diamond: Point[] = [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ];
    expect(smallestRectangle(diamond, 0)!.thetaDeg).toBeCloseTo(45, 9);
  });

  it.each<[Point[]]>([
    [[]],
    [[[1, 2]]],
    [
      [
        [1, 2],
        [1, 2],
        [1, 2],
      ],
    ],
    [
      [
        [0, 0],
        [1, 1],
        [3, 3],
        [2, 2],
      ],
    ],
  ])('is null for %j', (points) => {
    expect(smallestRectangle(points)).toBeNull();
  });
});

describe('convexHull', () => {
  it.each([3, 7, 11])('is convex, made of given points, and has them all inside (cloud %s)', (seed) => {
    const points = cloud(seed, 60);
    const hull = convexHull([...points, ...points]);
    for (const corner of hull) expect(points).toContain(corner);
    for (let i = 0; i < hull.length; i++) {
      const [a, b] = [hull[i]!, hull[(i + 1) % hull.length]!];
      for (const p of points) expect(doubleSignedArea([a, b, p])).toBeGreaterThanOrEqual(0);
    }
    expect(ringArea(hull)).toBeGreaterThan(0);
  });

  it('leaves out points on its edges', () => {
    const square: Point[] = [0, 1, 2].flatMap((x) => [0, 1, 2].map((y): Point => [x, y]));
    expect(convexHull(square)).toHaveLength(4);
  });
});
