import { describe, expect, it } from 'vitest';
import type { Geotransform, Point } from '../../geo/types.ts';
import { UNKNOWN } from '../evidence.ts';
import { groundOf, pixelGround } from '../ground/ground.ts';
import type { Result } from '../result.ts';
import { evidence, known, plan, TILES, thing } from '../testing/evidence.ts';
import { writeAnswer } from '../write/write.ts';
import { idsIn, runPlan } from './run.ts';

const utm = (geotransform: Geotransform) =>
  groundOf(
    {
      kind: 'affine',
      geotransform,
      crs: null,
      crsName: null,
      proj4: '+proj=utm +zone=33 +datum=WGS84 +units=m',
      units: 'metre',
      pixelIsPoint: false,
    },
    100,
    100,
  );
/** One metre a pixel, near the central meridian: UTM's scale is 0.9996 there. */
const northUp = utm([500000, 1, 0, 5400000, 0, -1]);
/** Turned by a quarter: the right side of the screen is south, the bottom is west. */
const turned = utm([500000, 0, -1, 5400000, -1, 0]);

const cars = known({
  things: [
    thing('nw', 20, 20, { score: 0.9 }),
    thing('ne', 80, 20, { score: 0.8, w: 6 }),
    thing('sw', 20, 80, { score: 0.7, w: 8 }),
    thing('middle', 55, 52, { score: 0.6, w: 5 }),
  ],
});

const ids = (result: Result) => idsIn(result);

describe('where', () => {
  const count = (where: string, ground = northUp) =>
    ids(runPlan(plan('count', ['car'], { where }), evidence({ car: cars }), ground));
  it('tells left on the screen from west on the ground', () => {
    expect(count('left half')).toEqual(['nw', 'sw']);
    expect(count('west')).toEqual(['nw', 'sw']);
    expect(count('left half', turned)).toEqual(['nw', 'sw']);
    // North is where columns are small, west where rows are large.
    expect(count('north', turned)).toEqual(['nw', 'sw']);
    expect(count('west', turned)).toEqual(['sw', 'middle']);
    expect(count('northwest', turned)).toEqual(['sw']);
    expect(count('top left quadrant', turned)).toEqual(['nw']);
  });
  it('knows the other parts', () => {
    expect(count('centre')).toEqual(['middle']);
    expect(count('edges')).toEqual([]);
    expect(count('middle third')).toEqual(['middle']);
    expect(count('right third')).toEqual(['ne']);
    expect(count('south third')).toEqual(['sw']);
  });
  it('takes up as north without a place, and says so', () => {
    const result = runPlan(plan('count', ['car'], { where: 'north' }), evidence({ car: cars }), pixelGround);
    expect(ids(result)).toEqual(['nw', 'ne']);
    expect(result.caveats).toEqual([{ kind: 'north-is-up' }]);
    expect(
      runPlan(plan('count', ['car'], { where: 'top half' }), evidence({ car: cars }), pixelGround).caveats,
    ).toEqual([]);
  });
  it('looks in what is marked', () => {
    const marked: Point[] = [
      [0, 0],
      [100, 0],
      [0, 100],
    ];
    const where = { where: 'marked region' };
    expect(ids(runPlan(plan('count', ['car'], where), evidence({ car: cars }, { marked }), northUp))).toEqual(['nw']);
    expect(runPlan(plan('count', ['car'], where), evidence({ car: cars }), northUp)).toMatchObject({
      reason: 'nothing-marked',
    });
  });
  it('relates things to another subject', () => {
    const all = evidence({ car: cars, dock: known({ things: [thing('d', 80, 27, { w: 10, h: 10 })] }) });
    // From the car's lower edge (21) to the dock's upper one (22): 1 px, 1/0.9996 m.
    expect(
      ids(runPlan(plan('count', ['car'], { where: 'near:dock', filter: 'distance<1.1 m' }), all, northUp)),
    ).toEqual(['ne']);
    expect(ids(runPlan(plan('count', ['car'], { where: 'near:dock', filter: 'distance<1 m' }), all, northUp))).toEqual(
      [],
    );
    expect(ids(runPlan(plan('count', ['car'], { where: 'near:dock', filter: 'distance>40 m' }), all, northUp))).toEqual(
      ['nw', 'sw'],
    );
    const near = runPlan(plan('count', ['car'], { where: 'along:dock' }), all, northUp);
    expect(ids(near)).toEqual(['ne']);
    expect(near.caveats).toEqual([{ kind: 'within', amount: { value: 20, unit: 'm' } }]);
    const inside = evidence({ car: cars, field: known({ things: [thing('f', 20, 50, { w: 30, h: 90 })] }) });
    expect(ids(runPlan(plan('count', ['car'], { where: 'inside:field' }), inside, northUp))).toEqual(['nw', 'sw']);
  });
  it('is neither near nor inside itself', () => {
    const all = evidence({ car: cars });
    expect(ids(runPlan(plan('count', ['car'], { where: 'inside:car' }), all, pixelGround))).toEqual([]);
    expect(
      ids(runPlan(plan('count', ['car'], { where: 'near:car', filter: 'distance<40 px' }), all, pixelGround)),
    ).toEqual(['ne', 'sw', 'middle']);
  });
});

