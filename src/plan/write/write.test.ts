import { describe, expect, it } from 'vitest';
import { type Evidence, UNKNOWN } from '../evidence.ts';
import { groundOf, pixelGround } from '../ground/ground.ts';
import type { Plan } from '../plan.ts';
import { runPlan } from '../run/run.ts';
import { evidence, known, landCover, outlined, plan, TILES, thing, twoMetreGround } from '../testing/evidence.ts';
import { writeAnswer, writePlan, writeUnsure } from './write.ts';

const ground = twoMetreGround;
const onMap = groundOf(
  {
    kind: 'affine',
    geotransform: [-118.231, 1e-5, 0, 34.058, 0, -1e-5],
    crs: null,
    crsName: null,
    proj4: '+proj=longlat +datum=WGS84',
    units: 'degree',
    pixelIsPoint: false,
  },
  100,
  100,
);

/** Of each tile the left 40 % are grass, and none is sand. */
const cover = landCover(['grass', 'sand', 'other'], [[0.4], [0.4], [0.4], [0.4]]);
const all = evidence(
  {
    car: known({ things: [1, 2, 3, 4, 5].map((i) => thing(`car ${i}`, 10 * i, 20, { score: 0.8 })) }),
    truck: known({ things: [thing('truck', 80, 80)] }),
    building: known({
      things: [
        outlined('b', [
          [40, 10],
          [60, 10],
          [60, 20],
          [40, 20],
        ]),
        outlined('c', [
          [10, 60],
          [40, 60],
          [40, 70],
          [10, 70],
        ]),
      ],
    }),
    'storage tank': known({ things: [thing('t', 30, 30, { w: 10, h: 10 })] }),
    airplane: known({ things: [] }),
    tree: known({ densities: TILES.map((window) => ({ window, count: 60 })), densityError: 0.15 }),
    ship: known({ presence: TILES.map((window, i) => ({ window, probability: i === 0 ? 0.9 : 0.1 })) }),
    water: known({ presence: TILES.map((window) => ({ window, probability: 0.1 })) }),
    pavement: known({ presence: TILES.map((window) => ({ window, probability: 0.4 })) }),
    grass: known({ cover: { classes: [0], isExact: true } }),
    sand: known({ cover: { classes: [1], isExact: true } }),
    'swimming pool': UNKNOWN,
    'other:elephant': UNKNOWN,
    bus: UNKNOWN,
  },
  { cover },
);

const BY_COVER = 'By land cover in cells of 6.32 m; how right it is was not measured.';
const BY_COVER_ZH = '依据像元为 6.32 米的土地覆盖，准确度未经测定。';

/** English and Chinese answers to one plan. */
function both(
  intent: Plan['intent'],
  subjects: string[],
  given: Partial<Plan> = {},
  of: Evidence = all,
  on = ground,
): [string, string] {
  const say = (language: Plan['language']) => {
    const asked = plan(intent, subjects, { ...given, language });
    return writeAnswer(asked, runPlan(asked, of, on))!.text;
  };
  return [say('en'), say('zh')];
}

