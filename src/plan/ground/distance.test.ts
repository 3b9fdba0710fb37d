import { describe, expect, it } from 'vitest';
import type { Point } from '../../geo/types.ts';
import { Anchors, distanceBetween, placed } from './distance.ts';
import { groundOf, pixelGround } from './ground.ts';

const box = (x: number, y: number, w: number, h: number): Point[][] => [
  [
    [x, y],
    [x + w, y],
    [x + w, y + h],
    [x, y + h],
  ],
];
const between = (a: Point[][], b: Point[][]) => distanceBetween(placed(a), placed(b), pixelGround);

describe('distanceBetween', () => {
  it('goes from edge to edge', () => {
    expect(between(box(0, 0, 10, 10), box(13, 4, 5, 5))).toBe(3);
    // From corner to corner: 3 across, 4 down.
    expect(between(box(0, 0, 10, 10), box(13, 14, 5, 5))).toBe(5);
  });
  it('finds the middle of an edge', () => {
    const tip: Point[][] = [
      [
        [15, 5],
        [20, 2],
        [20, 8],
      ],
    ];
    expect(between(box(0, 0, 10, 10), tip)).toBe(5);
    expect(between(tip, box(0, 0, 10, 10))).toBe(5);
  });
  it('is 0 where shapes touch, cross or contain each other', () => {
    expect(between(box(0, 0, 10, 10), box(10, 0, 5, 5))).toBe(0);
    // A cross: no corner of one lies in the other.
    expect(between(box(0, 4, 20, 2), box(9, -5, 2, 20))).toBe(0);
    expect(between(box(0, 0, 10, 10), box(4, 4, 1, 1))).toBe(0);
    expect(between(box(4, 4, 1, 1), box(0, 0, 10, 10))).toBe(0);
  });
  it('is geodesic on the ground', () => {
    // Two points on the equator, 0.01° apart: 1113.1949 m (6378137·π/180·0.01).
    const ground = groundOf(
      {
        kind: 'affine',
        geotransform: [0, 1e-5, 0, 0, 0, -1e-5],
        crs: null,
        crsName: null,
        proj4: '+proj=longlat +datum=WGS84',
        units: 'degree',
        pixelIsPoint: false,
      },
      2000,
      2000,
    );
    const at = (x: number) => placed([[[x, 0]]]);
    expect(distanceBetween(at(0), at(1000), ground)).toBeCloseTo(1113.1949, 4);
  });
});

describe('Anchors', () => {
  it('agrees with trying all', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    const all = Array.from({ length: 60 }, () => ({
      placed: placed(box(random() * 1000, random() * 1000, 2 + random() * 90, 2 + random() * 90)),
    }));
    const index = new Anchors(all);
    for (const one of all) {
      const others = all.filter((other) => other !== one);
      const wanted = Math.min(...others.map((other) => distanceBetween(one.placed, other.placed, pixelGround)));
      expect(index.nearest(one.placed, pixelGround)?.distance).toBe(wanted);
    }
  });
  it('has none without others', () => {
    const only = { placed: placed(box(0, 0, 1, 1)) };
    expect(new Anchors([only]).nearest(only.placed, pixelGround)).toBeNull();
    expect(new Anchors([]).nearest(only.placed, pixelGround)).toBeNull();
  });
  it('knows a small thing beside a large one from a small one farther away', () => {
    const large = { placed: placed(box(0, 0, 1000, 10)) };
    const small = { placed: placed(box(1020, 200, 4, 4)) };
    // The small one's middle is nearer, the large one's edge.
    expect(new Anchors([small, large]).nearest(placed(box(990, 40, 4, 4)), pixelGround)?.anchor).toBe(large);
  });
  it('tells on which side of a limit the nearest one is, as measuring it exactly does', () => {
    let seed = 3;
    const random = () => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    const all = Array.from({ length: 80 }, () => ({
      placed: placed(box(random() * 1000, random() * 1000, 2 + random() * 90, 2 + random() * 20)),
    }));
    const index = new Anchors(all);
    for (const { placed: one } of all) {
      const { distance } = index.nearest(one, pixelGround)!;
      for (const limit of [0, 1, 10, distance, 40, 1e4]) {
        const about = index.distanceAbout(limit, one, pixelGround)!;
        expect([Math.sign(about - limit), limit]).toEqual([Math.sign(distance - limit), limit]);
      }
    }
    const only = { placed: placed(box(0, 0, 1, 1)) };
    expect(new Anchors([only]).distanceAbout(5, only.placed, pixelGround)).toBeNull();
    expect(new Anchors([only]).distanceAbout(5, placed(box(100, 0, 1, 1)), pixelGround)).toBeGreaterThan(5);
  });
  it('knows in which ones a point lies', () => {
    const slanted = {
      placed: placed([
        [
          [0, 0],
          [10, 0],
          [0, 10],
        ],
      ]),
    };
    const square = { placed: placed(box(0, 0, 4, 4)) };
    const index = new Anchors([slanted, square]);
    expect(index.around([1, 1])).toEqual([slanted, square]);
    expect(index.around([6, 2])).toEqual([slanted]);
    // Inside its bounds alone.
    expect(index.around([9, 9])).toEqual([]);
  });
});
