import { describe, expect, it } from 'vitest';
import type { Geotransform } from '../../geo/types.ts';
import type { SubjectEvidence } from '../evidence.ts';
import { groundOf, pixelGround } from '../ground/ground.ts';
import type { Plan } from '../plan.ts';
import type { PlacesResult, Result } from '../result.ts';
import { evidence, known, outlined, plan, TILES, thing, twoMetreGround } from '../testing/evidence.ts';
import { idsIn, runPlan } from './run.ts';

const at = (xs: number[], y: number, score: number | null = 1) =>
  xs.map((x) => thing(`${x},${y}`, x, y, { score, w: 2, h: 2 }));

const given = (things: ReturnType<typeof at>, more: Partial<SubjectEvidence> = {}) => ({
  car: known({ things, ...more }),
});

function run(
  subjects: Parameters<typeof evidence>[0],
  where: string,
  {
    ground = twoMetreGround,
    about = {},
    ...part
  }: Partial<Plan> & {
    ground?: typeof twoMetreGround;
    about?: Parameters<typeof evidence>[1];
  } = {},
): PlacesResult & Result {
  const result = runPlan(plan('compare', ['car'], { where, ...part }), evidence(subjects, about), ground);
  if (result.kind !== 'places') throw new Error(`it is ${JSON.stringify(result)}`);
  return result;
}

const amounts = ({ rows }: PlacesResult) => rows.map(({ amount }) => amount?.value);

