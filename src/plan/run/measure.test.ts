import { describe, expect, it } from 'vitest';
import { pixelGround } from '../ground/ground.ts';
import type { Result } from '../result.ts';
import { evidence, known, landCover, outlined, plan, TILES, thing, twoMetreGround } from '../testing/evidence.ts';
import { runPlan } from './run.ts';

const ground = twoMetreGround;

const buildings = known({
  things: [
    // 20 × 10 px: 800 m²; half of it lies left of the middle.
    outlined('a', [
      [40, 10],
      [60, 10],
      [60, 20],
      [40, 20],
    ]),
    // 10 × 10 px: 400 m², of which a quarter lies on the first one.
    outlined(
      'b',
      [
        [55, 15],
        [65, 15],
        [65, 25],
        [55, 25],
      ],
      0.5,
    ),
    // 30 × 10 px: 1,200 m².
    outlined('c', [
      [10, 60],
      [40, 60],
      [40, 70],
      [10, 70],
    ]),
  ],
});

const measure = (quantity: string, given: Parameters<typeof plan>[2] = {}, subjects = ['building'], on = ground) =>
  runPlan(
    plan('measure', subjects, { quantity, ...given }),
    evidence({ building: buildings, car: cars, road, grass, tree }, { cover }),
    on,
  );
const amounts = (result: Result) =>
  result.kind === 'measure' ? result.each.map(({ amount }) => amount!.value) : result;

const cars = known({ things: [thing('x', 10, 10), thing('y', 20, 10), thing('z', 50, 50)] });
const road = known({ things: [thing('r', 50, 90, { w: 100, h: 4 })] });
const grass = known({ cover: { classes: [0], isExact: true } });
const cover = landCover(['grass', 'other'], [[1], [0.5], [0], [0.1]]);
const tree = known({ densities: TILES.map((window, i) => ({ window, count: 10 * i })), densityError: 0.2 });

describe('sizes', () => {
  it('are given one by one, largest first', () => {
    expect(amounts(measure('area'))).toEqual([1200, 800, 400]);
    expect(amounts(measure('length'))).toEqual([60, 40, 20]);
    expect(amounts(measure('perimeter'))).toEqual([160, 120, 80]);
    expect(measure('area')).toMatchObject({ amount: null, count: 3, ids: ['c', 'a', 'b'], caveats: [] });
    expect(measure('average area')).toMatchObject({ amount: { value: 800, unit: 'm2' }, count: 3 });
  });
  it('are of the first in an order, or of one alone', () => {
    expect(measure('area', { order: 'smallest' })).toMatchObject({ amount: { value: 400, unit: 'm2' }, ids: ['b'] });
    expect(measure('area', { filter: 'top 2' })).toMatchObject({ ids: ['c', 'a'] });
    expect(measure('length', {}, ['road'])).toMatchObject({
      amount: { value: 200, unit: 'm' },
      caveats: [{ kind: 'from-boxes' }],
      leftOut: { cutIds: ['r'] },
    });
  });
  it('are in pixels without a scale', () => {
    expect(measure('area', { order: 'largest' }, ['building'], pixelGround)).toMatchObject({
      amount: { value: 300, unit: 'px2' },
      caveats: [{ kind: 'pixels' }],
    });
  });
});

