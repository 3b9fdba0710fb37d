import type { Feature, Geometry } from 'geojson';
import { describe, expect, it } from 'vitest';
import { placeFeatures } from './place.ts';

const feature = (geometry: Geometry | null) => ({ type: 'Feature', geometry, properties: {} }) as Feature;
const point = (lon: number, lat: number) => feature({ type: 'Point', coordinates: [lon, lat] });
/** Ten pixels a degree, from the upper left at 0° east, 10° north; nothing north of 80°. */
const image = {
  toPixel: (lon: number, lat: number) => (lat > 80 ? null : ([lon * 10, (10 - lat) * 10] as const)),
  centreLonDeg: null,
};

describe('placeFeatures', () => {
  it('lays points, lines and polygons with holes, and says what they cover', () => {
    const hole = [
      [1, 1],
      [2, 1],
      [1, 2],
      [1, 1],
    ];
    const outer = [
      [0, 0],
      [4, 0],
      [0, 4],
      [0, 0],
    ];
    const { shapes, unplaced, extent } = placeFeatures(
      [
        point(5, 6),
        feature({
          type: 'MultiLineString',
          coordinates: [
            [
              [0, 1],
              [1, 1],
            ],
            [
              [2, 2],
              [3, 3],
            ],
          ],
        }),
        feature({ type: 'Polygon', coordinates: [outer, hole] }),
        feature({
          type: 'GeometryCollection',
          geometries: [
            {
              type: 'MultiPoint',
              coordinates: [
                [7, 8],
                [-1, 9],
              ],
            },
          ],
        }),
      ],
      image,
    );
    expect(unplaced).toBe(0);
    expect(shapes.map(({ kind }) => kind)).toEqual(['point', 'line', 'line', 'polygon', 'point', 'point']);
    expect(shapes[0]).toEqual({ kind: 'point', at: [50, 40] });
    expect(shapes[3]).toMatchObject({ rings: [{ length: 4 }, { 1: [20, 90] }] });
    expect(extent).toEqual({ x: -10, y: 10, width: 80, height: 90 });
  });

  it('omits and counts features without a pixel or a geometry', () => {
    const half = feature({
      type: 'LineString',
      coordinates: [
        [0, 0],
        [0, 85],
      ],
    });
    const empty = feature({ type: 'MultiPoint', coordinates: [] });
    const { shapes, unplaced } = placeFeatures([point(1, 85), half, feature(null), empty, point(1, 1)], image);
    expect([shapes.length, unplaced]).toEqual([1, 4]);
    expect(placeFeatures([feature(null)], image).extent).toBeNull();
  });

  it('numbers longitudes like an image across the antimeridian, part by part', () => {
    const beyond = { ...image, centreLonDeg: 180 };
    const split = feature({
      type: 'MultiPoint',
      coordinates: [
        [179, 0],
        [-179, 0],
      ],
    });
    expect(placeFeatures([split], beyond).shapes).toEqual([
      { kind: 'point', at: [1790, 100] },
      { kind: 'point', at: [1810, 100] },
    ]);
    const world = feature({
      type: 'LineString',
      coordinates: [
        [-180, 0],
        [180, 0],
      ],
    });
    expect(placeFeatures([world], { ...image, centreLonDeg: 10 }).extent).toMatchObject({ x: -1800, width: 3600 });
  });
});
