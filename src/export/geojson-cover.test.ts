import { describe, expect, it } from 'vitest';
import type { CoverRaster } from '../cover/cover-raster.ts';
import { doubleSignedArea } from '../geo/boxes/convex.ts';
import type { Point } from '../geo/types.ts';
import type { Georeference } from '../imagery/place.ts';
import { geojson } from './geojson.ts';
import type { ExportCover } from './types.ts';

const LABELS = ['water', 'trees'];

/** A letter a cell of 4 px; "." for none. */
function coverOf(...lines: string[]): ExportCover {
  const cells = [...lines.join('')];
  const raster: CoverRaster = {
    x: 0,
    y: 0,
    cellWidth: 4,
    cellHeight: 4,
    cols: lines[0]!.length,
    rows: lines.length,
    labels: LABELS,
    probabilities: Uint8Array.from(
      cells.flatMap((cell) => (cell === 'w' ? [204, 51] : cell === 't' ? [0, 255] : [0, 0])),
    ),
  };
  return {
    raster,
    classes: [
      { label: 'water', labelZh: '水体', iou: 0.8 },
      { label: 'trees', labelZh: null, iou: null },
    ],
    createdAt: '2026-11-30T12:00:00.000Z',
    region: { x: 0, y: 0, width: 16, height: 16 },
    coverage: { total: 1, answered: 1, empty: 0, failed: 0 },
    model: { id: 'test', name: 'Test', version: '1', hash: 'abc' },
    adapter: null,
    bands: [],
    stretch: { method: 'percentile', low: 2, high: 98, ranges: [], sampledPixels: 1, sampledLevel: 1 },
  };
}

const place = (west: number, metres = 0): Georeference => ({
  kind: 'affine',
  geotransform: metres > 0 ? [500_000, metres, 0, 0, 0, -metres] : [west, 1e-4, 0, 0.0008, 0, -1e-4],
  crs: null,
  crsName: null,
  proj4: metres > 0 ? null : '+proj=longlat +datum=WGS84',
  units: metres > 0 ? 'metre' : 'degree',
  pixelIsPoint: false,
});

async function exported(cover: ExportCover, where: Georeference) {
  const image = { fileName: 'a.tif', width: 16, height: 16, bands: [] };
  const blob = await geojson.write({ image, place: where, answers: [], objects: [], cover });
  // biome-ignore lint/suspicious/noExplicitAny: parsed JSON, looked into freely
  return JSON.parse(await blob.text()) as any;
}

describe('land cover as GeoJSON', () => {
  it('has a polygon for each patch, with its hole, area and confidence', async () => {
    const { features, nadir } = await exported(coverOf('wwww', 'wttw', 'wwww', 't...'), place(0, 2));
    expect(nadir.landCover).toMatchObject({
      classes: [
        { label: 'water', iou: 0.8 },
        { label: 'trees', iou: null },
      ],
      tiles: { total: 1 },
      modelHash: 'abc',
    });
    expect(features.map(({ properties }: { properties: object }) => properties)).toEqual([
      { landCover: 'water', landCoverZh: '水体', areaSquareMetres: 10 * 64, cells: 10, confidence: 0.8 },
      { landCover: 'trees', areaSquareMetres: 2 * 64, cells: 2, confidence: 1 },
      { landCover: 'trees', areaSquareMetres: 64, cells: 1, confidence: 1 },
    ]);
    // Without a way to degrees coordinates are pixels.
    const [water] = features;
    expect(water.geometry.type).toBe('Polygon');
    expect(water.geometry.coordinates).toHaveLength(2);
    expect(water.geometry.coordinates[1]).toContainEqual([4, 4]);
  });

  it('follows RFC 7946: degrees, outer rings counter-clockwise and holes clockwise, closed', async () => {
    const { features } = await exported(coverOf('wwww', 'wttw', 'wwww', 'wwww'), place(10));
    const [outer, hole] = features[0].geometry.coordinates as [Point[], Point[]];
    expect(outer[0]).toEqual(outer.at(-1));
    expect(hole[0]).toEqual(hole.at(-1));
    expect(doubleSignedArea(outer)).toBeGreaterThan(0);
    expect(doubleSignedArea(hole)).toBeLessThan(0);
    expect(outer).toContainEqual([10, 0.0008]);
    // 14 cells of 4e-4° a side, at the equator; 110,574 m and 111,320 m a degree.
    expect(features[0].properties.areaSquareMetres / (14 * 44.2298 * 44.5278)).toBeCloseTo(1, 4);
  });

  it('is cut at the antimeridian, each hole with its part', async () => {
    const { features } = await exported(coverOf('wwww', 'wwtw', 'wwww', 'wwww'), place(179.9994));
    const { type, coordinates } = features[0].geometry as { type: string; coordinates: Point[][][] };
    expect(type).toBe('MultiPolygon');
    expect(coordinates.map((rings) => rings.length).sort()).toEqual([1, 2]);
    expect(coordinates.flat(2).every(([lon]) => lon >= -180 && lon <= 180)).toBe(true);
    const east = coordinates.find((rings) => rings.length === 2)!;
    expect(east[0]!.every(([lon]) => lon < 0)).toBe(true);
  });

  it('is in pixels without a place', async () => {
    const { features, nadir } = await exported(coverOf('wt', 'ww'), { kind: 'none', reason: 'test' });
    expect(nadir.coordinates).toBe('pixel');
    expect(features[0].properties).toEqual({
      landCover: 'water',
      landCoverZh: '水体',
      areaPixels: 48,
      cells: 3,
      confidence: 0.8,
    });
  });
});
