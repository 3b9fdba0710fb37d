import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { applyGeotransform, invertGeotransform } from '../../geo/ground/affine.ts';
import { groundDistanceMetres } from '../../geo/ground/gsd.ts';
import { makeToLonLat } from '../../geo/ground/projection.ts';
import { NadirError } from '../../lib/errors.ts';
import { computeStretch } from '../read/stretch.ts';
import type { RasterScene } from '../scene.ts';
import { type GoldenFile, goldenNumber, openPath, readGoldens } from '../testing.ts';

/**
 * Third-party imagery isn't part of the repository. If there is a collection beside it (../shared/data), every file is
 * opened and compared with GDAL's results (reference.py). Otherwise this suite says that it skipped.
 */
const COLLECTION = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
const present = existsSync(COLLECTION);
if (!present) console.warn('Skipped: no collection of real imagery beside the repository (../shared/data).');

type Verdict = 'right' | 'refused' | 'refused by GDAL too' | 'opened, GDAL refuses';

async function judge(path: string, golden: GoldenFile): Promise<{ verdict: Verdict; isPlaced: boolean }> {
  let scene: RasterScene;
  const failed = golden.error ?? golden.pixelError;
  try {
    scene = await openPath(path);
    await computeStretch(scene, 'percentile', 2, 98);
  } catch (error) {
    // Anything but a NadirError is a crash.
    expect(error).toBeInstanceOf(NadirError);
    expect((error as NadirError).code).not.toBe('INTERNAL');
    return { verdict: failed ? 'refused by GDAL too' : 'refused', isPlaced: false };
  }
  if (failed) return { verdict: 'opened, GDAL refuses', isPlaced: false };
  expect([scene.width, scene.height]).toEqual([golden.width, golden.height]);
  await expectSamePixels(scene, golden);
  return { verdict: 'right', isPlaced: expectSamePlace(scene, golden) };
}

async function expectSamePixels(scene: RasterScene, golden: GoldenFile): Promise<void> {
  const shownAsColours = scene.bands.length !== golden.count || scene.bands[0]!.name.includes('(from ');
  if (shownAsColours) return;
  for (const { at, values } of golden.probes) {
    const pixel = await scene.readPixel(at[0], at[1]);
    values.forEach((value, band) => {
      const expected = goldenNumber(value);
      const actual = pixel![band]!;
      const same = Number.isNaN(expected) ? Number.isNaN(actual) : actual === expected;
      expect(same, `pixel ${at}, band ${band}: ${actual}, GDAL ${expected}`).toBe(true);
    });
  }
}

/** False if there was no longitude and latitude to compare. */
function expectSamePlace(scene: RasterScene, golden: GoldenFile): boolean {
  const { georeference } = scene;
  // GDAL hands control points on without fitting them; npm run check:imagery compares the fits.
  if (golden.gcps) return false;
  expect(georeference.kind === 'affine').toBe(golden.geotransform !== null);
  if (georeference.kind !== 'affine' || !golden.lonLatCorners) return false;
  const toLonLat = makeToLonLat(georeference.proj4);
  // No lon/lat is an honest answer; a wrong one isn't.
  if (!toLonLat) return false;
  const corners = [
    [0, 0],
    [scene.width, 0],
    [scene.width, scene.height],
    [0, scene.height],
  ] as const;
  let compared = 0;
  for (const [i, [col, row]] of corners.entries()) {
    const place = toLonLat(...applyGeotransform(georeference.geotransform, col, row));
    const [lon, lat] = golden.lonLatCorners[i]!.map(goldenNumber) as [number, number];
    if (!place.every(Number.isFinite)) continue;
    expect(groundDistanceMetres(place, [lon, lat]), `corner ${i}`).toBeLessThan(0.05);
    compared++;
  }
  return compared > 0;
}

describe.skipIf(!present)('real and derived GeoTIFFs, against GDAL', () => {
  it('open correctly or are refused with a reason', async () => {
    const goldens = Object.entries(readGoldens<Record<string, GoldenFile>>('collection-goldens.json'));
    const tally: Record<Verdict, number> = {
      right: 0,
      refused: 0,
      'refused by GDAL too': 0,
      'opened, GDAL refuses': 0,
    };
    const missing: string[] = [];
    let placed = 0;
    for (const [name, golden] of goldens) {
      const path = `${COLLECTION}geotiff/${name}`;
      if (!existsSync(path)) {
        missing.push(name);
        continue;
      }
      try {
        const { verdict, isPlaced } = await judge(path, golden);
        tally[verdict]++;
        placed += Number(isPlaced);
      } catch (cause) {
        throw new Error(`${name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
      }
    }
    console.info(`${goldens.length} files:`, tally, `${placed} with their corners in longitude and latitude`);
    expect(missing).toEqual([]);
    expect(tally.right).toBeGreaterThanOrEqual(201);
    expect(placed).toBeGreaterThanOrEqual(105);
  }, 300_000);
});

describe.skipIf(!present)('four-band NAIP whose near infrared is tagged as alpha', () => {
  const goldens = Object.entries(readGoldens<Record<string, GoldenFile>>('naip-goldens.json'));

  it.each(goldens)('%s', async (name, golden) => {
    const scene = await openPath(`${COLLECTION}eval/${name}`);
    expect(scene.defaultBands).toEqual({ red: 0, green: 1, blue: 2, nir: 3 });
    expect(scene.bands[3]!.role).not.toBe('alpha');
    await expectSamePixels(scene, golden);
    const stretch = await computeStretch(scene, 'percentile', 2, 98);
    expect(stretch.ranges[0]).toEqual(golden.stretch);

    const { georeference } = scene;
    if (georeference.kind !== 'affine') throw new Error('no geotransform');
    const toPixel = invertGeotransform(georeference.geotransform);
    const toLonLat = makeToLonLat(georeference.proj4)!;
    const corners = [
      [0, 0],
      [256, 0],
      [256, 256],
      [0, 256],
    ] as const;
    corners.forEach(([col, row], i) => {
      const onGround = applyGeotransform(golden.geotransform as unknown as typeof toPixel, col, row);
      const [ourCol, ourRow] = applyGeotransform(toPixel, ...onGround);
      expect(Math.hypot(ourCol - col, ourRow - row)).toBeLessThan(0.001);
      const place = toLonLat(...applyGeotransform(georeference.geotransform, col, row));
      const [lon, lat] = golden.lonLatCorners![i]!.map(goldenNumber) as [number, number];
      const pixels = groundDistanceMetres(place, [lon, lat]) / 0.6;
      expect(pixels).toBeLessThan(0.1);
    });
  });
});
