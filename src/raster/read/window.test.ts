import { describe, expect, it } from 'vitest';
import { namedBands } from '../../imagery/image.ts';
import type { Stretch } from '../../imagery/stretch.ts';
import type { ReadRequest } from '../../imagery/tiles.ts';
import type { RasterScene } from '../scene.ts';
import { openFixture, pictureScene } from '../testing.ts';
import { computeStretch } from './stretch.ts';
import { readBands, readPlanes } from './window.ts';

const NONE: Stretch = {
  method: 'none',
  low: 2,
  high: 98,
  ranges: [
    [0, 255],
    [0, 255],
    [0, 255],
  ],
  sampledPixels: 0,
  sampledLevel: 1,
};

function request(scene: RasterScene, changes: Partial<ReadRequest>): ReadRequest {
  return {
    scene: '',
    window: { x: 0, y: 0, width: scene.width, height: scene.height },
    outWidth: scene.width,
    outHeight: scene.height,
    bands: namedBands(scene.defaultBands),
    stretch: NONE,
    resampling: 'bilinear',
    ...changes,
  };
}

/** 4×2 picture: red counts pixels, green 100, blue 0; the last pixel is transparent. */
function small(): RasterScene {
  const rgba = new Uint8ClampedArray(4 * 2 * 4);
  for (let i = 0; i < 8; i++) rgba.set([i * 10, 100, 0, i === 7 ? 0 : 255], i * 4);
  return pictureScene(rgba, 4, 2);
}

describe('readBands', () => {
  it('gives the pixels as they are at full resolution without a stretch', async () => {
    const scene = small();
    const tile = await readBands(scene, request(scene, {}), null);
    const red = Array.from({ length: 8 }, (_, i) => Math.round(tile.data[i * 3]! * 255));
    expect(red).toEqual([0, 10, 20, 30, 40, 50, 60, 0]);
    expect(tile.data[1]! * 255).toBeCloseTo(100, 4);
    expect(tile.validFraction).toBe(7 / 8);
  });

  it('applies the stretch and clamps', async () => {
    const scene = small();
    const stretch = {
      ...NONE,
      ranges: [
        [10, 30],
        [0, 50],
        [0, 1],
      ] as [number, number][],
    };
    const tile = await readBands(scene, request(scene, { stretch }), null);
    expect([0, 1, 2, 3].map((i) => tile.data[i * 3])).toEqual([0, 0, 0.5, 1]);
    expect(tile.data[1]).toBe(1);
  });

  it('is empty outside the scene, on every side', async () => {
    const scene = small();
    const tile = await readBands(
      scene,
      request(scene, { window: { x: -1, y: -1, width: 6, height: 4 }, outWidth: 6, outHeight: 4 }),
      null,
    );
    const green = Array.from({ length: 24 }, (_, i) => (tile.data[i * 3 + 1] ? 1 : 0));
    expect(green).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(tile.data[(6 + 2) * 3]! * 255).toBeCloseTo(10, 4);
  });

  it('is empty for a window wholly outside', async () => {
    const scene = small();
    const tile = await readBands(scene, request(scene, { window: { x: 500, y: 500, width: 4, height: 2 } }), null);
    expect(tile.validFraction).toBe(0);
    expect(tile.data.every((value) => value === 0)).toBe(true);
  });

  it('gives R, G, B, NIR in [0,1], pixel by pixel, and 0 for nodata', async () => {
    const scene = await openFixture('rgbn-u16-nodata.tif');
    const stretch = await computeStretch(scene, 'minmax', 0, 0);
    const tile = await readBands(scene, request(scene, { stretch }), null);
    expect(tile.bands).toEqual(['red', 'green', 'blue', 'nir']);
    expect(tile.data).toHaveLength(67 * 53 * 4);
    expect(Math.min(...tile.data)).toBe(0);
    expect(Math.max(...tile.data)).toBe(1);
    const pixel = (await scene.readPixel(5, 40))!;
    pixel.forEach((value, band) => {
      const [black, white] = stretch.ranges[band]!;
      expect(tile.data[(40 * 67 + 5) * 4 + band]).toBeCloseTo((value - black) / (white - black), 5);
    });
    // The hole is 15 columns × 10 rows.
    expect(tile.validFraction).toBeCloseTo(1 - 150 / (67 * 53), 9);
    expect([...tile.data.subarray((12 * 67 + 32) * 4, (12 * 67 + 32) * 4 + 4)]).toEqual([0, 0, 0, 0]);
    expect([tile.valid?.[12 * 67 + 32], tile.valid?.[40 * 67 + 5]]).toEqual([0, 1]);
    expect(tile.valid?.reduce((sum, each) => sum + each, 0)).toBe(67 * 53 - 150);
  });

  it('gives the bands asked for and no others, in the order and by the names of the request', async () => {
    const scene = small();
    const bands = [
      { name: 'swir1', source: 1 },
      { name: 'vv', source: 0 },
    ];
    const tile = await readBands(scene, request(scene, { bands }), null);
    expect(tile.bands).toEqual(['swir1', 'vv']);
    // Green is 100 everywhere, red counts up by 10; the last pixel is transparent.
    const values = [100, 0, 100, 10, 100, 20, 100, 30, 100, 40, 100, 50, 100, 60, 0, 0];
    expect([...tile.data].map((value) => Math.round(value * 255))).toEqual(values);
    expect(tile.validFraction).toBeCloseTo(7 / 8, 9);
    expect([...tile.valid!]).toEqual([1, 1, 1, 1, 1, 1, 1, 0]);
  });

  it('has a mask only where something is invalid, outside the scene too', async () => {
    const scene = small();
    const inside = { window: { x: 0, y: 0, width: 3, height: 2 }, outWidth: 3, outHeight: 2 };
    expect((await readBands(scene, request(scene, inside), null)).valid).toBeNull();
    const beyond = { window: { x: -1, y: 0, width: 3, height: 1 }, outWidth: 3, outHeight: 1 };
    expect([...(await readBands(scene, request(scene, beyond), null)).valid!]).toEqual([0, 1, 1]);
  });
});

