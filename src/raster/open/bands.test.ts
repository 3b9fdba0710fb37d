import { describe, expect, it } from 'vitest';
import { openFixture } from '../testing.ts';
import { type BandFacts, chooseBands, describeBands, isPremultiplied, looksLikeAlpha } from './bands.ts';

const facts = (changes: Partial<BandFacts>): BandFacts => ({
  count: 3,
  photometric: 2,
  extraSamples: [],
  descriptions: new Map(),
  colourInterpretations: new Map(),
  measures: new Map(),
  ...changes,
});

const roles = (changes: Partial<BandFacts>) => describeBands(facts(changes)).map((band) => band.role);

describe('chooseBands', () => {
  it("takes a sensor's own bands where their names tell it", () => {
    const names = ['B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'B7', 'B8', 'B8A', 'B9', 'B10', 'B11', 'B12'];
    const descriptions = new Map(names.map((name, index) => [index, name]));
    const bands = describeBands(facts({ count: 13, photometric: 1, descriptions }));
    expect(chooseBands(bands)).toEqual({ red: 3, green: 2, blue: 1, nir: 7 });
  });
});

describe('roles', () => {
  it('follow the photometric tag and ExtraSamples', () => {
    expect(roles({})).toEqual(['red', 'green', 'blue']);
    expect(roles({ count: 4, extraSamples: [2] })).toEqual(['red', 'green', 'blue', 'alpha']);
    expect(roles({ count: 4, extraSamples: [0] })).toEqual(['red', 'green', 'blue', 'unknown']);
    expect(roles({ count: 1, photometric: 1 })).toEqual(['grey']);
    expect(roles({ count: 5, photometric: 1 })).toEqual(['unknown', 'unknown', 'unknown', 'unknown', 'unknown']);
  });

  it('are taken from names and colour interpretations first', () => {
    const descriptions = new Map([
      [0, 'blue'],
      [1, 'Green (560 nm)'],
      [2, 'red'],
      [3, 'Near Infrared'],
      [4, 'red edge'],
    ]);
    expect(roles({ count: 5, photometric: 1, descriptions })).toEqual(['blue', 'green', 'red', 'nir', 'unknown']);
    expect(roles({ count: 1, photometric: 1, colourInterpretations: new Map([[0, 'Gray']]) })).toEqual(['grey']);
  });
});

describe('chooseBands by roles', () => {
  const choose = (changes: Partial<BandFacts>) => chooseBands(describeBands(facts(changes)));

  it('takes the fourth of four bands for near infrared, unless it is alpha', () => {
    expect(choose({ count: 4, extraSamples: [0] })).toEqual({ red: 0, green: 1, blue: 2, nir: 3 });
    expect(choose({ count: 4, extraSamples: [2] })).toEqual({ red: 0, green: 1, blue: 2, nir: null });
    expect(choose({ count: 4, photometric: 1 })).toEqual({ red: 0, green: 1, blue: 2, nir: 3 });
  });

  it('doesn’t guess near infrared among five or more bands', () => {
    expect(choose({ count: 8, photometric: 1 }).nir).toBeNull();
  });

  it('shows one or two bands as grey', () => {
    expect(choose({ count: 1, photometric: 1 })).toEqual({ red: 0, green: 0, blue: 0, nir: null });
    expect(choose({ count: 2, photometric: 1, extraSamples: [2] })).toEqual({ red: 0, green: 0, blue: 0, nir: null });
  });
});

describe('looksLikeAlpha', () => {
  it('accepts opaque and cut-out masks, even if blurred by JPEG', () => {
    expect(looksLikeAlpha(new Float32Array(100).fill(255))).toBe(true);
    expect(looksLikeAlpha(Float32Array.from({ length: 100 }, (_, i) => (i < 70 ? 0 : 255)))).toBe(true);
    expect(looksLikeAlpha(Float32Array.from({ length: 100 }, (_, i) => (i < 70 ? i % 3 : 253 + (i % 3))))).toBe(true);
  });

  it('rejects a picture, even with black borders', () => {
    expect(looksLikeAlpha(Float32Array.from({ length: 256 }, (_, i) => i))).toBe(false);
    expect(looksLikeAlpha(Float32Array.from({ length: 256 }, (_, i) => (i < 150 ? 0 : i)))).toBe(false);
  });
});

describe('isPremultiplied', () => {
  it('is true if no colour is brighter than its alpha, unless the picture is black', () => {
    expect(isPremultiplied(Float32Array.of(0, 10, 128, 255), Float32Array.of(0, 40, 128, 255))).toBe(true);
    expect(isPremultiplied(Float32Array.of(0, 41, 128, 255), Float32Array.of(0, 40, 128, 255))).toBe(false);
    expect(isPremultiplied(Float32Array.of(0, 0), Float32Array.of(0, 40))).toBe(false);
  });
});

describe('of files', () => {
  it('keeps near infrared that is tagged as alpha', async () => {
    const scene = await openFixture('rgbn-called-alpha.tif');
    expect(scene.bands.map((band) => band.role)).toEqual(['red', 'green', 'blue', 'unknown']);
    expect(scene.defaultBands.nir).toBe(3);
    const [plane] = await scene.levels[0]!.read(0, 0, 67, 53, [0], null);
    expect(plane!.some(Number.isNaN)).toBe(false);
  });

  it('uses true alpha as transparency and not as a band to look at', async () => {
    const scene = await openFixture('rgba.tif');
    expect(scene.defaultBands.nir).toBeNull();
    const [plane] = await scene.levels[0]!.read(0, 11, 67, 2, [1], null);
    expect(plane!.subarray(0, 67).every(Number.isNaN)).toBe(true);
    expect(plane!.subarray(67).some(Number.isNaN)).toBe(false);
  });

  it('finds colours by their names, whatever their order', async () => {
    const scene = await openFixture('bgrn-named.tif');
    expect(scene.defaultBands).toEqual({ red: 2, green: 1, blue: 0, nir: 3 });
    expect(scene.bands[3]!.name).toBe('near infrared');
  });

  it('doesn’t change a palette’s colours', async () => {
    const scene = await openFixture('palette.tif');
    expect(scene.defaultStretch.method).toBe('none');
    const index = (await scene.readPixel(0, 0))!;
    // The palette is (30·i, 255 − 30·i, 70·i mod 256).
    const i = index[0]! / 30;
    expect(Number.isInteger(i)).toBe(true);
    expect(index).toEqual([30 * i, 255 - 30 * i, (70 * i) % 256]);
  });
});

it('reads units and scales of GDAL’s metadata', async () => {
  const { bands } = await openFixture('../statistics/dem.tif');
  expect(bands).toMatchObject([{ name: 'Elevation', unit: 'm' }]);
  const measures = new Map([
    [0, { unit: 'm', scale: 0.1, offset: -100 }],
    [1, { scale: 1, offset: 0 }],
  ]);
  const [first, second] = describeBands(facts({ measures }));
  expect(first).toMatchObject({ unit: 'm', scaling: { scale: 0.1, offset: -100 } });
  expect(second).not.toHaveProperty('scaling');
});
