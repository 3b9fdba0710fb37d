import { describe, expect, it } from 'vitest';
import type { Plan } from '../plan.ts';
import { runPlan } from '../run/run.ts';
import { evidence, twoMetreGround as ground, known, outlined, plan, TILES, thing } from '../testing/evidence.ts';
import { writeAnswer, writePlan } from './write.ts';

const all = evidence({
  car: known({ things: [1, 2, 3, 4, 5].map((i) => thing(`car ${i}`, 10 * i, 20 + i, { score: 0.8 })) }),
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
});

/** English and Chinese answers to one plan. */
function both(intent: Plan['intent'], subjects: string[], given: Partial<Plan> = {}, of = all): [string, string] {
  const say = (language: Plan['language']) => {
    const asked = plan(intent, subjects, { ...given, language });
    return writeAnswer(asked, runPlan(asked, of, ground))!.text;
  };
  return [say('en'), say('zh')];
}

describe('several places', () => {
  const seen = evidence({
    car: known({
      things: [
        ...[10, 20, 30, 40, 60].map((x) => thing(`n${x}`, x, 20, { score: 0.9 })),
        thing('s', 20, 80, { score: 0.9 }),
      ],
    }),
    truck: known({ things: [thing('t', 80, 80), thing('u', 10, 10)] }),
    airplane: known({ things: [] }),
    tree: known({ densities: TILES.map((window, i) => ({ window, count: 60 - 5 * i })), densityError: 0.15 }),
  });
  const compare = (subjects: string[], where: string, given: Partial<Plan> = {}) =>
    both('compare', subjects, { where, ...given }, seen);

  it('say where there is more, with both numbers', () => {
    // Binomial(5, 0.9): P(≤ 3) = 0.0815, P(≤ 2) = 0.0086.
    expect(compare(['car'], 'north, south')).toEqual([
      'There are more cars in the northern half (5, likely 3–5) than in the southern half (1, likely 0–1), 5 times as many.',
      '北部的汽车比南部多：北部 5 辆（可能为 3–5）和南部 1 辆（可能为 0–1），前者是后者的 5 倍。',
    ]);
    expect(compare(['car'], 'left third, right third')[0]).toMatch(/ 2 more lie in neither\.$/);
    expect(compare(['car'], 'north, west')[0]).toMatch(/ 4 lie in both and count in each\.$/);
    expect(compare(['airplane'], 'north, south')).toEqual([
      'There are no airplanes in the northern half or in the southern half.',
      '北部和南部都没有飞机。',
    ]);
  });
  it('name the first of many, and the least if that is asked', () => {
    const few = evidence({ car: known({ things: [thing('a', 20, 20), thing('b', 30, 20), thing('c', 80, 20)] }) });
    expect(both('compare', ['car'], { where: 'quadrants' }, few)).toEqual([
      'The most cars are in the top left quarter (2); then come 1 in the top right quarter, 0 in the bottom left quarter and 0 in the bottom right quarter.',
      '左上四分之一的汽车最多：左上四分之一 2 辆；其次是右上四分之一 1 辆、左下四分之一 0 辆和右下四分之一 0 辆。',
    ]);
    expect(both('compare', ['car'], { where: 'left third, right third', order: 'smallest' }, few)).toEqual([
      'There are fewer cars in the right third (1) than in the left third (2).',
      '右侧三分之一的汽车比左侧三分之一少：右侧三分之一 1 辆和左侧三分之一 2 辆。',
    ]);
  });
  it('say that they are equal, or too close to tell', () => {
    expect(compare(['truck'], 'north, south')).toEqual([
      'As many trucks were found in the northern half (1) as in the southern half (1).',
      '北部和南部的卡车一样多：北部 1 辆和南部 1 辆。',
    ]);
    expect(compare(['tree'], 'left half, right half')).toEqual([
      'It is too close to tell where there are more trees: about 110 in the left half (likely 83–137) and about 100 in the right half (likely 75–125).',
      '难以判断哪里的树更多：左半部分约 110 棵（可能为 83–137）和右半部分约 100 棵（可能为 75–125）。',
    ]);
  });
  it('compare densities and ground', () => {
    expect(compare(['tree'], 'north, south', { quantity: 'density' })[0]).toMatch(
      /^The density of trees is higher in the northern half \(about 5,750 per km²\) than .*, 1\.2 times as high\.$/,
    );
    expect(both('compare', ['building'], { where: 'north, south', quantity: 'share' })[0]).toBe(
      'Buildings cover more ground in the southern half (6 %) than in the northern half (4 %), 1.5 times as much.',
    );
    expect(both('compare', ['building'], { where: 'north, south', quantity: 'area', order: 'largest' })[0]).toMatch(
      /^The area of the largest building is larger in the southern half \(1,200 m²\)/,
    );
  });
  it('are only listed where no comparison is asked for', () => {
    expect(both('count', ['car'], { where: 'north, south' }, seen)).toEqual([
      'There are 5 cars in the northern half (likely 3–5) and 1 in the southern half (likely 0–1).',
      '北部有 5 辆汽车（可能为 3–5），南部有 1 辆汽车（可能为 0–1）。',
    ]);
    expect(both('measure', ['building'], { where: 'northeast, south', quantity: 'average area' })[0]).toMatch(
      /^The average area of buildings is .* in the southern half\.$/,
    );
  });
});

