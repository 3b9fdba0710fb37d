import { openAsBlob } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { namedBands } from '../../imagery/image.ts';
import type { Stretch } from '../../imagery/stretch.ts';
import { paint } from '../../render/paint.ts';
import { openRaster } from '../open/open.ts';
import type { RasterLevel, RasterScene } from '../scene.ts';
import { readSidecars } from '../sidecars/read.ts';
import { fakeScene, testContext } from '../testing.ts';
import { blobSource } from '../tiff/byte-source.ts';
import { readRaw } from './raw.ts';
import { computeHistograms, computeStretch } from './stretch.ts';
import { readBands } from './window.ts';

/** Made by make.py there; the pixels as GDAL reads them are compared in cli/check-imagery/check.test.ts. */
const FIXTURES = fileURLToPath(new URL('../../../e2e/fixtures/values/', import.meta.url));

async function open(name: string, withSidecar = false): Promise<RasterScene> {
  const sidecars = await readSidecars(
    withSidecar ? [new File([await openAsBlob(`${FIXTURES}${name}.aux.xml`)], `${name}.aux.xml`)] : [],
  );
  return openRaster(blobSource(await openAsBlob(FIXTURES + name)), { ...testContext(), sidecars });
}

/** The first band's value at a pixel; NaN if it is invalid. */
async function valueAt(scene: RasterScene, col: number, row: number, band = 0): Promise<number> {
  const [plane] = await scene.levels[0]!.read(col, row, 1, 1, [band], null);
  return plane![0]!;
}

const roles = (scene: RasterScene) => scene.bands.map(({ role }) => role);

describe('transparency', () => {
  it.each([
    ['alpha-palette-associated.tif', ['red', 'green', 'blue', 'alpha']],
    ['alpha-palette-unassociated.tif', ['red', 'green', 'blue', 'alpha']],
    ['alpha-palette-4bit.tif', ['red', 'green', 'blue', 'alpha']],
    ['alpha-palette-planar.tif', ['red', 'green', 'blue', 'alpha']],
    ['alpha-palette-soft.tif', ['red', 'green', 'blue', 'alpha']],
    ['alpha-palette-and-another.tif', ['red', 'green', 'blue', 'unknown', 'alpha']],
    ['alpha-grey-associated.tif', ['grey', 'alpha']],
    ['alpha-grey-unassociated.tif', ['grey', 'alpha']],
    ['alpha-grey-uint16.tif', ['grey', 'alpha']],
    ['alpha-grey-4bit.tif', ['grey', 'alpha']],
    ['alpha-white-is-zero-associated.tif', ['grey', 'alpha']],
    ['alpha-white-is-zero-unassociated.tif', ['grey', 'alpha']],
    ['alpha-white-is-zero-uint16.tif', ['grey', 'alpha']],
    ['alpha-rgb-associated.tif', ['red', 'green', 'blue', 'alpha']],
    ['alpha-rgb-associated-soft.tif', ['red', 'green', 'blue', 'alpha']],
    ['alpha-rgb-planar.tif', ['red', 'green', 'blue', 'alpha']],
    ['alpha-rgb-and-another.tif', ['red', 'green', 'blue', 'unknown', 'alpha']],
    ['alpha-cmyk-uint16.tif', ['red', 'green', 'blue', 'alpha']],
    ['alpha-inks.tif', ['unknown', 'unknown', 'unknown', 'unknown', 'alpha']],
  ])('of %s: %j', async (name, expected) => {
    const scene = await open(name);
    expect(roles(scene)).toEqual(expected);
    expect(scene.defaultBands.nir).toBeNull();
    // make.py: transparent at columns 5–8 of rows 2 and 3.
    expect(await valueAt(scene, 5, 2)).toBeNaN();
    expect(await valueAt(scene, 8, 3)).toBeNaN();
    expect(await valueAt(scene, 4, 2)).not.toBeNaN();
    expect((await scene.readPixel(5, 2))?.at(-1)).toBe(0);
    expect((await scene.readPixel(5, 2))?.length).toBe(expected.length);
  });

  it.each([
    'palette-unspecified',
    'palette-untagged',
    'grey-unspecified',
    'white-is-zero-unspecified',
    'rgb-unspecified',
  ])('is not read into an unspecified sample: %s', async (name) => {
    const scene = await open(`alpha-${name}.tif`);
    expect(roles(scene).at(-1)).toBe('unknown');
    expect(await valueAt(scene, 5, 2)).not.toBeNaN();
    // The sample is shown all the same, and a palette's is no near infrared.
    expect((await scene.readPixel(5, 2))?.at(-1)).toBe(0);
    if (name.startsWith('palette')) expect(scene.defaultBands).toEqual({ red: 0, green: 1, blue: 2, nir: null });
  });
});