describe('counts', () => {
  it('agree with their nouns and carry an interval', () => {
    // Binomial(5, 0.8): P(≤ 2) = 0.0579, P(≤ 1) = 0.0067; so 2–5.
    expect(both('count', ['car'])).toEqual(['There are 5 cars, likely 2–5.', '有 5 辆汽车，可能为 2–5。']);
    expect(both('count', ['truck'])).toEqual(['There is 1 truck.', '有 1 辆卡车。']);
    expect(both('count', ['airplane'])).toEqual(['There are no airplanes.', '没有飞机。']);
    // 240 ± 1.645·36.
    expect(both('count', ['tree'])).toEqual([
      'There are about 240 trees, likely 181–299.',
      '有约 240 棵树，可能为 181–299。',
    ]);
    expect(both('count', ['car', 'truck'])[0]).toBe('There are 5 cars (likely 2–5) and 1 truck: 6 in all, likely 3–6.');
  });
  it('say where and which', () => {
    expect(both('count', ['car'], { where: 'right third', filter: 'area>3 m2' })).toEqual([
      'There are no cars of more than 3 m² in the right third.',
      '右侧三分之一没有面积超过 3 平方米的汽车。',
    ]);
    expect(both('count', ['car'], { where: 'near:storage tank', filter: 'distance<=12.5 m' })[0]).toBe(
      'There are 3 cars at most 12.5 m from a storage tank, likely 1–3.',
    );
    expect(both('count', ['truck'], { where: 'along:building' })).toEqual([
      'There are no trucks along buildings (within 20 m).',
      '建筑物沿线（20 米以内）没有卡车。',
    ]);
  });
  it('say so when fewer are likely than were found', () => {
    const low = evidence({ car: known({ things: [1, 2, 3, 4].map((i) => thing(`c${i}`, 9 * i, 9, { score: 0.3 })) }) });
    // Binomial(4, 0.3): P(≤ 2) = 0.9163, P(≤ 3) = 0.9919.
    expect(both('count', ['car'], {}, low)).toEqual([
      'There are 4 cars, likely only 0–3.',
      '有 4 辆汽车，可能只有 0–3。',
    ]);
    // Each 32 m² with a chance of 0.3: 38.4 m² ± 1.645 × 32 m² × √(4 × 0.21).
    expect(both('measure', ['car'], { quantity: 'total area' }, low)).toEqual([
      'The 4 cars cover 128 m² together, likely only 0 m² to 86.6 m². Without outlines, sizes are those of the boxes.',
      '4 辆汽车的总面积为 128 平方米，可能只有 0 平方米至 86.6 平方米。没有轮廓时，按方框计算大小。',
    ]);
  });
  it('say so when more are likely than were found', () => {
    // A recall of 0.5: of 9 certain ones found as many again are missed, Poisson: P(≤ 4) = 0.0550, P(≤ 3) = 0.0212,
    // P(≤ 13) = 0.9261, P(≤ 14) = 0.9585.
    const things = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => thing(`c${i}`, 9 * i, 9));
    expect(both('count', ['car'], {}, evidence({ car: known({ things, recall: 0.5 }) }))).toEqual([
      'There are 9 cars, likely more: 13–23.',
      '有 9 辆汽车，可能更多：13–23。',
    ]);
  });
  it("don't state what is likelier not there", () => {
    const of = evidence({
      car: known({ things: [1, 2, 3].map((i) => thing(`c${i}`, 9 * i, 9)) }),
      truck: known({ things: [thing('t', 50, 50, { score: 0.4 })] }),
    });
    expect(both('count', ['truck'], {}, of)).toEqual([
      'There is 1 possible truck, likely 0–1.',
      '有 1 辆疑似卡车，可能为 0–1。',
    ]);
    expect(both('describe', [], {}, of)).toEqual([
      'There are 3 cars and 1 possible truck (likely 0–1).',
      '有 3 辆汽车和 1 辆疑似卡车（可能为 0–1）。',
    ]);
    expect(both('find', ['truck'], {}, of)[0]).toBe('1 possible truck was found, likely 0–1.');
    // Presence scores of 0.95 vouch for it: log odds (−0.41 + 2.94) / 2.
    const presence = TILES.map((window) => ({ window, probability: 0.95 }));
    const vouched = evidence({ truck: { ...of.subjects.truck!, presence } });
    expect(both('exists', ['truck'], {}, vouched)).toEqual([
      'Yes, there is 1 truck, likely 0–1.',
      '有 1 辆卡车，可能为 0–1。',
    ]);
  });
  it('link to the things meant', () => {
    const asked = plan('count', ['car', 'truck']);
    const { runs, text } = writeAnswer(asked, runPlan(asked, all, ground))!;
    expect(runs.map((run) => run.text).join('')).toBe(text);
    expect(
      runs.filter(({ thingIds }) => thingIds.length > 0).map(({ text, thingIds }) => [text, thingIds.length]),
    ).toEqual([
      ['5 cars', 5],
      ['1 truck', 1],
      ['6', 6],
    ]);
  });
  it("say what wasn't looked at", () => {
    const tiles = TILES.map((window, i) => ({
      window,
      state: (['looked', 'looked', 'failed', 'waiting'] as const)[i]!,
    }));
    expect(both('count', ['truck'], {}, { ...all, tiles })).toEqual([
      'There is 1 truck. 1 of 4 tiles failed and is not included. Only 50 % of it was looked at.',
      '有 1 辆卡车。4 个图块中有 1 个失败，未计入。只查看了其中的 50%。',
    ]);
    expect(both('exists', ['airplane'], {}, { ...all, tiles })[0]).toMatch(
      /^No airplanes were found, but that isn't certain\./,
    );
  });
});

