import { describe, expect, it } from 'vitest';
import type { BandInfo } from '../../../imagery/image.ts';
import { readBands } from '../../../raster/read/window.ts';
import { fakeScene } from '../../../raster/testing.ts';
import { normalise } from '../../../vlm/nadir/normalise.ts';
import type { ModelBand } from '../../../vlm/types.ts';
import { fakeWorkers, LOADED, sceneInfo, TEST_MODEL } from '../../fakes.ts';
import { createSession } from '../../session.ts';
import { inputBandsFor, inputBandsOf } from './input-bands.ts';

const named = (names: string[]): BandInfo[] => names.map((name, index) => ({ index, name, role: 'unknown' }));
const wanted = (name: string, wavelengthNm: number | null = null, optional = false): ModelBand => ({
  name,
  wavelengthNm,
  optional,
});
const sceneOf = (names: string[], bands = { red: 0, green: 0, blue: 0, nir: null as number | null }) => ({
  info: sceneInfo({ fileName: 'a.tif', bands: named(names) }),
  bands,
});
const found = (band: ModelBand, names: string[]) => inputBandsFor([band], sceneOf(names)).map(({ source }) => source);

describe('inputBandsFor', () => {
  it('takes the colours and near infrared that the user sees or chose', () => {
    const scene = sceneOf(['a', 'b', 'c', 'd'], { red: 3, green: 2, blue: 0, nir: 1 });
    expect(inputBandsFor(TEST_MODEL.bands, scene)).toEqual([
      { name: 'red', source: 3 },
      { name: 'green', source: 2 },
      { name: 'blue', source: 0 },
      { name: 'nir', source: 1 },
    ]);
    const without = { ...scene, bands: { ...scene.bands, nir: null } };
    expect(inputBandsFor(TEST_MODEL.bands, without).map(({ name }) => name)).toEqual(['red', 'green', 'blue']);
  });

  it.each<[string, ModelBand, string[], number[]]>([
    ['the sensor’s band', wanted('swir1'), ['B2', 'B3', 'B4', 'B8', 'B11', 'B12'], [4]],
    ['a band of the name', wanted('vv'), ['VH', 'VV'], [1]],
    ['a band whose name holds the word', wanted('vh'), ['Sigma0_VV_db', 'Sigma0_VH_db'], [1]],
    ['a name written otherwise', wanted('red-edge'), ['Blue', 'RedEdge'], [1]],
    ['a wavelength in nanometres', wanted('swir1', 1610), ['490 nm', '1614 nm', '2202 nm'], [1]],
    ['a wavelength in micrometres', wanted('swir2', 2190), ['0.49 µm', '2.2 µm'], [1]],
    ['no band of another wavelength', wanted('swir1', 1610, true), ['490 nm', '1400 nm'], []],
    ['no band of another name', wanted('vv', null, true), ['evv1', 'VH'], []],
  ])('takes %s', (_, band, names, sources) => {
    expect(found(band, names)).toEqual(sources);
  });

  it('believes the user about the sensor', () => {
    const names = ['Band 1', 'Band 2', 'Band 3', 'Band 4', 'Band 5', 'Band 6', 'Band 7'];
    expect(found(wanted('swir2', null, true), names)).toEqual([]);
    const scene = { ...sceneOf(names), sensor: 'landsat-8-9' as const };
    expect(inputBandsFor([wanted('swir2')], scene)).toEqual([{ name: 'swir2', source: 6 }]);
  });

  it('names a band that the model needs and the image lacks', () => {
    expect(() => inputBandsFor([wanted('swir1', 1610)], sceneOf(['red', 'green', 'blue']))).toThrow(
      expect.objectContaining({
        code: 'MODEL_BAND_MISSING',
        details: { band: 'swir1', fileName: 'a.tif' },
        message: expect.stringContaining('"swir1" (1610 nm), and a.tif has none'),
      }),
    );
  });
});

it('knows what answers of earlier versions were read with', () => {
  const bands = { red: 2, green: 1, blue: 0, nir: null };
  expect(inputBandsOf({ bands })).toEqual([
    { name: 'red', source: 2 },
    { name: 'green', source: 1 },
    { name: 'blue', source: 0 },
  ]);
  expect(inputBandsOf({ bands, inputBands: [{ name: 'vv', source: 4 }] })).toEqual([{ name: 'vv', source: 4 }]);
});

