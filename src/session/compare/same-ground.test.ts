import { describe, expect, it } from 'vitest';
import type { Geotransform, Point } from '../../geo/types.ts';
import type { Georeference } from '../../imagery/place.ts';
import { sceneInfo } from '../fakes.ts';
import { boundsOf, matchScenes, quadIn } from './same-ground.ts';

const UTM11 = '+proj=utm +zone=11 +datum=WGS84 +units=m +no_defs';
const LONLAT = '+proj=longlat +datum=WGS84 +no_defs';

function placed(
  geotransform: Geotransform,
  proj4: string | null = UTM11,
  crs: string | null = 'EPSG:32611',
): Georeference {
  return { kind: 'affine', geotransform, crs, crsName: crs, proj4, units: 'metre', pixelIsPoint: false };
}

const none: Georeference = { kind: 'none', reason: 'test' };
const scene = (georeference: Georeference, width = 100, height = 100) =>
  sceneInfo({ fileName: `${width}.tif`, width, height, georeference });
const later = placed([500000, 0.5, 0, 3800000, 0, -0.5]);

describe('matchScenes', () => {
  it('maps pixels to the same pixels if neither image has a place', () => {
    expect(matchScenes(scene(none), scene(none))(12.5, 7)).toEqual([12.5, 7]);
  });

  it('maps pixels to the same pixels at one place, even if the coordinate system is unknown', () => {
    const unknown = placed([10, 1, 0, 20, 0, -1], null, null);
    expect(matchScenes(scene(unknown), scene(unknown))(3, 4)).toEqual([3, 4]);
  });

  it('maps through the ground if size and resolution differ', () => {
    // The earlier image starts 10 m further west and north and has pixels of 1 m.
    const toBefore = matchScenes(scene(later), scene(placed([499990, 1, 0, 3800010, 0, -1]), 300, 300));
    const [col, row] = toBefore(20, 40);
    expect(col).toBeCloseTo(10 + 10, 6);
    expect(row).toBeCloseTo(10 + 20, 6);
  });

  it('maps from one coordinate system to another, with the rotation between them', () => {
    // Easting 300 km west of the central meridian: degrees are turned by about a degree against the grid there.
    const west = placed([200000, 1, 0, 3800000, 0, -1]);
    const degrees = placed([-120.3, 1e-5, 0, 34.35, 0, -1e-5], LONLAT, 'EPSG:4326');
    const toBefore = matchScenes(scene(west), scene(degrees, 10000, 10000));
    // GDAL (rasterio.warp.transform) from EPSG:32611 to EPSG:4326.
    const degreesOf = ([col, row]: Point) => [-120.3 + col * 1e-5, 34.35 - row * 1e-5];
    const [lon, lat] = degreesOf(toBefore(0, 0));
    expect(lon).toBeCloseTo(-120.25936537, 7);
    expect(lat).toBeCloseTo(34.29791129, 7);
    const [lonIn, latIn] = degreesOf(toBefore(50, 20));
    expect(lonIn).toBeCloseTo(-120.25881596, 7);
    expect(latIn).toBeCloseTo(34.29774565, 7);
    const [a, b] = quadIn({ x: 0, y: 0, width: 100, height: 100 }, toBefore);
    expect(Math.atan2(b[1] - a[1], b[0] - a[0])).not.toBeCloseTo(0, 2);
  });

  it.each([
    ['sizes that differ without places', scene(none), scene(none, 120), /120 × 100 px/],
    ['one image without a place', scene(later), scene(none), /no georeferencing/],
    ['a place nobody can convert', scene(later), scene(placed([0, 1, 0, 0, 0, -1], null, null)), /can't be converted/],
    ['other ground', scene(later), scene(placed([600000, 0.5, 0, 3800000, 0, -0.5])), /other ground/],
  ])('refuses %s', (_, after, before, words) => {
    expect(() => matchScenes(after, before)).toThrow(
      expect.objectContaining({ code: 'SCENES_DO_NOT_MATCH', message: expect.stringMatching(words) }),
    );
  });
});

it('bounds a rotated quad', () => {
  expect(
    boundsOf([
      [5, 0],
      [10, 5],
      [5, 10],
      [0, 5],
    ]),
  ).toEqual({ x: 0, y: 0, width: 10, height: 10 });
});
