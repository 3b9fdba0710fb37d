import { describe, expect, it } from 'vitest';
import { makeToLonLat } from '../../../geo/ground/projection.ts';
import type { Point } from '../../../geo/types.ts';
import type { Georeference } from '../../../imagery/place.ts';
import type { OpenScene } from '../../../session/document.ts';
import { areaWords, lengthWords, measure } from './measuring.ts';

const utm = '+proj=utm +zone=11 +datum=WGS84 +units=m +no_defs';
const square: Point[] = [
  [0, 0],
  [100, 0],
  [100, 100],
  [0, 100],
];

function sceneWith(changes: Partial<Extract<Georeference, { kind: 'affine' }>> | null): OpenScene {
  const georeference = changes
    ? {
        kind: 'affine',
        geotransform: [500_000, 0.5, 0, 4_000_000, 0, -0.5],
        crs: 'EPSG:32611',
        crsName: null,
        proj4: utm,
        units: 'metre',
        pixelIsPoint: false,
        ...changes,
      }
    : { kind: 'none', reason: 'test' };
  return { info: { georeference } } as unknown as OpenScene;
}

function groundOf(scene: OpenScene) {
  const reference = scene.info.georeference;
  const toCrs = (col: number, row: number): Point | null =>
    reference.kind === 'affine' ? [500_000 + 0.5 * col, 4_000_000 - 0.5 * row] : null;
  const toLonLat = (col: number, row: number): Point | null => {
    const crs = toCrs(col, row);
    const project = reference.kind === 'affine' ? makeToLonLat(reference.proj4) : null;
    return crs && project ? project(...crs) : null;
  };
  return { toCrs, toLonLat };
}

describe('measure', () => {
  it('is geodesic if longitude and latitude are known', () => {
    const scene = sceneWith({});
    const distance = measure(groundOf(scene), scene, square.slice(0, 2), 'distance');
    // 50 m on the map; on the zone's meridian the map is 0.9996 of the ground.
    expect(distance.length).toBeCloseTo(50 / 0.9996, 3);
    expect(distance).toMatchObject({ unit: 'metre', area: null, how: 'geodesic on WGS 84' });
    const area = measure(groundOf(scene), scene, square, 'area');
    expect(area.area).toBeCloseTo(2500 / 0.9996 ** 2, 1);
    expect(area.length).toBeCloseTo(200 / 0.9996, 2);
  });

  it('is planar in the units of a CRS without a known way to the ellipsoid', () => {
    const scene = sceneWith({ proj4: null, units: 'us-foot' });
    const area = measure(groundOf(scene), scene, square, 'area');
    expect(area).toMatchObject({ length: 200, area: 2500, unit: 'foot' });
    expect(`${lengthWords(area)} ${areaWords(area)}`).toBe('200 ft 2\u202f500 ft²');
  });

  it('is in pixels without georeferencing, and says why', () => {
    const scene = sceneWith(null);
    const area = measure(groundOf(scene), scene, square, 'area');
    expect(area).toMatchObject({ length: 400, area: 10_000, unit: 'pixel' });
    expect(area.how).toContain('no known location');
    expect(lengthWords(area)).toBe('400 px');
  });
});

describe('areaWords', () => {
  it('chooses the unit by size', () => {
    const words = [12.34, 2340, 12_000, 3_050_000].map((area) => areaWords({ area, unit: 'metre' }));
    expect(words).toEqual(['12.3 m²', '2\u202f340 m²', '1.2 ha', '3.05 km²']);
  });
});