describe('filters', () => {
  const find = (filter: string, given: Parameters<typeof plan>[2] = {}) =>
    ids(runPlan(plan('find', ['car'], { filter, ...given }), evidence({ car: cars }), northUp));
  it('take sizes on the ground', () => {
    // Boxes of 8, 12, 16 and 10 px²; a pixel is 1/0.9996² m².
    expect(find('area>10 m2')).toEqual(['ne', 'sw', 'middle']);
    expect(find('area>10 px2')).toEqual(['ne', 'sw']);
    expect(find('length>=6 m')).toEqual(['ne', 'sw']);
    expect(find('length<16.5 ft')).toEqual(['nw', 'middle']);
  });
  it('combine, and take the first', () => {
    expect(find('area>8 px2, score>=0.7')).toEqual(['ne', 'sw']);
    expect(find('top 2')).toEqual(['nw', 'ne']);
    expect(find('top 2', { order: 'largest' })).toEqual(['sw', 'ne']);
    expect(find('score>0.7')).toEqual(['nw', 'ne']);
  });
  it('let a score replace the least one', () => {
    const strict = evidence({ car: { ...cars, leastScore: 0.75 } });
    expect(ids(runPlan(plan('count', ['car']), strict, northUp))).toEqual(['nw', 'ne']);
    expect(ids(runPlan(plan('count', ['car'], { filter: 'score>0.65' }), strict, northUp))).toEqual(['nw', 'ne', 'sw']);
  });
  it("can't be in metres without a scale, nor by a score without scores", () => {
    const unscored = evidence({ car: known({ things: [thing('a', 5, 5, { score: null })] }) });
    expect(runPlan(plan('find', ['car'], { filter: 'area>3 m2' }), evidence({ car: cars }), pixelGround)).toMatchObject(
      { reason: 'no-scale' },
    );
    expect(runPlan(plan('find', ['car'], { filter: 'score>0.5' }), unscored, northUp)).toMatchObject({
      reason: 'no-scores',
    });
    expect(runPlan(plan('extreme', ['car'], { order: 'most certain' }), unscored, northUp)).toMatchObject({
      reason: 'no-scores',
    });
    expect(runPlan(plan('find', ['car'], { filter: 'distance<3 m' }), evidence({ car: cars }), northUp)).toMatchObject({
      reason: 'incomplete',
      part: 'anchor',
    });
  });
});

it('finds with a row for each subject', () => {
  expect(runPlan(plan('find', ['car']), evidence({ car: cars }), northUp)).toMatchObject({
    rows: [{ subject: 'car', count: 4, ids: ['nw', 'ne', 'sw', 'middle'] }],
    things: [{ id: 'nw', score: 0.9 }, { id: 'ne' }, { id: 'sw' }, { id: 'middle', score: 0.6 }],
  });
});

