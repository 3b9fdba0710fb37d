import { describe, expect, it } from 'vitest';
import type { Evidence } from '../evidence.ts';
import { pixelGround } from '../ground/ground.ts';
import type { Plan } from '../plan.ts';
import { runPlan } from '../run/run.ts';
import { evidence, known, landCover, plan, TILES, thing, twoMetreGround } from '../testing/evidence.ts';
import { writeAnswer, writePlan } from './write.ts';

/** Answers from a land cover of four tiles of 1 ha: water; trees and soil by halves; grass; a fifth of it grass, the rest soil. */

const LABELS = ['water', 'trees', 'grass and low vegetation', 'bare soil'];
const SHARES = [[1], [0, 0.5], [0, 0, 1], [0, 0, 0.2]];
const of = (...classes: number[]) => known({ cover: { classes, isExact: true } });
const subjects = {
  'land cover': of(0, 1, 2, 3),
  water: known({
    cover: { classes: [0], isExact: true },
    presence: TILES.map((window) => ({ window, probability: 0.9 })),
  }),
  lake: known({ cover: { classes: [0], isExact: false } }),
  tree: known({ cover: { classes: [1], isExact: true }, densities: TILES.map((window) => ({ window, count: 3 })) }),
  'low vegetation': of(2),
  grass: known({ cover: { classes: [2], isExact: false } }),
  'bare soil': of(3),
  vegetation: of(1, 2),
  building: known({ things: [thing('b', 30, 30, { w: 10, h: 10 })] }),
};
const certain = evidence(subjects, { cover: landCover(LABELS, SHARES) });
const measured = evidence(subjects, { cover: landCover(LABELS, SHARES, { sureness: 0.8, iou: 0.5 }) });

const BY = 'By land cover in cells of 6.32 m; how right it is was not measured.';
const BY_ZH = '依据像元为 6.32 米的土地覆盖，准确度未经测定。';
const BY_HALF = 'By land cover in cells of 6.32 m, with an IoU of 0.5 on held-out images.';

function both(
  intent: Plan['intent'],
  asked: string[],
  given: Partial<Plan> = {},
  { all = certain, on = twoMetreGround }: { all?: Evidence; on?: typeof twoMetreGround } = {},
): [string, string] {
  const say = (language: Plan['language']) => {
    const of = plan(intent, asked, { ...given, language });
    return writeAnswer(of, runPlan(of, all, on))!.text;
  };
  return [say('en'), say('zh')];
}

