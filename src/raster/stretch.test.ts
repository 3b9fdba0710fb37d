import { describe, expect, it } from 'vitest';
import type { RasterLevel, RasterScene } from './scene.ts';
import { computeStretch } from './stretch.ts';
import { openFixture } from './testing.ts';

/** A scene of one band whose pixels are `value(x, y)`; only its level is looked at. */
function sceneOf(width: number, height: number, value: (x: number, y: number) => number, blockRows = 1) {
  let pixelsRead = 0;
  const level: RasterLevel = {
    width,
    height,
    factorX: 1,
    factorY: 1,
    blockCols: width,
    blockRows,
    only: null,
    async read(x, y, w, h) {
      pixelsRead += w * h;
      return [Float32Array.from({ length: w * h }, (_, i) => value(x + (i % w), y + Math.floor(i / w)))];
    },
  };
  const scene = {
    width,
    height,
    bands: [{ index: 0, name: 'x', role: 'grey' }],
    sampleType: 'float32',
    levels: [level],
  };
  return { scene: scene as unknown as RasterScene, pixelsRead: () => pixelsRead };
}

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

  it('stays usable for one value, and for none', async () => {
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

  it('looks at a spread, stated sample of a large scene', async () => {
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