describe('count', () => {
  it('has an interval from scores', () => {
    // 0.9, 0.8, 0.7, 0.6: P(≤ 1) = 0.0404, P(≤ 2) = 0.2572, P(≤ 3) = 0.6976.
    expect(runPlan(plan('count', ['car']), evidence({ car: cars }), northUp)).toMatchObject({
      kind: 'count',
      rows: [{ count: 4, isEstimate: false, interval: { low: 2, high: 4 } }],
      total: null,
    });
  });
  it('widens it by what was below the least score, and by what a model misses', () => {
    const low = {
      ...cars,
      things: [...cars.things!, ...[1, 2, 3].map((i) => thing(`low ${i}`, 10 * i, 50, { score: 0.4 }))],
      leastScore: 0.5,
    };
    const row = (given: object) => {
      const result = runPlan(plan('count', ['car']), evidence({ car: { ...low, ...given } }), northUp);
      return result.kind === 'count' ? result.rows[0] : null;
    };
    expect(row({})).toMatchObject({ count: 4, interval: { low: 2, high: 6 } });
    expect(row({ recall: 0.5 })!.interval!.high).toBeGreaterThan(8);
    const [here, elsewhere] = [row({ recall: 0.5 })!.interval!, row({ recall: 0.5, placeSpread: 0.8 })!.interval!];
    expect(elsewhere.high).toBeGreaterThan(here.high);
    expect(elsewhere.low).toBeLessThanOrEqual(here.low);
  });
  it('is doubtful while it is likelier that none of them is there', () => {
    const row = (scores: number[]) => {
      const things = scores.map((score, i) => thing(`${i}`, 10 * i + 5, 5, { score }));
      const result = runPlan(plan('count', ['car']), evidence({ car: known({ things }) }), northUp);
      return result.kind === 'count' ? result.rows[0] : null;
    };
    expect(row([0.4])).toMatchObject({ count: 1, isDoubtful: true, interval: { low: 0, high: 1 } });
    // 1 − 0.6² = 0.64.
    expect(row([0.4, 0.4])).not.toHaveProperty('isDoubtful');
    expect(row([0.5])).not.toHaveProperty('isDoubtful');
    expect(row([])).not.toHaveProperty('isDoubtful');
  });
  it('has none without scores', () => {
    const unscored = evidence({ car: known({ things: [thing('a', 5, 5, { score: null }), thing('b', 15, 5)] }) });
    expect(runPlan(plan('count', ['car']), unscored, northUp)).toMatchObject({ rows: [{ count: 2, interval: null }] });
  });
  it('adds densities by area, overlaps once', () => {
    const overlapping = [
      { window: { x: 0, y: 0, width: 60, height: 100 }, count: 30 },
      // 20 of its 60 columns lie under the first: 40/60 of 30 are new.
      { window: { x: 40, y: 0, width: 60, height: 100 }, count: 30 },
    ];
    const all = evidence({ tree: known({ densities: overlapping, densityError: 0.1 }) });
    expect(runPlan(plan('count', ['tree']), all, northUp)).toMatchObject({
      // 50 ± 1.645·5.
      rows: [{ count: 50, isEstimate: true, interval: { low: 42, high: 58 }, ids: [] }],
      caveats: [],
    });
    expect(runPlan(plan('count', ['tree'], { where: 'left half' }), all, northUp)).toMatchObject({
      rows: [{ count: 25 }],
      caveats: [{ kind: 'spread-evenly' }],
    });
  });
  it("adds subjects, and names those that it can't count", () => {
    const ship = known({ presence: TILES.map((window, i) => ({ window, probability: i === 2 ? 0.9 : 0.1 })) });
    const all = evidence({ car: cars, truck: known({ things: [thing('t', 5, 5)] }), ship, pool: UNKNOWN });
    expect(runPlan(plan('count', ['car', 'truck', 'ship', 'pool']), all, northUp)).toMatchObject({
      rows: [{ count: 4 }, { count: 1 }],
      total: { count: 5, interval: { low: 3, high: 5 }, ids: ['nw', 'ne', 'sw', 'middle', 't'] },
      unknown: ['pool'],
      caveats: [{ kind: 'no-count', subject: 'ship', tiles: { yes: 1, of: 4 } }],
    });
    expect(runPlan(plan('count', ['ship']), all, northUp)).toMatchObject({
      reason: 'no-count',
      tiles: { yes: 1, of: 4 },
    });
  });
});