describe('blocks that the file leaves out', () => {
  it.each([
    ['nodata-uint8-300.tif', 255],
    ['nodata-uint8-minus10000.tif', 0],
    ['nodata-uint16-minus9999.tif', 0],
    ['nodata-4bit-300.tif', 255],
    ['left-out-without-nodata.tif', 0],
  ])('%s read as %d and count for no statistics', async (name, fill) => {
    const scene = await open(name);
    expect(scene.height).toBe(16);
    expect(await valueAt(scene, 3, 12)).toBe(fill);
    const [histogram] = await computeHistograms(scene, [0], null);
    expect(histogram?.count).toBe(12 * 8);
    expect(scene.notes.at(-1)).toBe(
      `Blocks that the file leaves out read as ${fill}, as in GDAL. Stretch and histogram ignore them.`,
    );
  });

  it('are invalid if they read as nodata, without a note', async () => {
    const scene = await open('nodata-uint8-spaces.tif');
    expect(await valueAt(scene, 3, 12)).toBeNaN();
    expect(scene.notes).toEqual([]);
  });

  it('read alike in overviews', async () => {
    const ovr = new File(
      [await openAsBlob(`${FIXTURES}left-out-with-overview.tif.ovr`)],
      'left-out-with-overview.tif.ovr',
    );
    const sidecars = await readSidecars([ovr]);
    const blob = await openAsBlob(`${FIXTURES}left-out-with-overview.tif`);
    const { levels } = await openRaster(blobSource(blob), { ...testContext(), sidecars });
    expect(levels.map(({ factorX }) => factorX)).toEqual([1, 2]);
    const planes = await levels[1]!.read(2, 3, 1, 2, [0, 1, 2], null);
    expect(planes.map((plane) => plane[1])).toEqual([255, 255, 255]);
    expect(planes.map((plane) => plane[0])).not.toEqual([255, 255, 255]);
  });

  it('are found at full resolution if a coarser level is sampled', async () => {
    // 6000 × 3000 pixels in blocks of 1000 × 500, without the second column of blocks; sampled at 2000 × 1000.
    const sparse: RasterLevel['isSparse'] = (x) => x === 1000;
    const { scene } = fakeScene(6000, 3000, () => 5);
    const finest = Object.assign(scene.levels[0]!, { blockCols: 1000, blockRows: 500, isSparse: sparse });
    const coarse: RasterLevel = {
      ...fakeScene(2000, 1000, (x) => (x >= 333 && x < 667 ? 0 : 5)).scene.levels[0]!,
      factorX: 3,
      factorY: 3,
    };
    const [histogram] = await computeHistograms({ ...scene, levels: [finest, coarse] }, [0], null);
    // Centres of columns 333 to 666 lie in the block: (333 + ½)·3 = 1000.5 to (666 + ½)·3 = 1999.5.
    expect(histogram).toMatchObject({ min: 5, max: 5, count: (2000 - 334) * 1000 });
  });

  it('of single rows are found, too', async () => {
    const { scene } = fakeScene(3000, 3000, (_, y) => (y < 1500 ? 0 : 9));
    const finest = Object.assign(scene.levels[0]!, { isSparse: (_: number, y: number) => y < 1500 });
    const coarse = { ...fakeScene(1000, 1000, (_, y) => (y < 500 ? 0 : 9)).scene.levels[0]!, factorX: 3, factorY: 3 };
    const { ranges } = await computeStretch({ ...scene, levels: [finest, coarse] }, 'minmax', 0, 0);
    expect(ranges[0]).toEqual([8.5, 9.5]);
  });
});

describe('a JPEG alone', () => {
  it('is hidden by the mask after its data, and by .aux.xml’s nodata', async () => {
    const path = fileURLToPath(new URL('../pictures/masked.jpg', `file://${FIXTURES}`));
    const masked = await openRaster(blobSource(await openAsBlob(path)), testContext());
    const [plane] = await masked.levels[0]!.read(0, 0, 51, 32, [0], null);
    expect([plane!.some(Number.isNaN), plane!.every(Number.isNaN)]).toEqual([true, false]);
    const black = await open('jpeg-nodata.jpg', true);
    expect([await valueAt(black, 2, 20), await valueAt(black, 30, 20)]).toEqual([Number.NaN, 240]);
  });
});

