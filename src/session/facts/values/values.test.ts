import { describe, expect, it } from 'vitest';
import type { BandInfo, SceneInfo } from '../../../imagery/image.ts';
import type { StatisticsRequest } from '../../../imagery/statistics.ts';
import type { ScreenAction } from '../../commands/command.ts';
import { type FakeBehaviour, fakeWorkers, sceneInfo } from '../../fakes.ts';
import { createSession } from '../../session.ts';
import { elevationOf } from './quantity.ts';
import { resolvePlace } from './spots.ts';

/** 1000 × 500 pixels of 0.6 m from 500000 E 4000000 N, zone 11N. */
const UTM: Partial<SceneInfo> = {
  width: 1000,
  height: 500,
  gsdMetres: { x: 0.6, y: 0.6 },
  georeference: {
    kind: 'affine',
    geotransform: [500_000, 0.6, 0, 4_000_000, 0, -0.6],
    crs: 'EPSG:32611',
    crsName: 'WGS 84 / UTM zone 11N',
    proj4: '+proj=utm +zone=11 +datum=WGS84 +units=m +no_defs',
    units: 'metre',
    pixelIsPoint: false,
  },
};
const bands = (...names: string[]): BandInfo[] =>
  names.map((name, index) => ({ index, name, role: name as BandInfo['role'] }));
const FOUR: Partial<SceneInfo> = {
  ...UTM,
  bands: bands('red', 'green', 'blue', 'nir'),
  defaultBands: { red: 0, green: 1, blue: 2, nir: 3 },
};
const DEM: Partial<SceneInfo> = {
  ...UTM,
  sampleType: 'float32',
  bands: [{ index: 0, name: 'Elevation', role: 'grey', unit: 'm' }],
  defaultBands: { red: 0, green: 0, blue: 0, nir: null },
};

/** A session without a model. */
async function started(info: Partial<SceneInfo>, behaviour: FakeBehaviour = {}) {
  const workers = fakeWorkers({ info, ...behaviour });
  const session = createSession(workers);
  await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
  const actions: ScreenAction[] = [];
  session.commands.listen((action) => actions.push(action));
  const ask = (text: string) => session.asking.ask({ task: 'ask', text });
  return { session, workers, actions, ask, say: async (text: string) => (await ask(text)).text };
}