describe("what can't be told", () => {
  const all = evidence({
    car: cars,
    truck: UNKNOWN,
    tree: known({ densities: [{ window: TILES[0]!, count: 3 }] }),
    dock: known({ things: [] }),
  });
  const run = (...given: Parameters<typeof plan>) => runPlan(plan(...given), all, northUp);
  it('is never about another subject', () => {
    expect(run('count', ['truck'])).toMatchObject({
      kind: 'cannot',
      reason: 'unknown-subject',
      unknown: ['truck'],
      offers: ['car'],
      known: ['car', 'tree', 'dock'],
    });
    expect(run('compare', ['car', 'truck'])).toMatchObject({ reason: 'unknown-subject', unknown: ['truck'] });
    expect(run('measure', ['car', 'truck'], { quantity: 'total area' })).toMatchObject({ reason: 'unknown-subject' });
    expect(run('find', ['car', 'truck'])).toMatchObject({ kind: 'found', unknown: ['truck'], offers: [] });
    expect(run('find', ['car'], { where: 'near:truck' })).toMatchObject({ reason: 'unknown-anchor', anchor: 'truck' });
    expect(run('extreme', ['car'], { order: 'nearest:truck' })).toMatchObject({ reason: 'unknown-anchor' });
  });
  it('has a reason', () => {
    expect(run('find', ['car'], { where: 'near:dock' })).toMatchObject({ reason: 'no-anchor', anchor: 'dock' });
    expect(run('find', ['car'], { where: 'near:tree' })).toMatchObject({
      reason: 'no-places',
      subject: 'tree',
      count: { count: 3 },
    });
    expect(run('extreme', ['tree'], { order: 'largest' })).toMatchObject({ reason: 'no-places' });
    expect(run('count', ['tree'], { where: 'near:car' })).toMatchObject({ reason: 'no-places' });
    expect(run('measure', ['tree'], { quantity: 'spacing' })).toMatchObject({ reason: 'no-places' });
    expect(run('extreme', ['dock'], { order: 'largest' })).toMatchObject({ reason: 'none-found', subjects: ['dock'] });
    expect(run('measure', ['car'], { quantity: 'density', where: 'near:car' })).toMatchObject({ reason: 'no-area' });
    expect(run('compare', ['car'])).toMatchObject({ reason: 'incomplete', part: 'second subject' });
    expect(run('find', [])).toMatchObject({ reason: 'incomplete', part: 'subject' });
    expect(run('attribute', ['car'])).toMatchObject({ reason: 'attribute', subjects: ['car'] });
    expect(run('outside', [])).toMatchObject({ reason: 'outside' });
    expect(run('help', [])).toMatchObject({ reason: 'help' });
    expect(run('quality', [])).toMatchObject({ kind: 'model', intent: 'quality' });
  });
  it('needs something to have been looked at', () => {
    const tiles = TILES.map((window) => ({ window, state: 'failed' as const }));
    const result = runPlan(plan('exists', ['car']), evidence({ car: known({ things: [] }) }, { tiles }), northUp);
    expect(result).toMatchObject({ reason: 'not-looked', leftOut: { failedTiles: 4, tiles: 4, lookedShare: 0 } });
  });
  it('is an error of the caller without evidence', () => {
    expect(() => run('count', ['airplane'])).toThrow(/airplane/);
  });
});

it('says what was left out', () => {
  const tiles = TILES.map((window, i) => ({ window, state: (['looked', 'empty', 'failed', 'waiting'] as const)[i]! }));
  const cut = known({ things: [thing('cut', 2, 20), thing('whole', 20, 20)] });
  const all = evidence({ car: cut }, { tiles });
  expect(runPlan(plan('count', ['car']), all, northUp).leftOut).toEqual({
    lookedShare: 0.5,
    failedTiles: 1,
    waitingTiles: 1,
    emptyTiles: 1,
    tiles: 4,
    cutIds: ['cut'],
  });
  expect(runPlan(plan('count', ['car'], { where: 'top left quadrant' }), all, northUp).leftOut).toMatchObject({
    lookedShare: 1,
    failedTiles: 0,
    tiles: 1,
  });
});

