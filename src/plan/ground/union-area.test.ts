import { describe, expect, it } from 'vitest';
import type { Point } from '../../geo/types.ts';
import { twoMetreGround } from '../testing/evidence.ts';
import { pixelGround } from './ground.ts';
import { isInside, type Shape } from './shape.ts';
import { unionArea } from './union-area.ts';
import { unionAreaPx } from './union-area-px.ts';

const box = (x: number, y: number, w: number, h: number): Shape => [
  [
    [x, y],
    [x + w, y],
    [x + w, y + h],
    [x, y + h],
  ],
];

describe('unionAreaPx', () => {
  it('counts ground once', () => {
    expect(unionAreaPx([box(0, 0, 10, 10)], null)).toBe(100);
    expect(unionAreaPx([box(0, 0, 10, 10), box(5, 5, 10, 10)], null)).toBe(175);
    expect(unionAreaPx([box(0, 0, 10, 10), box(0, 0, 10, 10)], null)).toBe(100);
    expect(unionAreaPx([box(0, 0, 10, 10), box(2, 2, 3, 3)], null)).toBe(100);
    expect(unionAreaPx([box(0, 0, 10, 10), box(10, 0, 10, 10)], null)).toBe(200);
    expect(unionAreaPx([], null)).toBe(0);
  });
  it('stays inside the clip, holes and all', () => {
    expect(unionAreaPx([box(0, 0, 10, 10)], box(5, 5, 10, 10))).toBe(25);
    expect(unionAreaPx([box(0, 0, 10, 10)], box(20, 5, 10, 10))).toBe(0);
    // The rim of a square of 10 around a hole of 6.
    const rim: Shape = [...box(0, 0, 10, 10), ...box(2, 2, 6, 6)];
    expect(unionAreaPx([box(0, 0, 10, 10)], rim)).toBe(64);
    expect(unionAreaPx([box(0, 0, 10, 10)], [])).toBe(0);
  });
  it('cuts at crossings of slanted edges', () => {
    // Two triangles of area 50, mirror images, that cross at (5, 5): together 75.
    const a: Shape = [
      [
        [0, 0],
        [10, 0],
        [0, 10],
      ],
    ];
    const b: Shape = [
      [
        [0, 0],
        [10, 0],
        [10, 10],
      ],
    ];
    expect(unionAreaPx([a, b], null)).toBeCloseTo(75, 9);
  });
  it('agrees with counting points of a fine grid', () => {
    let seed = 11;
    const random = () => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    const star = (cx: number, cy: number): Shape => [
      Array.from({ length: 9 }, (_, i): Point => {
        const angle = (i * 2 * Math.PI) / 9;
        const radius = 5 + random() * 15;
        return [cx + radius * Math.cos(angle), cy + radius * Math.sin(angle)];
      }),
    ];
    const shapes = Array.from({ length: 12 }, () => star(20 + random() * 60, 20 + random() * 60));
    const clip = star(50, 50).map((ring) => ring.map(([x, y]): Point => [50 + 2.5 * (x - 50), 50 + 2.5 * (y - 50)]));
    const step = 0.1;
    let inside = 0;
    for (let x = step / 2; x < 100; x += step) {
      for (let y = step / 2; y < 100; y += step) {
        if (isInside(clip, [x, y]) && shapes.some((shape) => isInside(shape, [x, y]))) inside++;
      }
    }
    // A grid of 0.1 errs by about its step along the border, in both directions.
    expect(Math.abs(unionAreaPx(shapes, clip) - inside * step * step)).toBeLessThan(3);
    expect(unionAreaPx(shapes, clip)).toBeGreaterThan(500);
  });
});

describe('unionArea', () => {
  const ground = twoMetreGround;
  it('adds groups that lie apart', () => {
    const shapes = [box(0, 0, 10, 10), box(5, 5, 10, 10), box(50, 0, 10, 10), box(0, 50, 5, 5), box(3, 40, 50, 2)];
    expect(unionArea(shapes, null, pixelGround)).toBeCloseTo(175 + 100 + 25 + 100, 9);
    expect(unionArea(shapes, null, ground)).toBeCloseTo(4 * 400, 9);
    expect(unionArea([...shapes].reverse(), box(0, 0, 100, 20), pixelGround)).toBeCloseTo(275, 9);
  });
  it('joins groups that a later shape connects', () => {
    const shapes = [box(0, 0, 10, 10), box(0, 20, 10, 10), box(2, 5, 2, 20), box(9, 0, 5, 30)];
    // 200 + the bar's 20 between them, + 150 less the two overlaps of 10.
    expect(unionArea(shapes, null, pixelGround)).toBeCloseTo(200 + 20 + 150 - 20, 9);
  });
});

describe('unionArea of many shapes that overlap', () => {
  let seed = 5;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  const many = Array.from({ length: 600 }, () =>
    box(random() * 400, random() * 400, 5 + random() * 40, 5 + random() * 20),
  );

  it('is that of all of them at once', () => {
    expect(unionArea(many, null, pixelGround)).toBeCloseTo(unionAreaPx(many, null), 6);
    const hole: Shape = [...box(50, 50, 250, 300), ...box(120, 110, 60, 90)];
    expect(unionArea(many, hole, pixelGround)).toBeCloseTo(unionAreaPx(many, hole), 6);
  });
  it('is found where all lie on one another', () => {
    const piled = Array.from({ length: 120 }, (_, i) => box(i / 100, 0, 300, 300));
    expect(unionArea(piled, null, pixelGround)).toBeCloseTo(301.19 * 300, 6);
  });
});
