import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NOTHING_STATED, type SceneInfo } from '../../imagery/image.ts';
import { fakeWorkers, sceneInfo } from '../fakes.ts';
import { createSession } from '../session.ts';
import { factAsked, type HeaderFact } from './recognise.ts';
import { tellFact } from './tell.ts';

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

describe('a question about the file', () => {
  it.each<[string, HeaderFact]>([
    ["What's the ground resolution?", 'resolution'],
    ['Which country is this?', 'country'],
    ['What country was this taken in?', 'country'],
    ['这是哪个国家？', 'country'],
    ['Is this at sea?', 'country'],
    ['When was this image taken?', 'date'],
    ['acquisition date?', 'date'],
    ['What year is this image from?', 'date'],
    ['这张图是什么时候拍的？', 'date'],
    ['拍摄日期', 'date'],
    ['Which satellite took this?', 'sensor'],
    ['What sensor is it?', 'sensor'],
    ['用什么传感器拍的', 'sensor'],
    ['是哪颗卫星拍的？', 'sensor'],
    ['how many meters per pixel', 'resolution'],
    ['这张图的分辨率是多少？', 'resolution'],
    ['Which CRS is this in?', 'crs'],
    ['坐标系是什么', 'crs'],
    ['How big is this image?', 'size'],
    ['图像有多大？', 'size'],
    ['Where is this?', 'place'],
    ['Where was this image taken?', 'place'],
    ['extent of the scene, please', 'place'],
    ['How many bands does it have?', 'bands'],
    ['有几个波段', 'bands'],
    ['is there a nodata value', 'nodata'],
    ['无效值是多少', 'nodata'],
    ['how is this file compressed', 'file'],
    ['压缩方式', 'file'],
    ['what is the bit depth', 'type'],
  ])('is known by its words: %s', (question, fact) => {
    expect(factAsked(question)).toEqual({ kind: 'header', id: fact });
  });

  it.each([
    'When was the largest building built?',
    'When were the trees cut down?',
    'which satellite dishes are largest?',
    'Are there country roads?',
    'Which country does the airplane belong to?',
    '这架飞机是哪个国家的？',
    'Are there compression artefacts?',
    'How severe is the compression?',
    'Are there nodata areas?',
    '有空值吗？',
    'Are there radiometric problems?',
    'which country house is largest',
    'Is there a sea?',
    'Is the sea calm?',
    'are there cameras on the roof?',
    'Is it a time of drought?',
    '这里有海吗？',
    '有几个卫星天线？',
    'How large is the biggest building?',
    'Where are the cars?',
    'Where is the largest tank?',
    'How many cars are in the image?',
    'How big is the parking lot?',
    'Is there a river in this scene?',
    'What is the area of the tennis courts in this image?',
    'Describe the image.',
    'How sharp is the image?',
    '最大的建筑有多大？',
    '有多少辆汽车？',
  ])('is told from one about things: %s', (question) => {
    expect(factAsked(question)).toBeNull();
  });
});

describe('what is said', () => {
  const info = sceneInfo(UTM);
  const whole = { x: 0, y: 0, width: 1000, height: 500 };
  const tell = (fact: Parameters<typeof tellFact>[0], changes: Partial<SceneInfo> = {}, region = whole) =>
    tellFact(fact, { ...info, ...changes }, region, 'en');

  it('has the file’s numbers, with units', () => {
    expect(tell('resolution')).toBe('A pixel shows 0.6 m of ground.');
    expect(tell('crs')).toBe('Its coordinate system is EPSG:32611, WGS 84 / UTM zone 11N.');
    // 600 × 300 m on the map; UTM's scale at the central meridian is 0.9996, so 18.0144 ha on the ground.
    expect(tell('size')).toBe('The image is 1,000 × 500 pixels, 18 ha of ground.');
    expect(tell('bands')).toBe('3 bands: red, green, blue. None is stated to be near infrared.');
    expect(tellFact('resolution', info, whole, 'zh')).toBe('一个像素在地面上为 0.6 米。');
  });

  it('says where it lies', () => {
    // pyproj, EPSG:32611 → 4326: (500300, 3999850) is 36.1433657° N, 116.9966653° W.
    expect(tell('place')).toMatch(/^Its centre lies at 36\.1434° N 116\.9967° W; it spans .*° W\.$/);
  });

  it('says when and by what it was taken, in the file’s words', () => {
    const nothing = NOTHING_STATED;
    const stated = (facts: Partial<typeof info.stated>) => ({ stated: { ...nothing, ...facts } });
    const taken = { acquired: { text: '2012-06-01 10:42:07', tag: 'ACQUISITIONDATETIME' } };
    expect(tell('date', stated(taken))).toBe(
      'The file states that it was taken on 2012-06-01 10:42:07 (ACQUISITIONDATETIME).',
    );
    expect(tell('date', stated({ written: { text: '2019:03:02 08:15:00', tag: 'DateTime' } }))).toBe(
      "The file doesn't state when it was taken. It was written on 2019:03:02 08:15:00 (DateTime), which may be later.",
    );
    expect(tell('date', stated({ description: 'flown in spring' }))).toBe(
      "The file doesn't state a date. Its description says: “flown in spring”.",
    );
    expect(tell('sensor', stated({ sensor: { text: 'LANDSAT_9 OLI_TIRS', tag: 'SPACECRAFT_ID, SENSOR_ID' } }))).toBe(
      'The file states LANDSAT_9 OLI_TIRS (SPACECRAFT_ID, SENSOR_ID).',
    );
    expect(tell('sensor', stated({}))).toBe("The file doesn't state a sensor.");
  });

  it('says what a file without a place cannot tell', () => {
    const none = { gsdMetres: null, georeference: { kind: 'none', reason: 'The file has no tags for it.' } } as const;
    expect(tell('resolution', none)).toBe(
      'The image states no ground resolution: it has no place. The file has no tags for it.',
    );
    expect(tell('place', none)).toMatch(/^Where it lies can't be told/);
    expect(tell('size', none)).toBe('The image is 1,000 × 500 pixels.');
  });
});

describe('in a session', () => {
  beforeEach(() => {
    vi.stubGlobal('fetch', async () => new Response('[]'));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is answered without the model', async () => {
    const workers = fakeWorkers({ info: UTM });
    const session = createSession(workers);
    await session.model.load('wasm');
    await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
    const answer = await session.asking.ask({ task: 'ask', text: 'What is the resolution?', region: 'scene' });
    expect(answer).toMatchObject({ status: 'done', text: 'A pixel shows 0.6 m of ground.', counts: { merged: 0 } });
    expect(workers.requests).toEqual([]);
    // In the Mojave desert, 36.14° N 117.00° W.
    const country = await session.asking.ask({ task: 'ask', text: 'Which country is this?', region: 'scene' });
    expect(country.text).toBe('By coarse outlines it lies in the United States.');
    const place = await session.asking.ask({ task: 'ask', text: 'Where is this?', region: 'scene' });
    expect(place.text).toMatch(
      /° W\. By coarse outlines it lies in the United States\. Names of towns aren't known\.$/,
    );
    expect(session.asking.answers.value).toHaveLength(3);
    const missing = await session.asking.ask({ task: 'ask', text: 'What is the mean NDVI?', region: 'scene' });
    expect(missing.text).toMatch(/NDVI needs a near infrared band/);
  });
});
