import { describe, expect, it } from 'vitest';
import { applyGeotransform } from '../../geo/ground/affine.ts';
import { makeToLonLat } from '../../geo/ground/projection.ts';
import { computeStretch } from '../read/stretch.ts';
import { readPlanes } from '../read/window.ts';
import type { RasterScene } from '../scene.ts';
import { type GoldenFile, type GoldenNumber, goldenNumber, openFixture, readGoldens } from '../testing.ts';

interface GoldenRead {
  file: string;
  window: [number, number, number, number];
  out: [number, number];
  method: 'average' | 'nearest' | 'bilinear';
  samples: [number, GoldenNumber][];
}

const goldens = readGoldens<{ files: Record<string, GoldenFile>; reads: GoldenRead[] }>('goldens.json');

// We show a palette's and an inverted image's colours, GDAL gives the stored numbers; WebP needs a browser.
const SHOWN_OTHERWISE = new Set(['palette.tif', 'white-is-zero.tif']);
const BROWSER_ONLY = new Set(['webp.tif']);
const files = Object.entries(goldens.files).filter(([name]) => !BROWSER_ONLY.has(name));

describe.each(files)('%s as GDAL reads it', (name, golden) => {
  it('has the same size, bands, nodata and place', async () => {
    const scene = await openFixture(name);
    expect([scene.width, scene.height]).toEqual([golden.width, golden.height]);
    if (name !== 'palette.tif') expect(scene.bands).toHaveLength(golden.count);
    expect(scene.bands[0]!.nodata?.value ?? null).toEqual(golden.nodata === null ? null : goldenNumber(golden.nodata));
    expectSamePlace(scene, golden);
  });
});

describe.each(files.filter(([name]) => !SHOWN_OTHERWISE.has(name)))('%s as GDAL reads it', (name, golden) => {
  it('has the same pixels and the same 2–98 % stretch', async () => {
    const scene = await openFixture(name);
    for (const { at, values } of golden.probes) {
      const pixel = await scene.readPixel(at[0], at[1]);
      values.forEach((value, band) => {
        expectClose(pixel?.[band] ?? Number.NEGATIVE_INFINITY, goldenNumber(value), 0);
      });
    }
    const stretch = await computeStretch(scene, 'percentile', 2, 98);
    const [low, high] = golden.stretch!.map(goldenNumber) as [number, number];
    const [black, white] = stretch.ranges[0]!;
    // A single value has no range; half a step to both sides shows it as mid grey.
    const [expectedLow, expectedHigh] = low === high ? [low - 0.5, high + 0.5] : [low, high];
    expectClose(black, expectedLow, Math.abs(low) * 1e-6);
    expectClose(white, expectedHigh, Math.abs(high) * 1e-6);
  });
});

function expectSamePlace(scene: RasterScene, golden: GoldenFile): void {
  const { georeference } = scene;
  if (golden.geotransform === null) {
    // GDAL hands control points on without fitting them.
    if (golden.gcps) expect(georeference).toMatchObject({ source: expect.stringContaining('ground control points') });
    else expect(georeference.kind).toBe('none');
    return;
  }
  if (georeference.kind !== 'affine') throw new Error(`expected a geotransform, got: ${georeference.reason}`);
  georeference.geotransform.forEach((value, i) => {
    expectClose(value, golden.geotransform![i]!, 1e-9 * Math.max(1, Math.abs(golden.geotransform![i]!)));
  });
  const toLonLat = makeToLonLat(georeference.proj4);
  if (golden.lonLatCorners === null) {
    expect(toLonLat).toBeNull();
    return;
  }
  const corners = [
    [0, 0],
    [scene.width, 0],
    [scene.width, scene.height],
    [0, scene.height],
  ] as const;
  corners.forEach(([col, row], i) => {
    const [lon, lat] = toLonLat!(...applyGeotransform(georeference.geotransform, col, row));
    const [goldenLon, goldenLat] = golden.lonLatCorners![i]!.map(goldenNumber) as [number, number];
    const turn = lon - goldenLon;
    expectClose(turn - 360 * Math.round(turn / 360), 0, 1e-7);
    expectClose(lat, goldenLat, 1e-7);
  });
}

describe.each(goldens.reads)('$file window $window → $out, $method', (read) => {
  it('equals GDAL’s resampling', async () => {
    const scene = await openFixture(read.file);
    const [x, y, width, height] = read.window;
    const [plane] = await readPlanes(
      scene,
      {
        window: { x, y, width, height },
        outWidth: read.out[0],
        outHeight: read.out[1],
        resampling: read.method === 'average' ? 'area' : read.method,
      },
      [0],
      null,
    );
    // GDAL rounds to the file's integers.
    const tolerance = read.method === 'nearest' ? 0 : 0.5 + 1e-3;
    expect(read.samples.length).toBeGreaterThan(0);
    for (const [i, value] of read.samples) expectClose(plane![i]!, goldenNumber(value), tolerance);
  });
});

/** |actual − expected| ≤ tolerance, where NaN equals NaN only. */
function expectClose(actual: number, expected: number, tolerance: number): void {
  if (Number.isNaN(expected)) expect(actual).toBeNaN();
  else
    expect(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`).toBe(true);
}