describe('cover', () => {
  it('counts ground once, and only inside the part asked about', () => {
    expect(measure('total area')).toMatchObject({ amount: { value: 2300, unit: 'm2' }, ids: ['a', 'b', 'c'] });
    // By their centres a (50) and b lie right: 10 × 10 px of a and all of b, less the 25 px² that they share.
    expect(measure('total area', { where: 'right half' })).toMatchObject({
      amount: { value: 700, unit: 'm2' },
      ids: ['a', 'b'],
    });
    expect(measure('share')).toMatchObject({
      amount: { value: 2300 / 40000, unit: 'share' },
      parts: { part: { value: 2300, unit: 'm2' }, whole: { value: 40000, unit: 'm2' } },
    });
  });
  it('has an interval from scores', () => {
    // Sizes 800, 400·0.5 ± 1.645·200 and 1,200: 2,200 ± 329 of 2,400, at a scale of 2,300/2,400.
    const result = measure('total area');
    const { low, high } = result.kind === 'measure' ? result.interval! : { low: 0, high: 0 };
    expect(low).toBeCloseTo((2200 - 329) * (2300 / 2400), 6);
    expect(high).toBeCloseTo(2300, 6);
  });
  it('is a sum over subjects', () => {
    expect(measure('total area', {}, ['building', 'car'])).toMatchObject({
      amount: { value: 2300 + 3 * 32, unit: 'm2' },
    });
  });
  it('comes from the land cover where there are no things', () => {
    expect(measure('share', {}, ['grass'])).toMatchObject({
      amount: { value: 0.4, unit: 'share' },
      count: null,
      ids: [],
    });
    expect(measure('total area', { where: 'left half' }, ['grass'])).toMatchObject({
      amount: { value: 10000, unit: 'm2' },
    });
    expect(measure('area', {}, ['grass'])).toMatchObject({
      quantity: 'total area',
      amount: { value: 16000, unit: 'm2' },
    });
    expect(measure('perimeter', {}, ['grass'])).toMatchObject({ reason: 'no-count' });
    expect(measure('share', {}, ['tree'])).toMatchObject({ reason: 'no-places' });
  });
  it('divides by valid ground that was looked at', () => {
    const tiles = TILES.map((window, i) => ({
      window,
      state: i === 3 ? ('failed' as const) : ('looked' as const),
      validShare: i === 0 ? 0.5 : 1,
    }));
    const result = runPlan(
      plan('measure', ['building'], { quantity: 'share' }),
      evidence({ building: buildings }, { tiles }),
      ground,
    );
    // 0.5 + 1 + 1 tiles of 10,000 m².
    expect(result).toMatchObject({ parts: { whole: { value: 25000, unit: 'm2' } } });
  });
  it('divides by what it lies inside of', () => {
    const all = evidence({ car: cars, field: known({ things: [thing('f', 15, 10, { w: 20, h: 10 })] }) });
    expect(runPlan(plan('measure', ['car'], { quantity: 'share', where: 'inside:field' }), all, ground)).toMatchObject({
      parts: { part: { value: 64 }, whole: { value: 800 } },
    });
  });
});

describe('density', () => {
  it('is per km² of looked-at ground, or per megapixel', () => {
    // 3 on 0.04 km².
    expect(measure('density', {}, ['car'])).toMatchObject({
      amount: { value: 75, unit: 'per km2' },
      parts: { part: { value: 3, unit: 'count' }, whole: { value: 40000 } },
      interval: { low: 75, high: 75 },
    });
    expect(measure('density', { where: 'top third' }, ['car']).kind).toBe('measure');
    expect(measure('density', {}, ['car'], pixelGround)).toMatchObject({
      amount: { value: 300, unit: 'per Mpx' },
      caveats: [{ kind: 'pixels' }],
    });
  });
  it('takes densities', () => {
    // 60 trees, ± 1.645·12 → 40–80, on 0.04 km².
    expect(measure('density', {}, ['tree'])).toMatchObject({
      amount: { value: 1500, unit: 'per km2' },
      interval: { low: 1000, high: 2000 },
    });
  });
});