describe('places compared', () => {
  it('count each thing where the middle of its box is', () => {
    // A box over the border belongs to the north, where its middle is.
    const over = thing('over', 50, 49, { w: 4, h: 20 });
    const result = run(given([...at([10, 20, 30], 20), over, ...at([60], 90)]), 'north, south');
    expect(amounts(result)).toEqual([4, 1]);
    expect(result).toMatchObject({ first: 0, isSure: true, ratio: 4, elsewhere: 0, sharedIds: [], asked: 'most' });
    expect(result.rows[0]!.ids).toContain('over');
    expect(idsIn(result)).toHaveLength(5);
  });

  it('tell the ground from the screen', () => {
    // Turned by a quarter: north is left on the screen.
    const geotransform: Geotransform = [500000, 0, -1, 5400000, -1, 0];
    const place = { crs: null, crsName: null, proj4: '+proj=utm +zone=33 +datum=WGS84 +units=m', pixelIsPoint: false };
    const ground = groundOf({ kind: 'affine', geotransform, units: 'metre', ...place }, 100, 100);
    const things = [...at([10, 20], 80), ...at([90], 10)];
    expect(amounts(run(given(things), 'north, south', { ground }))).toEqual([2, 1]);
    expect(amounts(run(given(things), 'top half, bottom half', { ground }))).toEqual([1, 2]);
    expect(run(given(things), 'north, south', { ground: pixelGround }).caveats).toEqual([{ kind: 'north-is-up' }]);
  });

  it('say what lies in none of them, and what in several', () => {
    const result = run(given([...at([10, 50, 90], 20), ...at([10], 80)]), 'left third, right third');
    expect(amounts(result)).toEqual([2, 1]);
    expect(result.elsewhere).toBe(1);
    const shared = run(given(at([10, 90], 20)), 'north, west');
    expect(amounts(shared)).toEqual([2, 1]);
    expect(shared.sharedIds).toEqual(['10,20']);
  });

  it('may be parts of the picture and places by other things', () => {
    const all = {
      car: known({ things: at([10, 14, 90], 20) }),
      dock: known({ things: [thing('dock', 12, 30)] }),
      building: known({ things: [thing('building', 90, 30)] }),
    };
    const result = run(all, 'near:dock, near:building', { filter: 'distance<40 m' });
    expect(amounts(result)).toEqual([2, 1]);
  });

  it('take several subjects together', () => {
    const all = { car: known({ things: at([10], 20) }), truck: known({ things: at([20, 30], 80) }) };
    const result = run(all, 'north, south', { subjects: ['car', 'truck'] });
    expect(amounts(result)).toEqual([1, 2]);
    expect(result.first).toBe(1);
  });

  it('have no first one if two have equally many', () => {
    expect(run(given([...at([10], 20), ...at([10], 80)]), 'north, south')).toMatchObject({ first: null, isSure: true });
    expect(run(given([]), 'north, south')).toMatchObject({ first: null, isSure: true, ratio: null });
  });

  it('name the one with the least if that is asked', () => {
    const things = [...at([10, 20], 20), ...at([80], 20), ...at([10, 20, 30], 80)];
    const result = run(given(things), 'quadrants', { order: 'smallest' });
    expect(amounts(result)).toEqual([2, 1, 3, 0]);
    expect(result).toMatchObject({ asked: 'least', first: 3, isSure: true });
  });

  it('are told apart only if the numbers most likely differ', () => {
    // P(a > b) of two and one things of probability 0.6: P(a=1)·P(b=0) + P(a=2) = 0.48·0.4 + 0.36 = 0.552.
    const close = run(given([...at([10, 20], 20, 0.6), ...at([10], 80, 0.6)]), 'north, south');
    expect(close.probability).toBeCloseTo(0.552, 12);
    expect(close).toMatchObject({ first: 0, isSure: false });
    const far = run(given([...at([10, 20, 30, 40, 50], 20, 0.9), ...at([10], 80, 0.9)]), 'north, south');
    expect(far.isSure).toBe(true);
    expect(run(given([...at([10, 20], 20, null), ...at([10], 80, null)]), 'north, south')).toMatchObject({
      probability: null,
      isSure: true,
    });
  });

  it('share what the image has in common: scores that are all too high make no difference between them', () => {
    const xs = Array.from({ length: 30 }, (_, i) => 3 * i + 3);
    const things = [...at(xs, 20, 0.7), ...at(xs.slice(0, 18), 80, 0.7)];
    const together = run(given(things, { placeSpread: 0.8, recall: 0.7 }), 'north, south').probability!;
    // As independent numbers, two that lie as far apart as this can't be told: their 90 % intervals overlap.
    const [north, south] = run(given(things, { placeSpread: 0.8, recall: 0.7 }), 'north, south').rows;
    expect(north!.count!.interval!.low).toBeLessThan(south!.count!.interval!.high);
    expect(together).toBeGreaterThan(0.9);
  });

  it('are not told apart where what was not looked at could change it', () => {
    const tiles = TILES.map((window, i) => ({ window, state: i < 3 ? ('looked' as const) : ('failed' as const) }));
    // The southern half was looked at in part.
    const south = run(given([...at([10, 20], 20), ...at([10], 80)]), 'north, south', { about: { tiles } });
    expect(south).toMatchObject({ first: 0, isSure: false });
    expect(south.rows[1]!.lookedShare).toBeCloseTo(0.5, 6);
    // More in the part that wasn't looked at would change nothing.
    expect(run(given([...at([10], 20), ...at([10, 20], 80)]), 'north, south', { about: { tiles } }).isSure).toBe(true);
    const unseen = TILES.map((window, i) => ({ window, state: i < 2 ? ('looked' as const) : ('waiting' as const) }));
    const half = run(given(at([10], 20)), 'north, south', { about: { tiles: unseen } });
    expect(half.rows[1]!.amount).toBeNull();
    expect(half).toMatchObject({ first: null, isSure: false });
  });

  it('compare densities, covered ground and averages', () => {
    const things = [...at([10, 20, 30], 10), ...at([40, 60], 80)];
    // 200 m × 66⅔ m of 2-metre pixels in a third, 0.02 km² in a half.
    const density = run(given(things), 'top third, bottom half', { quantity: 'density' });
    expect(density.rows[0]!.amount!.value).toBeCloseTo(3 / ((200 * 200) / 3 / 1e6), 6);
    expect(density.rows[1]!.amount!.value).toBeCloseTo(2 / ((200 * 100) / 1e6), 6);
    expect(density).toMatchObject({ first: 0, isSure: true });
    const over = outlined('over', [
      [10, 40],
      [20, 40],
      [20, 70],
      [10, 70],
    ]);
    const small = outlined('small', [
      [80, 10],
      [90, 10],
      [90, 15],
      [80, 15],
    ]);
    const all = { building: known({ things: [over, small] }) };
    const asked = (quantity: Plan['quantity']) => run(all, 'north, south', { subjects: ['building'], quantity });
    // Ground ends at the border: 100 + 50 pixels of 4 m² in the north, 200 in the south. A building is where its middle is.
    expect(amounts(asked('total area'))).toEqual([600, 800]);
    expect(amounts(asked('average area'))).toEqual([200, 1200]);
    const none = run({ building: known({ things: [small] }) }, 'north, south', {
      subjects: ['building'],
      quantity: 'average area',
    });
    expect(amounts(none)).toEqual([200, undefined]);
    expect(none).toMatchObject({ first: null, isSure: false });
    expect(asked('share').rows[0]!.amount!.value).toBeCloseTo(150 / 5000, 9);
  });

  it('compare estimates by their errors', () => {
    const tree = (error: number) => ({
      tree: known({
        densities: TILES.map((window, i) => ({ window, count: i < 2 ? 60 : 40 })),
        densityError: error,
      }),
    });
    const of = (error: number) => run(tree(error), 'north, south', { subjects: ['tree'] });
    expect(amounts(of(0.1))).toEqual([120, 80]);
    // 40 apart, with standard deviations of 12 and 8: 2.77 of them.
    expect(of(0.1).probability).toBeCloseTo(0.9972, 3);
    expect(of(0.1).isSure).toBe(true);
    expect(of(0.5).isSure).toBe(false);
  });

  it('say of things without places only what holds for all of them', () => {
    const tree = known({ densities: TILES.map((window) => ({ window, count: 6 })) });
    const asked = plan('compare', ['tree'], { where: 'north, south', quantity: 'share' });
    expect(runPlan(asked, evidence({ tree }), twoMetreGround)).toMatchObject({ reason: 'no-places', count: null });
  });

  it('need a subject, and a mark if one is meant', () => {
    const cannot = (subjects: string[], where: string) =>
      runPlan(plan('compare', subjects, { where }), evidence(given([])), twoMetreGround);
    expect(cannot([], 'north, south')).toMatchObject({ reason: 'incomplete', part: 'subject' });
    expect(cannot(['car'], 'north, marked region')).toMatchObject({ reason: 'nothing-marked' });
  });
});
