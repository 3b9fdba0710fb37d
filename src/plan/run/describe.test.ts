import { describe, expect, it } from 'vitest';
import { UNKNOWN } from '../evidence.ts';
import { groundOf, pixelGround } from '../ground/ground.ts';
import { evidence, known, plan, TILES, thing } from '../testing/evidence.ts';
import { runPlan } from './run.ts';

const northUp = groundOf(
  {
    kind: 'affine',
    geotransform: [0, 1, 0, 0, 0, -1],
    crs: null,
    crsName: null,
    proj4: null,
    units: 'metre',
    pixelIsPoint: false,
  },
  100,
  100,
);

const subjects = {
  car: known({ things: [...[1, 2, 3, 4, 5, 6].map((i) => thing(`${i}`, 60 + 5 * i, 10 + 5 * i)), thing('7', 10, 10)] }),
  building: known({ things: [thing('b', 50, 50, { w: 30, h: 20 })] }),
  tree: known({ densities: TILES.map((window) => ({ window, count: 6 })) }),
  water: known({ presence: TILES.map((window, i) => ({ window, probability: i === 0 ? 0.8 : 0.1 })) }),
  sand: known({ presence: TILES.map((window) => ({ window, probability: 0.2 })) }),
  dock: known({ things: [] }),
  pool: UNKNOWN,
};
const scenes = TILES.map((window, i) => ({
  window,
  scores:
    i === 0
      ? [{ label: 'harbor', labelZh: '港口', subjects: ['dock'], probability: 0.6 }]
      : [
          { label: 'forest', labelZh: '森林', subjects: ['tree'], probability: 0.9 },
          { label: 'harbor', labelZh: '港口', subjects: ['dock'], probability: 0.1 },
        ],
}));

describe('describe', () => {
  it('says what there is, how much and where', () => {
    expect(runPlan(plan('describe', []), evidence(subjects, { scenes }), northUp)).toMatchObject({
      kind: 'describe',
      scenes: [
        { label: 'forest', labelZh: '森林', share: 0.75, probability: expect.closeTo(0.9, 9) },
        { label: 'harbor', share: 0.25, probability: 0.6 },
      ],
      rows: [
        { subject: 'tree', count: 24, isEstimate: true, place: null },
        // Six of seven.
        { subject: 'car', count: 7, place: { kind: 'direction', direction: 'northeast', share: 6 / 7 } },
        { subject: 'building', count: 1, place: null },
      ],
      cover: [{ subject: 'building', share: 0.06, isOutline: true }],
      present: ['water'],
      unknown: [],
    });
  });
  it('says last what is likelier not there', () => {
    const things = (n: number, score: number) =>
      known({ things: Array.from({ length: n }, (_, i) => thing(`${score} ${i}`, 10 * i + 5, 50, { score })) });
    const result = runPlan(
      plan('describe', []),
      evidence({ truck: things(2, 0.2), car: things(1, 0.9), airplane: things(2, 0.4) }),
      northUp,
    );
    // 1 − 0.8² = 0.36 and 1 − 0.6² = 0.64.
    expect(result.kind === 'describe' && result.rows.map(({ subject, isDoubtful }) => [subject, isDoubtful])).toEqual([
      ['airplane', undefined],
      ['car', undefined],
      ['truck', true],
    ]);
  });
  it("names sides where north isn't known", () => {
    const result = runPlan(plan('describe', []), evidence(subjects, { scenes }), pixelGround);
    expect(result.kind === 'describe' && result.rows[1]!.place).toMatchObject({ direction: 'top right' });
  });
  it('names a half where no quarter has most', () => {
    const top = known({ things: [5, 25, 45, 55, 75, 95].map((x) => thing(`x${x}`, x, 20)) });
    const result = runPlan(plan('describe', []), evidence({ car: top }), northUp);
    expect(result).toMatchObject({ rows: [{ place: { kind: 'direction', direction: 'north', share: 1 } }] });
    const fewer = known({ things: [5, 25, 75, 95].map((x) => thing(`x${x}`, x, 20)) });
    expect(runPlan(plan('describe', []), evidence({ car: fewer }), northUp)).toMatchObject({ rows: [{ place: null }] });
  });
  it('keeps to a part', () => {
    const result = runPlan(
      plan('identify', [], { where: 'bottom left quadrant' }),
      evidence(subjects, { scenes }),
      northUp,
    );
    expect(result).toMatchObject({
      intent: 'identify',
      scenes: [{ label: 'forest', share: 1 }],
      rows: [{ subject: 'tree', count: 6 }],
      present: [],
    });
  });
  it('tells only of things with places what lies near something', () => {
    const result = runPlan(
      plan('describe', [], { where: 'near:building', filter: 'distance<15 m' }),
      evidence(subjects, { scenes }),
      northUp,
    );
    // From the building's corner (65, 40) to the fourth car's (78, 31): 13 across and 9 up, 15.8 m.
    expect(result).toMatchObject({ reason: 'none-found' });
    const wider = runPlan(
      plan('describe', [], { where: 'near:building', filter: 'distance<16 m' }),
      evidence(subjects, { scenes }),
      northUp,
    );
    expect(wider).toMatchObject({ kind: 'describe', scenes: [], present: [], cover: [] });
    expect(wider.kind === 'describe' && wider.rows.map(({ ids }) => ids)).toEqual([['4']]);
  });
  it('is honest about nothing', () => {
    expect(runPlan(plan('describe', []), evidence({ dock: subjects.dock }), northUp)).toMatchObject({
      reason: 'none-found',
    });
  });
});

describe('classify', () => {
  it('takes the scene of most ground', () => {
    expect(runPlan(plan('classify', []), evidence({}, { scenes }), northUp)).toMatchObject({
      kind: 'classify',
      isOffered: false,
      scenes: [
        { label: 'forest', probability: expect.closeTo(0.675, 9), share: 0.75 },
        { label: 'harbor', share: 0.25 },
      ],
      tiles: 4,
    });
  });
  it("chooses among those offered, and names those that it doesn't know", () => {
    expect(runPlan(plan('classify', ['dock', 'other:desert']), evidence({}, { scenes }), northUp)).toMatchObject({
      isOffered: true,
      scenes: [{ label: 'dock', probability: expect.closeTo(0.225, 9) }],
      unknown: ['other:desert'],
    });
  });
  it('leaves it to the model without scene classes', () => {
    expect(runPlan(plan('classify', []), evidence({}), northUp)).toMatchObject({ kind: 'model', intent: 'classify' });
  });
});