describe('a model of six bands', () => {
  const own = [
    { ...wanted('red'), mean: 0.5, std: 0.5 },
    { ...wanted('green'), mean: 0.5, std: 0.5 },
    { ...wanted('blue'), mean: 0.5, std: 0.5 },
    { ...wanted('nir', null, true), mean: 0.5, std: 0.5 },
    { ...wanted('swir1'), mean: 0.25, std: 0.125 },
    { ...wanted('swir2'), mean: 0.5, std: 0.25 },
  ];
  const side = 64;
  const model = {
    ...TEST_MODEL,
    tileSize: side,
    bands: own.map(({ name, wavelengthNm, optional }) => ({ name, wavelengthNm, optional })),
  };
  const stretch = {
    method: 'none' as const,
    low: 2,
    high: 98,
    ranges: Array.from({ length: 6 }, () => [0, 100] as [number, number]),
    sampledPixels: 1,
    sampledLevel: 1,
  };
  /** Six bands in the order of Sentinel-2's; each is its number times 10, plus a ramp of 1 per column in the first. */
  const { scene: source } = fakeScene(side, side, (col) => col, side);
  const [level] = source.levels;
  const one = level!.read.bind(level);
  level!.read = async (x, y, width, height, bands, signal) => {
    const [ramp] = await one(x, y, width, height, [0], signal);
    return bands.map((band) => (band === 0 ? ramp! : ramp!.map(() => band * 10)));
  };
  const raster = { ...source, bands: named(['B2', 'B3', 'B4', 'B8', 'B11', 'B12']) };
  const info = {
    width: side,
    height: side,
    bands: raster.bands,
    defaultBands: { red: 2, green: 1, blue: 0, nir: null },
  };

  it('is asked about the bands of its names, from file to tensor', async () => {
    const workers = fakeWorkers({ info, load: async () => ({ ...LOADED, model }), stretch: async () => stretch });
    const { raster: start } = workers;
    const session = createSession({
      ...workers,
      raster: (onCrash) => {
        const client = start(onCrash);
        return { ...client, api: { ...client.api, readBands: (request) => readBands(raster, request, null) } };
      },
    });
    await session.model.load('wasm');
    await session.opening.addFiles([new File(['scene'], 'six.tif')]);
    const answer = await session.asking.ask({ task: 'describe', region: 'scene' });
    expect(answer.inputBands).toEqual([
      { name: 'red', source: 2 },
      { name: 'green', source: 1 },
      { name: 'blue', source: 0 },
      { name: 'swir1', source: 4 },
      { name: 'swir2', source: 5 },
    ]);
    const { pixels: tile } = workers.requests[0]!.views[0];
    expect(tile.bands).toEqual(['red', 'green', 'blue', 'swir1', 'swir2']);
    const slicing = { default: 'auto' as const, tile: side, overlap: 0, maxSlices: 1 };
    const pixels = normalise({ bands: own, slicing }, tile);
    // At column 50: red 20 %, green 10 %, blue 50 %, no near infrared, SWIR 40 % and 50 %.
    const at = [...pixels.subarray(50 * 6, 51 * 6)];
    const byHand = [-0.6, -0.8, 0, 0, (0.4 - 0.25) / 0.125, 0];
    for (const [i, value] of byHand.entries()) expect(at[i]).toBeCloseTo(value, 6);
  });

  it('is not asked about an image without them', async () => {
    const workers = fakeWorkers({ load: async () => ({ ...LOADED, model }) });
    const session = createSession(workers);
    await session.model.load('wasm');
    await session.opening.addFiles([new File(['scene'], 'three.tif')]);
    await expect(session.asking.ask({ task: 'describe', region: 'scene' })).rejects.toMatchObject({
      code: 'MODEL_BAND_MISSING',
      details: { band: 'swir1' },
    });
    expect(session.asking.answers.value).toEqual([]);
    expect(workers.requests).toEqual([]);
  });
});