describe('how much ground', () => {
  it('is a share and an area', () => {
    expect(both('measure', ['water'], { quantity: 'share' })).toEqual([
      `Water covers 25 % of the ground: 1 ha of 4 ha. ${BY}`,
      `水体占地面的 25%：4 公顷中的 1 公顷。${BY_ZH}`,
    ]);
    expect(both('measure', ['bare soil'], { quantity: 'total area' })).toEqual([
      `Bare soil covers 1.3 ha. ${BY}`,
      `裸土的总面积为 1.3 公顷。${BY_ZH}`,
    ]);
    expect(both('measure', ['tree'], { quantity: 'share', where: 'right half' })[0]).toBe(
      `Trees cover 25 % of the ground in the right half: 5,000 m² of 2 ha. ${BY}`,
    );
  });

  it('of several subjects counts each class once', () => {
    expect(both('measure', ['vegetation'], { quantity: 'total area' })[0]).toBe(`Vegetation covers 1.7 ha. ${BY}`);
    expect(both('measure', ['grass', 'vegetation'], { quantity: 'total area' })[0]).toMatch(
      /^Grass and vegetation cover 1.7 ha\./,
    );
  });

  it('says what errors would make of it', () => {
    // A of IoU 0.5 is A/2 to 2 A; up to all of the 4 ha.
    expect(both('measure', ['water'], { quantity: 'share' }, { all: measured })).toEqual([
      `Water covers 25 % of the ground (13 to 50 % by the map's usual errors): 1 ha of 4 ha. ${BY_HALF}`,
      '水体占地面的 25%（按地图的常见误差为 13% 至 50%）：4 公顷中的 1 公顷。依据像元为 6.32 米的土地覆盖，在保留图像上的 IoU 为 0.5。',
    ]);
    // Without such a measurement by the map's probabilities: four fifths of it, and a fifteenth of the rest more.
    const doubtful = evidence(subjects, { cover: landCover(LABELS, SHARES, { sureness: 0.8 }) });
    expect(both('measure', ['water'], { quantity: 'total area' }, { all: doubtful })[0]).toBe(
      `Water covers 1 ha (8,000 m² to 1.2 ha by the map's own doubt). ${BY}`,
    );
  });

  it('says where a class is wider than what was asked about', () => {
    expect(both('measure', ['grass'], { quantity: 'total area' })).toEqual([
      `Grass covers 1.2 ha. ${BY} Grass is not a class of its own there, but a part of grass and low vegetation.`,
      `草地的总面积为 1.2 公顷。${BY_ZH}其中草地不是单独的类别，而是grass and low vegetation的一部分。`,
    ]);
    expect(both('measure', ['lake'], { quantity: 'share' })[0]).toMatch(
      /Lakes are not a class of their own there, but a part of water\.$/,
    );
  });

  it('of a crowd of which only some have boxes is told by land cover', () => {
    const tree = { ...subjects.tree, things: [thing('t', 44, 30, { w: 4, h: 4 })] };
    const crowd = evidence({ ...subjects, tree }, { cover: landCover(LABELS, SHARES) });
    expect(both('measure', ['tree'], { quantity: 'share' }, { all: crowd })[0]).toMatch(
      /^Trees cover 13 % of the ground/,
    );
    // Single ones are asked about by an order, and so is what lies near something.
    expect(both('measure', ['tree'], { quantity: 'area', order: 'largest' }, { all: crowd })[0]).toMatch(
      /measures 64 m²/,
    );
    expect(both('measure', ['tree'], { quantity: 'total area', where: 'near:building' }, { all: crowd })[0]).toMatch(
      /^The tree near buildings .* covers 64 m²/,
    );
    expect(both('find', ['tree'], {}, { all: crowd })[0]).toMatch(/^1 tree was found\./);
  });

  it('is none where there is none', () => {
    const none = evidence(subjects, {
      cover: landCover(LABELS, [
        [0, 1],
        [0, 1],
        [0, 1],
        [0, 1],
      ]),
    });
    expect(both('measure', ['water'], { quantity: 'share' }, { all: none })[0]).toBe(`No water was found. ${BY}`);
    expect(both('find', ['water'], {}, { all: none })).toEqual([
      `No water was found. ${BY}`,
      `没有找到water。${BY_ZH}`,
    ]);
  });

  it('is in pixels without a scale, and is nothing where nothing is known', () => {
    expect(both('measure', ['water'], { quantity: 'total area' }, { on: pixelGround })[0]).toBe(
      'Water covers 2,500 px². By land cover in cells of 3.16 px; how right it is was not measured. The image has no scale, so sizes are in pixels.',
    );
    const cover = landCover(LABELS, SHARES);
    cover.raster.probabilities.fill(0);
    expect(both('measure', ['water'], { quantity: 'share' }, { all: evidence(subjects, { cover }) })[0]).toBe(
      'Nothing was looked at yet.',
    );
  });

  it('answers for what is not counted', () => {
    expect(both('count', ['water'])[0]).toBe(
      `Water covers 25 % of the ground: 1 ha of 4 ha. ${BY} I cannot count water, only measure the ground that it covers.`,
    );
    expect(both('count', ['tree'])[0]).toBe('There are about 12 trees.');
  });
});

