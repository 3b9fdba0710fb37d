import { describe, expect, it } from 'vitest';
import type { Quad, RotatedBox } from '../types.ts';
import {
  areaOf,
  boxFromCorners,
  cornersOf,
  hullOf,
  intersectionOverSmaller,
  normaliseTheta,
  rotatedIou,
} from './rotated-box.ts';

const box = (cx: number, cy: number, w: number, h: number, thetaDeg = 0): RotatedBox => ({ cx, cy, w, h, thetaDeg });

/** Share of a fine grid's points: slow, obvious, and nothing to do with polygon clipping. */
function iouByCounting(a: RotatedBox, b: RotatedBox): number {
  const inside = (q: RotatedBox, x: number, y: number) => {
    const t = (q.thetaDeg * Math.PI) / 180;
    const u = (x - q.cx) * Math.cos(t) + (y - q.cy) * Math.sin(t);
    const v = -(x - q.cx) * Math.sin(t) + (y - q.cy) * Math.cos(t);
    return Math.abs(u) <= q.w / 2 && Math.abs(v) <= q.h / 2;
  };
  let both = 0;
  let either = 0;
  for (let y = -40; y < 40; y += 0.1) {
    for (let x = -40; x < 40; x += 0.1) {
      const inA = inside(a, x, y);
      const inB = inside(b, x, y);
      if (inA && inB) both++;
      if (inA || inB) either++;
    }
  }
  return both / either;
}

describe('corners', () => {
  it('start at (−w/2, −h/2) and run clockwise on screen', () => {
    expect(cornersOf(box(10, 20, 4, 2))).toEqual([
      [8, 19],
      [12, 19],
      [12, 21],
      [8, 21],
    ]);
  });

  it('turn clockwise on screen: at 90° the w axis points down', () => {
    const [p0, p1] = cornersOf(box(0, 0, 4, 2, 90));
    expect(p1[0] - p0[0]).toBeCloseTo(0, 12);
    expect(p1[1] - p0[1]).toBeCloseTo(4, 12);
  });

  it.each([0, 15, 44.5, 90, 135, 179])('make the same box again at %s°', (theta) => {
    const again = boxFromCorners(cornersOf(box(3, -7, 12, 5, theta)));
    expect(again.cx).toBeCloseTo(3, 9);
    expect(again.cy).toBeCloseTo(-7, 9);
    expect(again.w).toBeCloseTo(12, 9);
    expect(again.h).toBeCloseTo(5, 9);
    expect(again.thetaDeg).toBeCloseTo(theta, 9);
  });

  it('have the hull around them', () => {
    const hull = hullOf(cornersOf(box(0, 0, 10, 10, 45)));
    expect(hull.width).toBeCloseTo(Math.SQRT2 * 10, 9);
    expect(hull.x).toBeCloseTo(-Math.SQRT2 * 5, 9);
  });
});

describe('normaliseTheta', () => {
  it.each([
    [180, 0],
    [-90, 90],
    [359, 179],
    [-1e-17, 0],
    [720.5, 0.5],
  ])('%s° → %s°', (given, expected) => {
    expect(normaliseTheta(given)).toBeCloseTo(expected, 9);
    expect(normaliseTheta(given)).toBeLessThan(180);
  });
});

describe('rotatedIou', () => {
  it.each([
    [box(0, 0, 20, 10), box(5, 0, 20, 10)],
    [box(0, 0, 20, 10, 30), box(4, 3, 16, 12, 75)],
    [box(0, 0, 30, 4, 45), box(0, 0, 30, 4, 135)],
    [box(-6, 2, 9, 9, 10), box(7, 2, 25, 3, 160)],
  ])('equals counted points: %o %o', (a, b) => {
    expect(rotatedIou(cornersOf(a), cornersOf(b))).toBeCloseTo(iouByCounting(a, b), 2);
  });

  it('is 1 for a box and itself turned by 180°, 0 for boxes apart or without area', () => {
    const a = cornersOf(box(0, 0, 20, 10, 30));
    expect(rotatedIou(a, cornersOf(box(0, 0, 20, 10, 210)))).toBeCloseTo(1, 9);
    expect(rotatedIou(a, cornersOf(box(100, 0, 20, 10)))).toBe(0);
    expect(rotatedIou(a, cornersOf(box(0, 0, 0, 10)))).toBe(0);
  });

  it('doesn’t depend on which way the corners run', () => {
    const a = cornersOf(box(0, 0, 20, 10, 30));
    const mirrored = [...cornersOf(box(5, 2, 20, 10, 60))].reverse() as unknown as Quad;
    expect(rotatedIou(a, mirrored)).toBeCloseTo(rotatedIou(a, cornersOf(box(5, 2, 20, 10, 60))), 12);
    expect(areaOf(mirrored)).toBeCloseTo(200, 9);
  });
});

describe('intersectionOverSmaller', () => {
  it('is 1 when one box lies inside the other, whatever their sizes', () => {
    const small = cornersOf(box(2, 2, 3, 3, 20));
    const large = cornersOf(box(0, 0, 50, 50));
    expect(intersectionOverSmaller(small, large)).toBeCloseTo(1, 9);
    expect(rotatedIou(small, large)).toBeLessThan(0.01);
  });
});