describe('presence', () => {
  it("is grammatical for what isn't counted", () => {
    expect(both('exists', ['water'])).toEqual(['No, there is no water.', '没有水体。']);
    expect(both('exists', ['sand'])[0]).toBe(`No, there is no sand. ${BY_COVER}`);
    expect(both('exists', ['grass'])[0]).toBe(`Yes, there is grass. ${BY_COVER}`);
    expect(both('exists', ['pavement'])).toEqual([
      'No, probably not: the chance of pavement is 40 %.',
      '可能没有铺装路面（存在的概率 40%）。',
    ]);
    expect(both('exists', ['airplane'])[0]).toBe('No, there are no airplanes.');
  });
  it('says yes with what there is', () => {
    expect(both('exists', ['truck'], { where: 'south' }, all, onMap)).toEqual([
      'Yes, there is 1 truck in the southern half.',
      '有，南部有 1 辆卡车。',
    ]);
    expect(both('exists', ['ship'])).toEqual([
      'Yes, there are ships: 1 of 4 tiles show them.',
      '有船，4 个图块中有 1 个可见。',
    ]);
    expect(both('exists', ['car'], { filter: 'count>2' })[0]).toBe('Yes, more than 2: there are 5 cars, likely 2–5.');
    expect(both('exists', ['truck'], { filter: 'count>2' })).toEqual([
      'No, not more than 2: there is 1 truck.',
      '不，没有超过 2：有 1 辆卡车。',
    ]);
  });
  it('answers each of several, and names the unknown one', () => {
    expect(both('exists', ['truck', 'swimming pool'])).toEqual([
      'Yes, there is 1 truck. I have no class for swimming pools.',
      '有 1 辆卡车。我没有“游泳池”这一类别。',
    ]);
  });
});

describe('finding', () => {
  it('says how many were found', () => {
    expect(both('find', ['car'], { filter: 'top 2' })).toEqual(['2 cars were found.', '找到 2 辆汽车。']);
    expect(both('find', ['truck', 'airplane'])).toEqual([
      '1 truck was found, but no airplanes.',
      '找到 1 辆卡车，没有找到飞机。',
    ]);
    expect(both('find', ['airplane'], { where: 'top half' })[0]).toBe('No airplanes were found in the top half.');
  });
});

describe('comparing', () => {
  it('gives the numbers', () => {
    expect(both('compare', ['truck', 'building'])).toEqual([
      'There are more buildings (2) than trucks (1), 2 times as many.',
      '建筑物比卡车更多：2 栋建筑物和 1 辆卡车，前者是后者的 2 倍。',
    ]);
    expect(both('compare', ['truck', 'storage tank'])[0]).toBe('There are as many trucks as storage tanks: 1 each.');
    expect(both('compare', ['car', 'building'])[0]).toMatch(
      /^There are more cars \(5, likely 2–5\) than buildings \(2\), 2\.5 times as many/,
    );
    expect(both('compare', ['truck', 'building', 'airplane'])[0]).toBe(
      'By number: buildings (2), trucks (1), then airplanes (0).',
    );
    expect(both('compare', ['building', 'grass'], { quantity: 'share' })).toEqual([
      `Grass covers more (40 %) than buildings (5 %), 8 times as much. ${BY_COVER}`,
      `草地比建筑物的占比更大：草地 40%和建筑物 5%，前者是后者的 8 倍。${BY_COVER_ZH}`,
    ]);
    expect(both('compare', ['airplane', 'airplane'])[0]).toBe('There are neither airplanes nor airplanes.');
  });
});

describe('extremes', () => {
  it('name the thing and what decides', () => {
    expect(both('extreme', ['building'], { order: 'largest' })).toEqual([
      'The largest of 2 buildings measures 1,200 m².',
      '2 栋建筑物中最大的一栋面积为 1,200 平方米。',
    ]);
    expect(both('extreme', ['storage tank'], { order: 'northernmost' }, all, onMap)).toEqual([
      'The only storage tank lies at 34.05770° N 118.23070° W.',
      '最北的储油罐位于北纬 34.05770°，西经 118.23070°。',
    ]);
    expect(both('extreme', ['car'], { order: 'leftmost' })[0]).toBe('The leftmost of 5 cars is marked on the image.');
    expect(both('extreme', ['car'], { order: 'nearest:storage tank' })[0]).toBe(
      'The car nearest to a storage tank is 8 m from it.',
    );
    expect(both('extreme', ['building'], { order: 'longest', filter: 'top 2' })[0]).toBe(
      'The 2 longest buildings are 60 m and 40 m long.',
    );
  });
});