describe('what a plan chooses to measure from', () => {
  it('is named and linked', () => {
    expect(both('extreme', ['car'], { order: 'nearest:largest building' })[0]).toMatch(
      /^The car nearest to the largest building is .* from it\. .*The largest of 2 buildings measures 1,200 m²\./,
    );
    const asked = plan('find', ['car'], { where: 'near:largest building' });
    const { runs } = writeAnswer(asked, runPlan(asked, all, ground))!;
    expect(runs.find(({ text }) => text === 'The largest of 2 buildings')?.thingIds).toEqual(['c']);
    expect(both('measure', ['car'], { order: 'nearest:largest building', quantity: 'distance' })).toEqual([
      expect.stringContaining(' from the largest building, edge to edge.'),
      expect.stringContaining('距最大的建筑物 '),
    ]);
    expect(both('count', ['car'], { where: 'near:building (area>1000 m2)' })[0]).toMatch(
      / near buildings of more than 1,000 m² \(within 50 m\).* 1 building of more than 1,000 m² is meant\./,
    );
    expect(both('count', ['car'], { where: 'near:building (area>9000 m2)' })).toEqual([
      'No buildings of more than 9,000 m² were found, so nothing can lie near a building.',
      '没有找到面积超过 9000 平方米的建筑物，所以没有什么在建筑物附近。',
    ]);
  });
  it('is not what a distance between the first of an order is measured from', () => {
    const two = { order: 'leftmost', filter: 'top 2', quantity: 'distance' } as const;
    expect(both('measure', ['car'], two)).toEqual([
      expect.stringMatching(/^The 2 leftmost cars are .* m apart, edge to edge\./),
      expect.stringMatching(/^最左边的 2 辆汽车相距 /),
    ]);
    expect(both('measure', ['car'], { ...two, filter: 'top 3' })[0]).toMatch(
      /^The nearest two of the 3 leftmost cars are .* apart, the farthest two /,
    );
    expect(
      both('measure', ['car'], { order: 'leftmost', where: 'near:rightmost car', quantity: 'distance' })[0],
    ).toMatch(/^The leftmost car is .* m from the rightmost car, edge to edge\. The rightmost of 5 cars /);
  });
  it('stands on buttons', () => {
    const planned = (order: string, language: Plan['language']) =>
      writePlan(plan('extreme', ['car'], { order, language }));
    expect(planned('nearest:northernmost airplane', 'en')).toBe('Find the car nearest to the northernmost airplane');
    expect(planned('nearest:northernmost airplane', 'zh')).toBe('查找离最北的飞机最近的汽车');
  });
});