describe('an index of a region', () => {
  it('is told with its mean, range and histogram, before any model is there', async () => {
    const asked: StatisticsRequest[] = [];
    const statistics = (request: StatisticsRequest) => {
      asked.push(request);
      const numbers = { count: 4000, min: -0.21, max: 0.834, mean: 0.314, stdDev: 0.12 };
      return {
        factor: 1,
        pixels: 5000,
        isWhole: true,
        ...numbers,
        edges: [-0.4, 0, 0.4, 0.8, 1.2],
        bins: [1, 2, 3, 4],
        within: request.limits.length > 0 ? 1000 : null,
      };
    };
    const { session, workers, ask, say } = await started(FOUR, { statistics });
    session.layers.region.value = { x: 10, y: 20, width: 100, height: 50 };
    const answer = await ask('What is the mean NDVI of the marked area?');
    expect(answer).toMatchObject({
      status: 'done',
      text: 'NDVI averages 0.31 over the marked region (standard deviation 0.12), from -0.21 to 0.83. From 5,000 pixels, 1,000 of them without a value, at full resolution (0.6 m).',
      fact: { kind: 'statistics', name: 'NDVI', statistics: { bins: [1, 2, 3, 4] } },
      backend: { kind: 'none' },
      region: { x: 10, y: 20, width: 100, height: 50 },
    });
    expect(asked[0]).toMatchObject({ expression: '(b4 - b1) / (b4 + b1)', window: answer.region, limits: [] });
    // 5000 pixels of 0.36 m² are 1800 m² on the map, 1801 m² on the ground; a fifth of them.
    expect(await say('how much of it has NDVI over 0.4')).toMatch(
      /^20 % of the marked region \(360 m²\) has an NDVI above 0.4, 25 % of the pixels with a value\. NDVI averages/,
    );
    expect(await say('标出区域的平均NDWI')).toMatch(
      /^标出的区域的NDWI 平均为 0\.31（标准差 0\.12），范围 -0\.21 至 0\.83。根据 5,000 个像素，其中 1,000 个没有值，按全分辨率（0\.6 m）。$/,
    );
    expect(await say('NDVI of the largest field')).toMatch(
      /“largest field” in the question was left out of account\.$/,
    );
    expect(workers.calls.filter((call) => call.startsWith('vlm.'))).toEqual([]);
    await ask('NDVI of the whole image');
    expect(asked.at(-1)!.window).toEqual({ x: 0, y: 0, width: 1000, height: 500 });
    const file = await session.exporting.exportAs('geojson', [answer.id]);
    expect(JSON.parse(await file.blob.text()).nadir.answers[0].fact).toEqual(answer.fact);
  });

  it('says at which resolution it was read', async () => {
    const statistics = () => ({
      factor: 4,
      pixels: 100,
      isWhole: true,
      count: 100,
      min: 1,
      max: 9,
      mean: 5,
      stdDev: 2,
      edges: [1, 9],
      bins: [100],
      within: null,
    });
    const { say } = await started(FOUR, { statistics });
    expect(await say('histogram of the red band')).toBe(
      'Red averages 5 over the whole image (standard deviation 2), from 1 to 9. From 100 pixels, from an overview of 1:4 (2.4 m), which can hide small extremes.',
    );
  });

  it('says what the image lacks', async () => {
    const { session, ask, say } = await started(UTM);
    expect(await say('mean NDVI')).toBe(
      'NDVI needs a near infrared band, and none is known in this image. Choose it under “Bands”, NIR.',
    );
    expect(await say('平均NBR')).toMatch(/^NBR 需要近红外波段，这幅图像没有注明。/);
    expect(await say('mean of band 7')).toBe('There is no band 7; the file has 3.');
    expect(await say('NDWI of the marked region')).toBe('No region is marked. Draw one on the map (R).');
    expect(await say('What is the elevation?')).toBe(
      'This file has no elevations: none of its 3 bands is stated to be one.',
    );
    const which = await ask('histogram');
    expect(which.choices?.map(({ text }) => text)).toEqual(['1. red', '2. green', '3. blue']);
    expect((await ask(which.choices![1]!.question)).fact).toMatchObject({ name: 'green', expression: 'b2' });
    expect((await ask('mean of b9 / b1')).error?.code).toBe('EXPRESSION_INVALID');
    expect(session.asking.running.value).toBeNull();
  });

  it('keeps to the sensor’s bands when the map shows others', async () => {
    const { session, ask } = await started(FOUR);
    session.images.setBands({ red: 3, green: 0, blue: 1, nir: 3 });
    expect((await ask('NDVI')).fact).toMatchObject({ expression: '(b4 - b1) / (b4 + b1)' });
  });
});