describe('measures', () => {
  it('have units', () => {
    expect(both('measure', ['building'], { quantity: 'area' })[0]).toBe(
      'The 2 buildings measure 800 m² to 1,200 m², 2,000 m² together.',
    );
    expect(both('measure', ['building'], { quantity: 'area', order: 'largest' })).toEqual([
      'The largest building measures 1,200 m².',
      '最大的建筑物的面积为 1,200 平方米。',
    ]);
    expect(both('measure', ['building'], { quantity: 'average area' })[0]).toBe(
      'The 2 buildings measure 1,000 m² on average.',
    );
    expect(both('measure', ['building'], { quantity: 'total area' })[0]).toBe(
      'The 2 buildings cover 2,000 m² together.',
    );
    expect(both('measure', ['building'], { quantity: 'perimeter', order: 'largest' })[0]).toBe(
      'The perimeter of the largest building is 160 m.',
    );
    expect(both('measure', ['grass'], { quantity: 'total area' })).toEqual([
      `Grass covers 1.6 ha. ${BY_COVER}`,
      `草地的总面积为 1.6 公顷。${BY_COVER_ZH}`,
    ]);
    expect(both('measure', ['building'], { quantity: 'share' })).toEqual([
      'Buildings cover 5 % of the ground: 2,000 m² of 4 ha.',
      '建筑物占地面的 5%（4 公顷中的 2,000 平方米）。',
    ]);
    // 4 × 2 px of 2 m: 32 of 40,000 m².
    expect(both('measure', ['truck'], { quantity: 'share' })[0]).toBe(
      'Trucks cover 0.08 % of the ground: 32 m² of 4 ha. Without outlines, sizes are those of the boxes.',
    );
    expect(both('measure', ['airplane'], { quantity: 'total area' })).toEqual([
      'There are no airplanes.',
      '没有飞机。',
    ]);
    expect(both('measure', ['truck'], { quantity: 'density' })[0]).toBe(
      'There are 25 trucks per km² (0.25 per ha): 1 truck on 4 ha.',
    );
    expect(both('measure', ['tree'], { quantity: 'density' })[1]).toBe(
      '树的密度为每平方公里 6,000 棵（每公顷 60）：4 公顷内有约 240 棵树，可能为 4,530–7,480。',
    );
    expect(both('measure', ['building'], { quantity: 'distance' })).toEqual([
      'The 2 buildings are 80 m apart, edge to edge.',
      '2 栋建筑物相距 80 米（边到边）。',
    ]);
    expect(both('measure', ['truck'], { quantity: 'distance', order: 'nearest:building' })[0]).toBe(
      'The truck is 78.1 m from the nearest building, edge to edge.',
    );
    expect(both('measure', ['car'], { quantity: 'spacing' })[0]).toBe(
      'The 5 cars are 20 m apart on average, from centre to nearest centre.',
    );
  });
  it('say when they are in pixels, from boxes or cut', () => {
    const cut = evidence({ car: known({ things: [thing('x', 2, 50)] }) });
    expect(both('measure', ['car'], { quantity: 'length' }, cut, pixelGround)).toEqual([
      'The car is 4 px long. The image has no scale, so sizes are in pixels. Without outlines, sizes are those of the boxes. One of them is cut off at the border.',
      '汽车的长度为 4 像素。图像没有比例尺，因此以像素计量。没有轮廓时，按方框计算大小。其中 1 个被边界截断。',
    ]);
  });
});

describe('scenes', () => {
  const scenes = TILES.map((window) => ({ window, scores: [{ label: 'harbor', labelZh: '港口', probability: 0.93 }] }));
  it('are summed up', () => {
    const [en, zh] = both('describe', [], {}, { ...all, scenes });
    expect(en).toBe(
      'Scene: harbor (93 % certain). There are about 240 trees (likely 181–299), 5 cars (likely 2–5; mostly in the northwest), 2 buildings, 1 truck and 1 storage tank. Share of the ground: grass 40 % and buildings 5 %. Also there: ships. By land cover in cells of 6.32 m; how right it is was not measured.',
    );
    expect(zh).toBe(
      '看起来是港口（把握 93%）。有约 240 棵树（可能为 181–299）、5 辆汽车（可能为 2–5，大多在西北部）、2 栋建筑物、1 辆卡车和 1 个储油罐。地面占比：草地 40%和建筑物 5%。另外还有船。依据像元为 6.32 米的土地覆盖，准确度未经测定。',
    );
    expect(both('classify', [], {}, { ...all, scenes })).toEqual([
      'Mostly harbor (100 % of the ground).',
      '大部分是港口（占地面的 100%）。',
    ]);
  });
});