describe('nodata of all bands together', () => {
  it('hides a pixel if every band has its value, instead of each band’s own', async () => {
    const scene = await open('together-each.tif');
    expect(scene.bands.every(({ nodata }) => nodata === undefined)).toBe(true);
    expect([await valueAt(scene, 3, 0), await valueAt(scene, 5, 4, 2)]).toEqual([Number.NaN, Number.NaN]);
    // 7 in all three bands is no longer nodata.
    expect(await valueAt(scene, 1, 0)).toBe(7);
    expect(scene.notes).toContain(
      'A pixel is nodata if its bands are 0, 7, 255 at the same time (NODATA_VALUES), as in GDAL.',
    );
  });

  it('needs a value for each band', async () => {
    expect((await open('together-too-few.tif')).bands.map(({ nodata }) => nodata?.value)).toEqual([7, 7, 7]);
  });
});

describe('nodata of one band', () => {
  /** Pixel 1,0 is 7 in all three bands; 7 is nodata of the first only. */
  const first = () => open('band-first-only.tif', true);
  const plain: Stretch = {
    method: 'none',
    low: 0,
    high: 0,
    ranges: [0, 1, 2].map(() => [0, 255]),
    sampledPixels: 0,
    sampledLevel: 1,
  };
  const window = { x: 1, y: 0, width: 1, height: 1 };
  const pixel = { scene: 's', window, outWidth: 1, outHeight: 1, resampling: 'nearest' } as const;

  it('hides that band’s sample alone', async () => {
    const scene = await first();
    expect([await valueAt(scene, 1, 0, 0), await valueAt(scene, 1, 0, 1), await valueAt(scene, 1, 0, 2)]).toEqual([
      Number.NaN,
      7,
      7,
    ]);
    expect(scene.bands.map(({ nodata }) => nodata?.value)).toEqual([7, undefined, undefined]);
    const counts = await computeHistograms(scene, [0, 1], null);
    expect(counts[0]!.count).toBeLessThan(counts[1]!.count);
  });

  it('leaves the pixel on the map, black in that band, and out of the band’s ramps and expressions', async () => {
    const scene = await first();
    const tile = await readRaw(scene, { ...pixel, bands: [0, 1, 2] }, null);
    // Bytes have no value for a single invalid sample.
    expect(tile.data).toBeInstanceOf(Float32Array);
    const look = { bands: { red: 0, green: 1, blue: 2, nir: null }, stretch: plain };
    expect([...paint(tile, { ...look, display: { kind: 'rgb' } }, 3)]).toEqual([0, 7, 7, 255]);
    const alphaOf = (display: Parameters<typeof paint>[1]['display']) => paint(tile, { ...look, display }, 3)[3];
    expect(alphaOf({ kind: 'ramp', band: 0, ramp: 'grey' })).toBe(0);
    expect(alphaOf({ kind: 'ramp', band: 1, ramp: 'grey' })).toBe(255);
    const index = (expression: string) =>
      alphaOf({ kind: 'index', name: 'x', expression, ramp: 'grey', range: [0, 1] });
    expect([index('b1 + b2'), index('b2 + b3')]).toEqual([0, 255]);
  });

  it('leaves the pixel in the model’s input, with 0 in that band', async () => {
    const scene = await first();
    const tile = await readBands(
      scene,
      { ...pixel, bands: namedBands({ red: 0, green: 1, blue: 2, nir: null }), stretch: plain },
      null,
    );
    expect(tile.validFraction).toBe(1);
    expect([...tile.data]).toEqual([0, Math.fround(7 / 255), Math.fround(7 / 255)]);
  });

  it('replaces the file’s own even if no sample can equal it', async () => {
    const scene = await open('band-out-of-type.tif', true);
    expect(scene.bands.map(({ nodata }) => nodata?.value)).toEqual([undefined, 7, 7]);
    expect([await valueAt(scene, 0, 12, 0), await valueAt(scene, 0, 12, 1)]).toEqual([255, Number.NaN]);
    expect(scene.notes).toEqual([
      'Band 1: The nodata value 300 lies outside uint8 (0 to 255), so no pixel can have it.',
      'Blocks that the file leaves out read as 255, as in GDAL. Stretch and histogram ignore them.',
    ]);
  });
});
