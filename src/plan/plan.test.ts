import { describe, expect, it } from 'vitest';
import { NadirError } from '../lib/errors.ts';
import { keyOf, type Plan, parsePlan, readPlan, subjectsNeeded } from './plan.ts';

const plan: Plan = {
  intent: 'extreme',
  subjects: ['airplane'],
  where: 'near:dock',
  order: 'nearest:runway',
  quantity: null,
  filter: 'distance<50 m',
  language: 'en',
  certainty: 0.9,
};

function failure(value: unknown): { code: string; part: unknown; message: string } {
  try {
    parsePlan(value);
  } catch (thrown) {
    const { code, details, message } = NadirError.from(thrown);
    return { code, part: details.part, message };
  }
  throw new Error('it was accepted');
}

describe('parsePlan', () => {
  it('takes a plan as it is', () => {
    expect(parsePlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });
  it.each([
    ['intent', { intent: 'paint' }],
    ['subjects', { subjects: 'car' }],
    ['subjects.0', { subjects: [' '] }],
    ['where', { where: 'upstairs' }],
    ['order', { order: 'prettiest' }],
    ['quantity', { quantity: 'volume' }],
    ['filter', { filter: 'area>3' }],
    ['filter', { filter: 3 }],
    ['language', { language: 'de' }],
    ['certainty', { certainty: 1.2 }],
    ['certainty', { certainty: Number.NaN }],
    ['colour', { colour: 'red' }],
  ])('names the part that is wrong: %s', (part, change) => {
    expect(failure({ ...plan, ...change })).toMatchObject({ code: 'PLAN_INVALID', part });
  });
  it('says what was expected', () => {
    expect(failure({ ...plan, where: 'upstairs' }).message).toContain('"left half"');
    expect(failure({ ...plan, intent: 'paint' }).message).toContain('"count"');
    expect(failure('count cars').code).toBe('PLAN_INVALID');
  });
  it('needs every part', () => {
    const { certainty: _, ...rest } = plan;
    expect(failure(rest)).toMatchObject({ code: 'PLAN_INVALID', part: 'certainty' });
  });
});

describe('keyOf', () => {
  it('is the same in any order of fields and certainty', () => {
    const turned = Object.fromEntries(Object.entries(plan).reverse()) as Plan;
    expect(keyOf({ ...turned, certainty: 0.4 })).toBe(keyOf(plan));
  });

  it('tells plans apart that ask something else', () => {
    for (const change of [
      { intent: 'count' as const },
      { subjects: ['truck'] },
      { where: 'north' },
      { filter: 'score>=0.5' },
    ])
      expect(keyOf({ ...plan, ...change })).not.toBe(keyOf(plan));
  });
});

describe('subjectsNeeded', () => {
  it('adds the subjects that say where and from where', () => {
    expect(subjectsNeeded(plan)).toEqual(['airplane', 'dock', 'runway']);
    expect(subjectsNeeded({ ...plan, where: 'inside:airplane', order: 'nearest:centre' })).toEqual(['airplane']);
    expect(subjectsNeeded({ ...plan, where: 'north', order: 'largest' })).toEqual(['airplane']);
  });
});

describe('readPlan', () => {
  it('reads the texts', () => {
    expect(readPlan(plan)).toEqual({
      intent: 'extreme',
      subjects: ['airplane'],
      language: 'en',
      where: { kind: 'near', subject: 'dock' },
      order: { by: 'distance', first: 'nearest', to: 'runway' },
      quantity: null,
      filter: [{ kind: 'distance', is: '<', value: 50, unit: 'm' }],
    });
  });
});
