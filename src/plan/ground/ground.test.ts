import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Geotransform, Point } from '../../geo/types.ts';
import type { Georeference } from '../../imagery/place.ts';
import { gradientOf, groundOf, pixelAreaOf, pixelGround, toGround, turnBetween } from './ground.ts';

/** By testing/make_ground.py: PROJ's geodesics. */
const goldens: {
  width: number;
  height: number;
  path: Point[];
  ring: Point[];
  places: Record<
    string,
    { proj4: string; geotransform: Geotransform; lonLat: Point; col: Point; row: Point; length: number; area: number }
  >;
} = JSON.parse(readFileSync(new URL('../testing/ground.json', import.meta.url), 'utf8'));

const affine = (geotransform: Geotransform, given: Partial<Georeference> = {}): Georeference =>
  ({
    kind: 'affine',
    geotransform,
    crs: null,
    crsName: null,
    proj4: null,
    units: 'unknown',
    pixelIsPoint: false,
    ...given,
  }) as Georeference;

const relative = (got: number, wanted: number) => Math.abs(got / wanted - 1);

describe.each(Object.entries(goldens.places))('ground of an image in %s', (_, golden) => {
  const ground = groundOf(affine(golden.geotransform, { proj4: golden.proj4 }), goldens.width, goldens.height);
  it('knows longitude and latitude', () => {
    const [lon, lat] = ground.lonLat(1234.5, 2345.5)!;
    expect(Math.abs(turnBetween(lon, golden.lonLat[0]))).toBeLessThan(1e-8);
    expect(lat).toBeCloseTo(golden.lonLat[1], 8);
  });
  it('knows east and north of a step', () => {
    const frame = ground.frameAt(3000, 500);
    const size = Math.hypot(...golden.col);
    for (const [step, [east, north]] of [
      [[1, 0], golden.col],
      [[0, 1], golden.row],
    ] as [Point, Point][]) {
      const [gotEast, gotNorth] = toGround(frame, step);
      expect(Math.abs(gotEast - east) / size).toBeLessThan(2e-6);
      expect(Math.abs(gotNorth - north) / size).toBeLessThan(2e-6);
    }
  });
  it('measures lines and rings that are straight in the picture', () => {
    expect(relative(ground.length(goldens.path), golden.length)).toBeLessThan(1e-7);
    expect(relative(ground.area(goldens.ring), golden.area)).toBeLessThan(1e-6);
    expect(relative(ground.area([...goldens.ring].reverse()), golden.area)).toBeLessThan(1e-6);
  });
});

describe('groundOf', () => {
  const square: Point[] = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ];
  it('measures in the metres of a CRS that has no longitude and latitude', () => {
    const ground = groundOf(affine([0, 2, 0, 0, 0, -3], { units: 'metre' }), 100, 100);
    expect(ground.kind).toBe('planar');
    expect(ground.lonLat(1, 1)).toBeNull();
    expect(ground.area(square)).toBe(600);
    expect(ground.length([square[0]!, square[1]!, square[2]!])).toBe(50);
  });
  it('converts feet', () => {
    expect(groundOf(affine([0, 1, 0, 0, 0, -1], { units: 'foot' }), 9, 9).length([square[0]!, square[1]!])).toBeCloseTo(
      3.048,
      9,
    );
    // 10 US survey feet are 12,000/3937 m.
    expect(
      groundOf(affine([0, 1, 0, 0, 0, -1], { units: 'us-foot' }), 9, 9).length([square[0]!, square[1]!]),
    ).toBeCloseTo(12000 / 3937, 9);
  });
  it('measures in pixels without a scale', () => {
    for (const georeference of [
      { kind: 'none', reason: 'no tags' } as const,
      affine([0, 1, 0, 0, 0, -1]),
      affine([0, 1, 0, 0, 0, -1], { units: 'degree' }),
      affine([0, 1, 2, 0, 1, 2], { units: 'metre' }),
      // Latitude 5,000° is on no map.
      affine([0, 1, 0, 5000, 0, -1], { proj4: '+proj=longlat +datum=WGS84' }),
    ]) {
      expect(groundOf(georeference, 100, 100).kind).toBe('pixels');
    }
    expect(pixelGround.area(square)).toBe(100);
    expect(toGround(pixelGround.frameAt(0, 0), [3, -4])).toEqual([3, 4]);
  });
  it('tells in which pixel direction a ground direction grows', () => {
    // Turned by a quarter: columns run south, rows run west.
    const ground = groundOf(affine([0, 0, -1, 0, -1, 0], { units: 'metre' }), 100, 100);
    expect(gradientOf(ground.frameAt(0, 0), [0, 1]).map((value) => value + 0)).toEqual([-1, 0]);
    expect(gradientOf(ground.frameAt(0, 0), [1, 0]).map((value) => value + 0)).toEqual([0, -1]);
    expect(pixelAreaOf(ground.frameAt(0, 0))).toBe(1);
  });
});