describe('the land cover', () => {
  it('is told by class', () => {
    const classes =
      'bare soil 33 % (1.3 ha), grass and low vegetation 30 % (1.2 ha), water 25 % (1 ha) and trees 13 % (5,000 m²)';
    for (const intent of ['measure', 'find', 'describe', 'count'] as const) {
      expect(both(intent, ['land cover'])[0]).toBe(`Land cover: ${classes}. ${BY}`);
    }
    expect(both('measure', ['land cover'], { where: 'top half' })[0]).toBe(
      `Land cover in the top half: water 50 % (1 ha), trees 25 % (5,000 m²) and bare soil 25 % (5,000 m²). ${BY}`,
    );
  });

  it('has a largest and a smallest class', () => {
    expect(both('extreme', ['land cover'], { order: 'largest' })).toEqual([
      `The largest class of land cover is bare soil, with 33 % (1.3 ha); then come grass and low vegetation 30 % (1.2 ha), water 25 % (1 ha) and trees 13 % (5,000 m²). ${BY}`,
      `面积最大的土地覆盖类别是bare soil，占 33%（1.3 公顷），其次是grass and low vegetation 30%（1.2 公顷）、water 25%（1 公顷）、trees 13%（5,000 平方米）。${BY_ZH}`,
    ]);
    expect(both('extreme', ['land cover'], { order: 'smallest' }, { all: measured })[0]).toMatch(
      /^The smallest class of land cover is trees, with 13 %/,
    );
    // 1.3 and 1.2 ha differ by less than the errors of such a map.
    expect(both('extreme', ['land cover'], { order: 'largest' }, { all: measured })[0]).toContain(
      'Which of the first two covers more is uncertain.',
    );
  });

  it('shows where a class is', () => {
    expect(both('find', ['water'], {}, { on: pixelGround })).toEqual([
      'The map shows: water, 25 % of the ground, 2,500 px², all in the top left. By land cover in cells of 3.16 px; how right it is was not measured. The image has no scale, so sizes are in pixels.',
      '地图上显示了：water占地面的 25%，2,500 平方像素，都在左上部。依据像元为 3.16 像素的土地覆盖，准确度未经测定。图像没有比例尺，因此以像素计量。',
    ]);
    expect(both('find', ['water'], {}, { all: measured })).toEqual([
      `The map shows: water, 25 % of the ground, 1 ha (5,000 m² to 2 ha by the map's usual errors), all in the northwest. ${BY_HALF}`,
      expect.stringContaining('water占地面的 25%，1 公顷（按地图的常见误差为 5,000 平方米 至 2 公顷），都在西北部。'),
    ]);
    expect(both('find', ['tree', 'vegetation'])[0]).toMatch(/^The map shows: trees, .*; grass and low vegetation, /);
    // Boxes can be pointed at one by one.
    expect(both('find', ['building'])[0]).toMatch(/^1 building was found/);
    expect(both('find', ['building', 'water'])[0]).toMatch(/^I can only tell whether there is water/);
  });

  it('can’t be told of what lies near something', () => {
    expect(both('measure', ['land cover'], { where: 'near:building' })[0]).toMatch(/^The ground near something/);
    expect(both('find', ['water'], { where: 'near:building' })[0]).toMatch(/^I can only tell whether/);
  });

  it('is compared between subjects and between places', () => {
    expect(both('compare', ['tree', 'low vegetation'], { quantity: 'area' })[0]).toBe(
      `Low vegetation covers more (1.2 ha) than trees (5,000 m²), 2.4 times as much. ${BY}`,
    );
    expect(both('compare', ['water', 'bare soil'])[0]).toMatch(/^Bare soil covers more \(1.3 ha\) than water \(1 ha\)/);
    expect(both('compare', ['water'], { where: 'left half, right half' })[0]).toMatch(
      /^Water covers more ground in the left half \(1 ha\) than in the right half \(0 m²\)/,
    );
  });

  it('is named in plans', () => {
    const named = (given: Partial<Plan>) => writePlan(plan('measure', ['land cover'], given));
    expect(named({ where: 'north' })).toBe('Map the land cover in the northern half');
    expect(named({ order: 'largest' })).toBe('Find the largest class of land cover');
    expect(named({ language: 'zh' })).toBe('土地覆盖制图');
  });
});
