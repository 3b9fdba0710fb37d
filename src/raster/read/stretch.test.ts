import { describe, expect, it } from 'vitest';
import { fakeScene, openFixture } from '../testing.ts';
import { brightnessOf } from './brightness.ts';
import { computeHistograms, computeStretch } from './stretch.ts';

const sceneOf = fakeScene;

describe('computeStretch', () => {
  it('interpolates percentiles between ranks, of integers and of fractions alike', async () => {
    const integers = await computeStretch(sceneOf(101, 1, (x) => x).scene, 'percentile', 2.5, 97.5);
    expect(integers.ranges[0]).toEqual([2.5, 97.5]);
    const fractions = await computeStretch(sceneOf(101, 1, (x) => x / 8).scene, 'percentile', 2.5, 97.5);
    expect(fractions.ranges[0]).toEqual([2.5 / 8, 97.5 / 8]);
  });

  it('skips invalid pixels', async () => {
    const { scene } = sceneOf(100, 1, (x) => (x < 50 ? Number.NaN : x));
    expect((await computeStretch(scene, 'minmax', 0, 0)).ranges[0]).toEqual([50, 99]);
  });

  it('is usable for one value, and for none', async () => {
    expect((await computeStretch(sceneOf(5, 5, () => 7).scene, 'percentile', 2, 98)).ranges[0]).toEqual([6.5, 7.5]);
    expect((await computeStretch(sceneOf(5, 5, () => Number.NaN).scene, 'percentile', 2, 98)).ranges[0]).toEqual([
      0, 1,
    ]);
  });

  it('uses the type’s range for "none"', async () => {
    const stretch = await computeStretch(await openFixture('rgbn-u16-nodata.tif'), 'none', 2, 98);
    expect(stretch.ranges).toEqual([
      [0, 65535],
      [0, 65535],
      [0, 65535],
      [0, 65535],
    ]);
  });

  it('uses a spread, stated sample of a large scene', async () => {
    const { scene, pixelsRead } = sceneOf(4000, 8000, (_, y) => y, 4);
    const stretch = await computeStretch(scene, 'percentile', 2, 98);
    expect(stretch.sampledPixels).toBe(pixelsRead());
    expect(stretch.sampledPixels).toBeLessThanOrEqual(2048 * 2048);
    expect(stretch.ranges[0]![0]).toBeCloseTo(160, -2);
    expect(stretch.ranges[0]![1]).toBeCloseTo(7840, -2);
  });

  it('is the same at every call', async () => {
    const scene = await openFixture('jpeg-ycbcr.tif');
    const first = await computeStretch(scene, 'percentile', 2, 98);
    expect(await computeStretch(await openFixture('jpeg-ycbcr.tif'), 'percentile', 2, 98)).toEqual(first);
  });
});

describe('a part of the scene, and other rules', () => {
  it('uses only the window, and says so', async () => {
    const { scene } = sceneOf(100, 100, (x, y) => (x >= 50 && y >= 50 ? 1000 + x : x));
    const window = { x: 50, y: 50, width: 20, height: 10 };
    const stretch = await computeStretch(scene, 'minmax', 0, 0, window);
    expect(stretch.ranges[0]).toEqual([1050, 1069]);
    expect(stretch.window).toEqual(window);
    expect(stretch.sampledPixels).toBe(200);
  });

  it('samples a large window by the blocks that lie in it', async () => {
    const { scene } = sceneOf(3000, 3000, (_, y) => y, 16);
    const window = { x: 0, y: 1000, width: 3000, height: 1500 };
    const [low, high] = (await computeStretch(scene, 'minmax', 0, 0, window)).ranges[0]!;
    expect(low).toBeGreaterThanOrEqual(1000);
    expect(high).toBeLessThan(2500);
    expect(high - low).toBeGreaterThan(1300);
  });

  it('takes standard deviations about the mean', async () => {
    // Half 0, half 10: mean 5, σ 5.
    const { scene } = sceneOf(100, 1, (x) => (x % 2) * 10);
    expect((await computeStretch(scene, 'stddev', 2, 2)).ranges[0]).toEqual([-5, 15]);
    expect((await computeStretch(scene, 'stddev', 1, 3)).ranges[0]).toEqual([0, 20]);
  });

  it("does not invent a person's ranges", async () => {
    const { scene } = sceneOf(4, 1, (x) => x);
    await expect(computeStretch(scene, 'manual', 0, 0)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

describe('computeHistograms', () => {
  it('counts valid values in equal bins from the smallest to the largest', async () => {
    const { scene } = sceneOf(512, 1, (x) => (x === 0 ? Number.NaN : x));
    const [histogram] = await computeHistograms(scene, [0], null);
    expect(histogram).toMatchObject({ band: 0, min: 1, max: 511, count: 511 });
    expect(histogram?.bins.reduce((sum, count) => sum + count, 0)).toBe(511);
    expect(Math.max(...(histogram?.bins ?? []))).toBeLessThanOrEqual(3);
    expect(histogram?.mean).toBeCloseTo(256, 6);
  });

  it('refuses a missing band, and is empty if nothing is valid', async () => {
    const { scene } = sceneOf(4, 1, () => Number.NaN);
    await expect(computeHistograms(scene, [1], null)).rejects.toMatchObject({ code: 'BAND_MISSING' });
    expect((await computeHistograms(scene, [0], null))[0]).toMatchObject({ min: 0, max: 0, count: 0 });
  });
});

describe('brightnessOf', () => {
  const stretch = {
    method: 'manual',
    low: 0,
    high: 0,
    ranges: [[100, 300]],
    sampledPixels: 0,
    sampledLevel: 1,
  } as const;
  it('is linear between black and white, and clipped', () => {
    const brightness = brightnessOf({ ...stretch, ranges: [[100, 300]] }, 0);
    expect([50, 100, 200, 300, 999].map(brightness)).toEqual([0, 0, 0.5, 1, 1]);
  });
  it('raises to 1/gamma after clipping', () => {
    const brightness = brightnessOf({ ...stretch, ranges: [[100, 300]], gamma: 2 }, 0);
    expect(brightness(150)).toBeCloseTo(0.5, 12);
    expect([0, 300].map(brightness)).toEqual([0, 1]);
  });
});