describe('values at a place', () => {
  it('are told, with a link, and shown on the map', async () => {
    const { ask, actions, say } = await started(FOUR, { pixel: [120, 98, 77, 201] });
    const answer = await ask('what are the band values at 500300.1, 3999850.2');
    // pyproj, EPSG:32611 → 4326: (500300.3, 3999850.3) is 36.1433684° N, 116.9966620° W.
    expect(answer.text).toBe('At 36.14337° N 116.99666° W (column 500, row 249): red 120, green 98, blue 77, nir 201.');
    expect(answer.runs[1]).toMatchObject({ place: { xPx: 500.5, yPx: 249.5 } });
    expect(answer.fact).toMatchObject({
      kind: 'value',
      col: 500,
      row: 249,
      bands: [{ name: 'red', value: 120 }, {}, {}, {}],
    });
    expect(actions).toEqual([{ kind: 'point', xPx: 500.5, yPx: 249.5 }]);
    expect(await say('NDVI at column 3, row 4')).toMatch(
      /^NDVI at .* \(column 3, row 4\) is 0\.25 \(red 120, nir 201\)\.$/,
    );
    expect(await say('第3列第4行的像素值')).toMatch(/（第 3 列第 4 行）处：red 120，green 98，blue 77，nir 201。$/);
  });

  it('are elevations only where the file says so', async () => {
    const dem = await started(DEM, { pixel: [431.25] });
    expect(await dem.say('elevation at 500,300')).toMatch(
      /^The elevation at .* \(column 500, row 300\) is 431\.3 m\.$/,
    );
    expect(await dem.say('北纬36.1433度，西经116.9966度的高程是多少？')).toMatch(/的高程为 431\.3 m。$/);
    const grey = await started({ ...DEM, bands: bands('grey') }, { pixel: [431.25] });
    expect(await grey.say('elevation at 500,300')).toMatch(
      /^The file doesn't state what its values mean, so it isn't known whether they are elevations\. At .*: grey 431\.3\.$/,
    );
    const hole = await started(DEM, { pixel: [Number.NaN] });
    expect(await hole.say('elevation at 500,300')).toMatch(/ is no value\.$/);
  });

  it('follow the file’s scale', async () => {
    const scaled = { ...DEM.bands![0]!, scaling: { scale: 0.1, offset: -100 } };
    const { ask } = await started({ ...DEM, sampleType: 'int16', bands: [scaled] }, { pixel: [5000] });
    const answer = await ask('elevation at 500,300');
    expect(answer.text).toMatch(/ is 400 m\./);
    expect(answer.fact).toMatchObject({ bands: [{ value: 5000 }], computed: { name: 'elevation', value: 400 } });
  });

  it('are asked back where the place isn’t clear', async () => {
    // Degrees and pixels both lie inside: 0–60° E, 0–30° N, a tenth of a degree a pixel.
    const world: Partial<SceneInfo> = {
      width: 600,
      height: 300,
      georeference: {
        kind: 'affine',
        geotransform: [0, 0.1, 0, 30, 0, -0.1],
        crs: 'EPSG:4326',
        crsName: 'WGS 84',
        proj4: '+proj=longlat +datum=WGS84 +no_defs',
        units: 'degree',
        pixelIsPoint: false,
      },
    };
    const { ask, say } = await started(world, { pixel: [1, 2, 3] });
    const unclear = await ask('what is the value at 20, 25');
    expect(unclear.text).toMatch(/“20, 25” can mean several places/);
    expect(unclear.choices?.map(({ text }) => text)).toContain('20.0000° N 25.0000° E');
    for (const { question } of unclear.choices!) expect((await ask(question)).fact).toMatchObject({ kind: 'value' });
    expect(await say('某处的高程是多少？')).toMatch(/^请说明位置/);
    expect(await say('elevation at 95° N 10° E')).toMatch(/can't be read as coordinates\. Say where/);
  });

  it('say how far outside a place lies', async () => {
    const { say } = await started(FOUR);
    // GeographicLib: from the image's eastern edge, 117.0000° W … 116.9933° W, at 36.1444° N.
    expect(await say('value at 36.1444, -116.5')).toMatch(
      /^36\.1444° N 116\.5000° W lies outside the image, 44\.4 km to the east of it\.$/,
    );
    expect(await say('value at column 1200, row 100')).toMatch(
      /^Column 1200, row 100 lies outside the image, 12\d m to the east of it\.$/,
    );
    const unplaced = await started({ width: 1000, height: 500 });
    expect(await unplaced.say('value at 36.1° N 117° W')).toMatch(
      /^This image has no such coordinates\. Give the place as/,
    );
    expect(await unplaced.say('value at 1200, 100')).toMatch(/201 pixels from it\.$/);
  });

  it('are those of the place read last, or of the middle, which is said', async () => {
    const { session, say } = await started(DEM, { pixel: [431.25] });
    expect(await say('elevation at the marked point')).toMatch(
      /\(column 500, row 250\) is 431\.3 m\. .*That is the middle of the image, as no point is marked\.$/,
    );
    session.layers.pointed.value = [7.5, 8.5];
    expect(await say('elevation at the marked point')).toMatch(/\(column 7, row 8\) is 431\.3 m\.$/);
  });
});

describe('which image is an elevation model', () => {
  it.each<[string, Partial<SceneInfo>, ReturnType<typeof elevationOf>]>([
    ['by its band', DEM, 'name'],
    ['by its file', { ...DEM, fileName: 'srtm_12_03.tif', bands: bands('Band 1') }, 'name'],
    ['by its unit', { ...DEM, bands: [{ index: 0, name: 'Band 1', role: 'grey', unit: 'metre' }] }, 'unit'],
    ['not by a float', { ...DEM, bands: bands('Band 1') }, null],
    ['not a canopy', { ...DEM, bands: [{ index: 0, name: 'canopy height', role: 'grey', unit: 'm' }] }, null],
    ['not a hillshade of bytes', { ...DEM, sampleType: 'uint8', fileName: 'dem.tif' }, null],
    ['not several bands', { ...FOUR, fileName: 'dem.tif' }, null],
    ['not a word that contains one', { ...DEM, fileName: 'academy.tif', bands: bands('Band 1') }, null],
  ])('%s', (_, info, expected) => {
    expect(elevationOf(sceneInfo(info))).toBe(expected);
  });
});

it('reads a place in another zone of UTM', () => {
  // pyproj: 36.1433684° N, 116.9966620° W is 1040388.029 E, 4016583.576 N in zone 10N.
  const meaning = { system: 'crs', x: 1_040_388.029, y: 4_016_583.576, utm: { zone: 10, isSouth: false } } as const;
  const found = resolvePlace([meaning], sceneInfo(UTM));
  expect(found.kind === 'inside' && found.spot.at.map(Math.floor)).toEqual([500, 249]);
});
