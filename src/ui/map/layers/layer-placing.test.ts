import { describe, expect, it } from 'vitest';
import { makePixelMap, type Placement } from '../../../geo/ground/placement.ts';
import { ownPlacing, placingOf } from './layer-placing.ts';

const utm = '+proj=utm +zone=11 +datum=WGS84 +units=m +no_defs';
const north: Placement = { geotransform: [500_000, 1, 0, 4_000_000, 0, -1], crs: 'EPSG:32611', proj4: utm };
const size = { width: 1000, height: 800 };

function placed(layer: Placement) {
  return placingOf(size, makePixelMap(layer, north)!, makePixelMap(north, layer)!);
}

describe('placingOf', () => {
  it('reads a shifted, finer layer of the same CRS by a straight window', () => {
    const placing = placed({ ...north, geotransform: [500_100, 0.25, 0, 3_999_900, 0, -0.25] })!;
    expect(placing.extent).toEqual({ x: 100, y: 100, width: 250, height: 200 });
    // Four of its pixels lie on one of the map's: tiles go down to a quarter of a map pixel.
    expect(placing.resolutions.at(-1)).toBe(0.25);
    expect(placing.resolutions[0]! * 256).toBeGreaterThanOrEqual(250);
    expect(placing.sourceOf({ x: 110, y: 120, width: 64, height: 64 })).toEqual({
      window: { x: 40, y: 80, width: 256, height: 256 },
    });
  });

  it('stops at the pixels of a coarser layer', () => {
    expect(placed({ ...north, geotransform: [500_000, 10, 0, 4_000_000, 0, -10] })!.resolutions.at(-1)).toBe(8);
  });

  it('follows a turned layer, and a south-up one, by a grid of positions', () => {
    const turned = placed({ ...north, geotransform: [500_000, 0.8, 0.6, 4_000_000, 0.6, -0.8] })!;
    const source = turned.sourceOf({ x: 0, y: 0, width: 256, height: 256 })!;
    expect(source.grid?.points).toHaveLength(9 * 9 * 2);
    const [x, y] = [source.grid!.points.at(-2)!, source.grid!.points.at(-1)!];
    expect(Math.hypot(x, y)).toBeCloseTo(Math.hypot(256, 256), 6);
    const southUp = placed({ ...north, geotransform: [500_000, 1, 0, 3_999_200, 0, 1] })!;
    expect(southUp.sourceOf({ x: 0, y: 0, width: 256, height: 256 })?.grid).toBeDefined();
  });

  it('says that it cannot when nothing of the edge can be placed', () => {
    expect(
      placingOf(
        size,
        () => [Number.NaN, Number.NaN],
        () => [0, 0],
      ),
    ).toBeNull();
  });
});

describe('ownPlacing', () => {
  it('is the scene itself', () => {
    const window = { x: 1, y: 2, width: 3, height: 4 };
    expect(ownPlacing(size).sourceOf(window)).toEqual({ window });
    expect(ownPlacing(size).resolutions).toEqual([4, 2, 1]);
  });
});
