import { describe, expect, it } from 'vitest';
import type { Point, RotatedBox } from '../../geo/types.ts';
import { groundOf, pixelGround } from './ground.ts';
import { areaOf, boundsOf, hasOutline, isInside, lengthOf, perimeterOf, shapeOf } from './shape.ts';

const thing = (box: Partial<RotatedBox>, rings: Point[][] | null = null) => ({
  id: 'a',
  box: { cx: 0, cy: 0, w: 6, h: 4, thetaDeg: 0, ...box },
  rings,
  score: null,
});
const square: Point[] = [
  [0, 0],
  [4, 0],
  [4, 4],
  [0, 4],
];

describe('sizes', () => {
  it('are those of the outline, else of the box', () => {
    expect(areaOf(thing({}), pixelGround)).toBe(24);
    expect(areaOf(thing({}, [square]), pixelGround)).toBe(16);
    expect(perimeterOf(thing({}), pixelGround)).toBe(20);
    expect(perimeterOf(thing({}, [square]), pixelGround)).toBe(16);
    expect(lengthOf(thing({ thetaDeg: 30 }), pixelGround, false)).toBeCloseTo(6, 9);
  });
  it('add up over the outer rings', () => {
    const apart = square.map(([x, y]): Point => [x + 10, y]);
    expect(areaOf(thing({}, [square, apart]), pixelGround)).toBe(32);
    // From 0 to 14 across.
    expect(lengthOf(thing({}, [square, apart]), pixelGround, false)).toBeCloseTo(14, 9);
  });
  it('skip rings without an area', () => {
    expect(
      hasOutline(
        thing({}, [
          [
            [0, 0],
            [1, 1],
          ],
        ]),
      ),
    ).toBe(false);
    expect(areaOf(thing({}, [[]]), pixelGround)).toBe(24);
  });
  it('follow a line that bends', () => {
    // A road 2 wide along an L of 100 and 60: its middle is 158 long; the rectangle around it 100.
    const road: Point[] = [
      [0, 0],
      [100, 0],
      [100, 60],
      [98, 60],
      [98, 2],
      [0, 2],
    ];
    // P = 100 + 60 + 2 + 58 + 98 + 2 = 320, A = 100·2 + 58·2 = 316: the ribbon is (320 + √(320² − 16·316))/4 = 158.
    expect(lengthOf(thing({}, [road]), pixelGround, true)).toBeCloseTo(158, 1);
    expect(lengthOf(thing({}, [road]), pixelGround, false)).toBeCloseTo(100, 9);
    // Without an outline there is only the box; a disc is no ribbon but has a length.
    expect(lengthOf(thing({}), pixelGround, true)).toBeCloseTo(6, 9);
    const disc = Array.from(
      { length: 64 },
      (_, i): Point => [Math.cos((i * Math.PI) / 32), Math.sin((i * Math.PI) / 32)],
    );
    expect(lengthOf(thing({}, [disc]), pixelGround, true)).toBeCloseTo(Math.PI / 2, 2);
  });
  it('are those of the ground where pixels are oblong', () => {
    const ground = groundOf(
      {
        kind: 'affine',
        geotransform: [0, 1, 0, 0, 0, -3],
        crs: null,
        crsName: null,
        proj4: null,
        units: 'metre',
        pixelIsPoint: false,
      },
      10,
      10,
    );
    // 6 × 4 pixels are 6 × 12 m: the shorter side in pixels is the longer one.
    expect(lengthOf(thing({}), ground, false)).toBeCloseTo(12, 9);
    expect(areaOf(thing({}), ground)).toBe(72);
  });
});

describe('isInside', () => {
  it('leaves out holes', () => {
    const hole: Point[] = [
      [1, 1],
      [3, 1],
      [3, 3],
      [1, 3],
    ];
    expect(isInside([square], [2, 2])).toBe(true);
    expect(isInside([square, hole], [2, 2])).toBe(false);
    expect(isInside([square, hole], [0.5, 2])).toBe(true);
    expect(isInside([], [2, 2])).toBe(false);
  });
  it('gives a point on the line between two halves to one of them', () => {
    const left: Point[] = [
      [0, 0],
      [2, 0],
      [2, 4],
      [0, 4],
    ];
    const right = left.map(([x, y]): Point => [x + 2, y]);
    for (const y of [0, 1, 3.5]) {
      expect([left, right].filter((half) => isInside([half], [2, y]))).toHaveLength(1);
    }
  });
});

it('bounds a shape', () => {
  expect(boundsOf(shapeOf(thing({ cx: 10, cy: 20, thetaDeg: 90 })))).toEqual({
    left: expect.closeTo(8, 9),
    right: expect.closeTo(12, 9),
    top: expect.closeTo(17, 9),
    bottom: expect.closeTo(23, 9),
  });
});