describe('honest ends', () => {
  const knows =
    'I know cars, trucks, buildings, storage tanks, airplanes, trees, ships, water, pavement, grass and sand.';
  it("name what isn't known and what is", () => {
    expect(both('count', ['swimming pool'])).toEqual([
      `I have no class for swimming pools. ${knows}`,
      '我没有“游泳池”这一类别。我认识汽车、卡车、建筑物、储油罐、飞机、树、船、水体、铺装路面、草地、沙地。',
    ]);
    expect(both('exists', ['other:elephant'])[0]).toBe(`I have no class for elephants. ${knows}`);
    expect(both('find', ['bus'])[0]).toContain('I do know cars and trucks: should I look for one of these instead?');
    expect(both('find', ['car'], { where: 'near:other:elephant' })[0]).toBe(
      `I have no class for elephants, so I cannot tell what lies near an elephant. ${knows}`,
    );
  });
  it('say what can be told instead', () => {
    expect(both('count', ['ship'])).toEqual([
      'I can only tell whether there are ships, not how many or where: 1 of 4 tiles shows them.',
      '我只能判断有没有船，无法知道数量和位置：4 个图块中有 1 个可见。',
    ]);
    expect(both('measure', ['water'], { quantity: 'area' })[0]).toBe(
      'I can only tell whether there is water, not where exactly or how much: 0 of 4 tiles show it.',
    );
    expect(both('extreme', ['tree'], { order: 'largest' })).toEqual([
      'I can only estimate how many trees there are (about 240 trees), not where or how large each of them is.',
      '我只能估计树的数量（约 240 棵树），无法知道每一个的位置和大小。',
    ]);
    expect(both('extreme', ['airplane'], { order: 'largest' })[0]).toBe('No airplanes were found.');
    expect(both('find', ['car'], { where: 'near:airplane' })[0]).toBe(
      'No airplanes were found, so nothing can lie near an airplane.',
    );
    expect(both('attribute', ['car'])[0]).toBe(
      `I cannot tell attributes of cars such as colour, type, age or activity; I can find, count and measure them. ${knows}`,
    );
    expect(both('outside', [])[0]).toBe(
      'An image like this cannot tell that. I can find, count, measure and compare what is visible in it.',
    );
    expect(both('count', ['car'], { filter: 'area>3 m2' }, all, pixelGround)[0]).toBe(
      'The image has no scale, so nothing is known in metres. Ask in pixels (px, px²), or choose its coordinate system.',
    );
    expect(both('measure', ['truck'], { quantity: 'distance' })[0]).toBe(
      'Only 1 truck was found; there is no other to compare with.',
    );
    expect(both('count', ['car'], { where: 'marked region' })[1]).toBe('图上没有标记区域。请先画出区域再提问。');
  });
  it("leaves the model's own words to the model", () => {
    const asked = plan('quality', []);
    expect(writeAnswer(asked, runPlan(asked, all, ground))).toBeNull();
  });
  it('asks back', () => {
    expect(writeUnsure('en')).toMatch(/\?$/);
    expect(writeUnsure('zh')).toMatch(/？$/);
  });
});

describe('plans in words', () => {
  it.each([
    [plan('count', ['car'], { where: 'left half' }), 'Count cars in the left half', '统计左半部分的汽车'],
    [
      plan('find', ['building'], { filter: 'area>200 m2' }),
      'Find buildings of more than 200 m²',
      '查找面积超过 200 平方米的建筑物',
    ],
    [
      plan('find', ['car'], { order: 'largest', filter: 'top 3' }),
      'Find the first 3 cars, largest first',
      '查找最大的 3 辆汽车',
    ],
    [plan('exists', ['water']), 'Check for water', '判断有没有水体'],
    [plan('exists', ['car'], { filter: 'count>10' }), 'Check for more than 10 cars', '判断汽车是否超过 10'],
    [plan('compare', ['car', 'tree']), 'Compare cars and trees', '比较汽车和树'],
    [
      plan('extreme', ['airplane'], { order: 'nearest:runway' }),
      'Find the airplane nearest to a runway',
      '查找离机场跑道最近的飞机',
    ],
    [plan('measure', ['tree'], { quantity: 'spacing' }), 'Measure the spacing between trees', '测量树之间的间距'],
    [plan('describe', [], { where: 'northwest' }), 'Describe what lies in the northwest', '描述西北部'],
    [plan('classify', ['field', 'tree']), 'Choose between field and tree', '在田地和树中选择'],
    [plan('identify', [], { where: 'marked region' }), 'Say what lies in the marked region', '说明标记区域内有什么'],
  ])('%s', (asked, en, zh) => {
    expect(writePlan(asked)).toBe(en);
    expect(writePlan({ ...asked, language: 'zh' })).toBe(zh);
  });
});