describe('readPlanes', () => {
  it('averages by exact coverage, even if the image doesn’t divide evenly', async () => {
    const scene = small();
    const window = { x: 0, y: 0, width: 3, height: 1 };
    const [plane] = await readPlanes(scene, { window, outWidth: 2, outHeight: 1, resampling: 'area' }, [0], null);
    // Pixels 0, 10, 20: the first output covers 1 and a half of them.
    expect(plane![0]).toBeCloseTo((0 + 10 / 2) / 1.5, 5);
    expect(plane![1]).toBeCloseTo((10 / 2 + 20) / 1.5, 5);
  });

  it('reads a coarser level if it is fine enough, else full resolution', async () => {
    const scene = await openFixture('cog.tif');
    expect(scene.levels.length).toBeGreaterThan(1);
    const reads: number[] = [];
    for (const level of scene.levels) {
      const read = level.read.bind(level);
      (level as { read: typeof level.read }).read = (...args) => {
        reads.push(level.factorX);
        return read(...args);
      };
    }
    const window = { x: 0, y: 0, width: 400, height: 300 };
    await readPlanes(scene, { window, outWidth: 200, outHeight: 150, resampling: 'area' }, [0], null);
    await readPlanes(scene, { window, outWidth: 300, outHeight: 225, resampling: 'area' }, [0], null);
    expect(new Set(reads)).toEqual(new Set([2, 1]));
  });

  it('reads a strip of 100,000 columns', async () => {
    const scene = await openFixture('wide-strip.tif');
    const window = { x: 99_990, y: 0, width: 10, height: 3 };
    const [plane] = await readPlanes(scene, { window, outWidth: 10, outHeight: 3, resampling: 'nearest' }, [0], null);
    expect([...plane!.subarray(0, 10)]).toEqual([240, 241, 242, 243, 244, 245, 246, 247, 248, 249]);
    const overview = { x: 0, y: 0, width: 100_000, height: 3 };
    const [coarse] = await readPlanes(
      scene,
      { window: overview, outWidth: 400, outHeight: 1, resampling: 'area' },
      [0],
      null,
    );
    // Every output covers one whole period 0…249.
    expect(coarse!.every((value) => Math.abs(value - 124.5) < 1e-3)).toBe(true);
  });

  it('reads a single pixel', async () => {
    const scene = await openFixture('one-pixel.tif');
    const window = { x: 0, y: 0, width: 1, height: 1 };
    for (const resampling of ['nearest', 'bilinear', 'area'] as const) {
      const [plane] = await readPlanes(scene, { window, outWidth: 8, outHeight: 8, resampling }, [0], null);
      expect(plane!.every((value) => value === 77)).toBe(true);
    }
  });

  it('treats blocks that aren’t stored as nodata', async () => {
    const scene = await openFixture('sparse.tif');
    const window = { x: 120, y: 120, width: 16, height: 16 };
    const [plane] = await readPlanes(scene, { window, outWidth: 16, outHeight: 16, resampling: 'nearest' }, [0], null);
    expect(plane![0]).toBeNaN();
    expect(plane![8 * 16 + 8]).toBe(9);
  });

  it('stops on request', async () => {
    const scene = await openFixture('strips-lzw.tif');
    const window = { x: 0, y: 0, width: 67, height: 53 };
    const read = readPlanes(
      scene,
      { window, outWidth: 10, outHeight: 10, resampling: 'area' },
      [0],
      AbortSignal.abort(),
    );
    await expect(read).rejects.toMatchObject({ name: 'AbortError' });
  });

  it.each([
    [{ window: { x: 0, y: 0, width: 0, height: 5 } }, [0], /a window of 0, 0, 0, 5/],
    [{ window: { x: Number.NaN, y: 0, width: 5, height: 5 } }, [0], /a window of NaN/],
    [{ outWidth: 0 }, [0], /each side is an integer/],
    [{ outHeight: 1e6 }, [0], /each side is an integer/],
    [{}, [7], /Band 8/],
  ])('refuses %o', async (changes, bands, words) => {
    const scene = small();
    await expect(readPlanes(scene, request(scene, changes), bands, null)).rejects.toThrow(words);
  });
});
