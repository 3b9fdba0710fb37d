import { describe, expect, it } from 'vitest';
import { pixelGround } from '../../ground/ground.ts';
import type { Plan } from '../../plan.ts';
import { evidence, known, plan, thing, twoMetreGround } from '../../testing/evidence.ts';
import { idsIn, runPlan } from '../run.ts';

/** Three tanks in a row, the largest in the middle; a car beside each, and one building far from the first. */
const all = evidence({
  'storage tank': known({
    leastScore: 0.3,
    things: [
      thing('small', 20, 20, { w: 4, h: 4, score: 0.9 }),
      thing('large', 50, 20, { w: 10, h: 10, score: 0.6 }),
      thing('south', 80, 60, { w: 6, h: 6, score: 0.8 }),
      thing('doubtful', 5, 5, { w: 20, h: 20, score: 0.1 }),
    ],
  }),
  car: known({
    things: [
      thing('a', 20, 30, { w: 2, h: 2 }),
      thing('b', 50, 32, { w: 2, h: 2 }),
      thing('c', 80, 70, { w: 2, h: 2 }),
    ],
  }),
});

const ask = (intent: Plan['intent'], given: Partial<Plan>, ground = twoMetreGround) =>
  runPlan(plan(intent, ['car'], given), all, ground);

describe('things that a plan measures from', () => {
  it('are chosen by an order', () => {
    const result = ask('extreme', { order: 'nearest:largest storage tank' });
    expect(idsIn(result)).toEqual(['b']);
    // From edge to edge: 31 − 25 pixels of 2 m.
    expect(result).toMatchObject({ picks: [{ amount: { value: 12, unit: 'm' }, anchor: { id: 'large' } }] });
    expect(result.references).toMatchObject([
      { subject: 'storage tank', of: 3, things: [{ id: 'large', amount: { value: 400, unit: 'm2' } }] },
    ]);
    expect(idsIn(ask('extreme', { order: 'nearest:southernmost storage tank' }))).toEqual(['c']);
    expect(idsIn(ask('extreme', { order: 'farthest:leftmost storage tank' }))).toEqual(['c']);
    expect(idsIn(ask('extreme', { order: 'nearest:most certain storage tank' }))).toEqual(['a']);
  });
  it('are chosen by a filter', () => {
    const near = (where: string) => idsIn(ask('find', { where, filter: 'distance<20 m' })).sort();
    expect(near('near:storage tank')).toEqual(['a', 'b', 'c']);
    expect(near('near:largest storage tank')).toEqual(['b']);
    expect(near('near:storage tank (area>=144 m2)')).toEqual(['b', 'c']);
    expect(near('near:storage tank (score>0.7)')).toEqual(['a', 'c']);
    expect(near('near:largest storage tank (top 2)')).toEqual(['b', 'c']);
    expect(near('near:largest storage tank (area<300 m2)')).toEqual(['c']);
  });
  it('are found ones, unless a score is asked for', () => {
    expect(ask('find', { where: 'near:largest storage tank' }).references[0]!.things[0]!.id).toBe('large');
    const doubtful = ask('find', { where: 'near:least certain storage tank (score<0.5)' });
    expect(doubtful.references[0]).toMatchObject({ of: 1, things: [{ id: 'doubtful' }] });
  });
  it('are measured from', () => {
    const result = ask('measure', { quantity: 'distance', order: 'nearest:northernmost storage tank' });
    // Two tanks lie equally far north; both are meant.
    expect(result.references[0]!.things.map(({ id }) => id)).toEqual(['small', 'large']);
    expect(result).toMatchObject({ amount: { value: 12, unit: 'm' } });
  });
  it('are missed by name', () => {
    expect(ask('find', { where: 'near:storage tank (area>10000 m2)' })).toMatchObject({
      reason: 'no-anchor',
      anchor: 'storage tank',
      chosen: { filter: [{ kind: 'area' }] },
    });
    expect(ask('find', { where: 'near:storage tank (area>10 m2)' }, pixelGround)).toMatchObject({ reason: 'no-scale' });
    expect(ask('find', { where: 'near:northernmost storage tank' }, pixelGround).caveats).toContainEqual({
      kind: 'north-is-up',
    });
  });
});