describe('extreme', () => {
  const pick = (order: string, ground = northUp, filter: string | null = null) =>
    ids(runPlan(plan('extreme', ['car'], { order, filter }), evidence({ car: cars }), ground));
  it('orders by size, score, direction and side', () => {
    expect(pick('largest')).toEqual(['sw']);
    expect(pick('shortest')).toEqual(['nw']);
    expect(pick('most certain')).toEqual(['nw']);
    expect(pick('least certain')).toEqual(['middle']);
    expect(pick('rightmost')).toEqual(['ne']);
    expect(pick('southwesternmost')).toEqual(['sw']);
    expect(pick('largest', northUp, 'top 2')).toEqual(['sw', 'ne']);
  });
  it('takes north on the ground, top on the screen', () => {
    // Turned: west is at the bottom, and north, at the left, has two in one column.
    expect(pick('westernmost', turned)).toEqual(['sw']);
    expect(pick('southernmost', turned)).toEqual(['ne']);
    expect(pick('topmost', turned)).toEqual(['nw', 'ne']);
  });
  it('names all that are equal', () => {
    expect(pick('leftmost')).toEqual(['nw', 'sw']);
    expect(pick('topmost', pixelGround)).toEqual(['nw', 'ne']);
  });
  it('measures from anchors, the centre and what is marked', () => {
    const runway = known({ things: [thing('r', 80, 60, { w: 10, h: 10 })] });
    const all = evidence(
      { car: cars, runway },
      {
        marked: [
          [0, 70],
          [30, 70],
          [30, 99],
          [0, 99],
        ],
      },
    );
    const nearest = (order: string) => runPlan(plan('extreme', ['car'], { order }), all, pixelGround);
    // From (57.5, 52) to the runway's corner at (75, 55): the box's right side to 17.5 across and 2 down.
    expect(nearest('nearest:runway')).toMatchObject({
      of: 4,
      picks: [
        { id: 'middle', amount: { value: Math.hypot(17.5, 2), unit: 'px' }, anchor: { id: 'r', subject: 'runway' } },
      ],
      caveats: [{ kind: 'pixels' }],
    });
    expect(ids(nearest('farthest:runway'))).toEqual(['nw']);
    expect(ids(nearest('nearest:centre'))).toEqual(['middle']);
    expect(nearest('nearest:marked region')).toMatchObject({
      picks: [{ id: 'sw', amount: { value: 0 }, anchor: { id: null } }],
    });
  });
});

describe('a crowd of which only some have boxes', () => {
  const trees = known({
    things: [thing('t1', 20, 20, { score: 0.9, w: 8 }), thing('t2', 80, 80, { score: 0.8, w: 4 })],
    densities: TILES.map((window) => ({ window, count: 10 })),
  });
  const run = (...given: Parameters<typeof plan>) => runPlan(plan(...given), evidence({ tree: trees }), pixelGround);

  it('is counted by its density', () => {
    expect(run('count', ['tree'])).toMatchObject({ rows: [{ count: 40, isEstimate: true, ids: [] }] });
    expect(run('exists', ['tree'])).toMatchObject({ rows: [{ verdict: 'yes', by: 'density', count: { count: 40 } }] });
    expect(run('describe', [])).toMatchObject({ rows: [{ subject: 'tree', count: 40, isEstimate: true }] });
  });

  it('is pointed at by its boxes, and the rest is said', () => {
    const found = run('find', ['tree']);
    expect(found).toMatchObject({
      rows: [{ count: 2, isEstimate: false }],
      caveats: [{ kind: 'unboxed', subject: 'tree', estimate: 40 }],
    });
    const say = (language: 'en' | 'zh') => writeAnswer(plan('find', ['tree'], { language }), found)?.text;
    expect(say('en')).toMatch(/Not all have boxes: by their density there are about 40 trees\.$/);
    expect(say('zh')).toMatch(/只有一部分有方框：按密度估计约有 40 棵树。$/);
    expect(run('extreme', ['tree'])).toMatchObject({ picks: [{ id: 't1' }] });
    expect(run('count', ['tree'], { filter: 'length>6px' })).toMatchObject({ rows: [{ count: 1, isEstimate: false }] });
    expect(run('find', ['tree'], { filter: 'top 1' }).caveats).toEqual([]);
  });
});