describe('distance', () => {
  it('is between the two nearest and the two farthest', () => {
    // Boxes of 4 × 2: x–y 6 px apart; x–z 36 across, 38 down.
    const result = measure('distance', {}, ['car']);
    expect(amounts(result)).toEqual([12, 2 * Math.hypot(36, 38)]);
    expect(result).toMatchObject({
      count: 3,
      each: [
        { id: 'x', anchor: { id: 'y' } },
        { id: 'x', anchor: { id: 'z' } },
      ],
    });
  });
  it('is to another subject', () => {
    // The road's upper edge is at 88: z's lower one at 51.
    const wanted = [74, 2 * (88 - 11), 2 * (88 - 11)];
    expect(amounts(measure('distance', {}, ['car', 'road']))).toEqual(wanted);
    expect(amounts(measure('distance', { where: 'near:road', filter: 'distance<80 m' }, ['car']))).toEqual([74]);
    expect(measure('distance', { order: 'nearest:road' }, ['car'])).toMatchObject({
      amount: { value: 74, unit: 'm' },
      ids: ['z'],
    });
    expect(measure('distance', { order: 'farthest:road' }, ['car'])).toMatchObject({
      amount: { value: 154, unit: 'm' },
      ids: ['x', 'y'],
    });
    expect(measure('distance', { order: 'largest' }, ['building', 'road'])).toMatchObject({
      ids: ['c'],
      amount: { value: 36, unit: 'm' },
    });
  });
  it('needs two', () => {
    expect(measure('distance', {}, ['road'])).toMatchObject({ reason: 'too-few', ids: ['r'] });
    expect(measure('spacing', {}, ['road'])).toMatchObject({ reason: 'too-few' });
  });
  it('averages the nearest centres as spacing', () => {
    // x–y 10 px each way, z to y √(30² + 40²) = 50 px.
    expect(measure('spacing', {}, ['car'])).toMatchObject({
      amount: { value: (20 + 20 + 100) / 3, unit: 'm' },
      count: 3,
    });
  });
});

describe('compare', () => {
  const compare = (subjects: string[], given: Parameters<typeof plan>[2] = {}) =>
    runPlan(
      plan('compare', subjects, given),
      evidence({ building: buildings, car: cars, road, tree, grass, none: known({ things: [] }) }, { cover }),
      ground,
    );
  it('compares numbers, with the probability that it is so', () => {
    expect(compare(['road', 'car'])).toMatchObject({
      quantity: 'count',
      rows: [
        { subject: 'road', amount: { value: 1, unit: 'count' } },
        { subject: 'car', amount: { value: 3 } },
      ],
      most: 'car',
      ratio: 3,
      probability: 1,
    });
    // Certainly 3 cars; 2 buildings or, with 0.5, 3.
    expect(compare(['building', 'road'])).toMatchObject({ most: 'building', ratio: 3, probability: 1 });
    const doubtful = evidence({
      car: cars,
      truck: known({ things: [1, 2].map((i) => thing(`t${i}`, 9 * i, 9, { score: 0.5 })) }),
      bus: known({ things: [thing('s', 9, 9, { score: 0.5 })] }),
    });
    // More trucks than buses: 2 against any (1/4), or 1 against 0 (1/2 · 1/2).
    expect(runPlan(plan('compare', ['truck', 'bus']), doubtful, ground)).toMatchObject({
      most: 'truck',
      probability: 0.5,
    });
    // Buildings: 2 or 3; cars: 3.
    expect(compare(['building', 'car'])).toMatchObject({ most: null, ratio: 1 });
    expect(compare(['building', 'none'])).toMatchObject({ most: 'building', ratio: null, probability: 1 });
    // 60 ± 12 trees against 3.
    const trees = compare(['tree', 'car']);
    expect(trees).toMatchObject({ most: 'tree', ratio: 20 });
    expect(trees.kind === 'compare' ? trees.probability : 0).toBeGreaterThan(0.999);
    // Grass isn't counted: the ground that both cover is compared.
    expect(compare(['car', 'grass'])).toMatchObject({ quantity: 'total area', most: 'grass' });
  });
  it('compares areas and shares of one against another', () => {
    expect(compare(['building', 'road'], { quantity: 'total area' })).toMatchObject({
      most: 'building',
      ratio: 2300 / 1600,
    });
    expect(compare(['building', 'grass'], { quantity: 'share' })).toMatchObject({
      rows: [{ amount: { value: 2300 / 40000, unit: 'share' } }, { amount: { value: 0.4, unit: 'share' } }],
      most: 'grass',
    });
    expect(measure('share', {}, ['building', 'grass'])).toMatchObject({ kind: 'compare', most: 'grass' });
    expect(compare(['none', 'road'], { quantity: 'average area' })).toMatchObject({
      rows: [{ amount: { value: 0, unit: 'm2' } }, { amount: { value: 1600, unit: 'm2' } }],
      most: 'road',
    });
    expect(compare(['building', 'car'], { quantity: 'length' })).toMatchObject({
      rows: [{ amount: { value: 120, unit: 'm' } }, { amount: { value: 24 } }],
    });
  });
});
