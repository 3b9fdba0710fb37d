import { describe, expect, it } from 'vitest';
import { PLAIN_PLAN, parsePlan } from '../../plan/plan.ts';
import type { QuestionReading } from '../types.ts';
import { followUp } from './follow-up.ts';

const reading = (fields: Partial<QuestionReading>): QuestionReading => ({
  ...PLAIN_PLAN,
  intent: 'count',
  certainty: 0.9,
  alternatives: [],
  ...fields,
});
const { alternatives: _, ...fields } = reading({ subjects: ['car'], where: 'west', filter: 'area>5 m2' });
const cars = parsePlan(fields);

describe('followUp', () => {
  it('moves the question to another place', () => {
    const next = followUp('and in the north?', reading({ intent: 'describe', where: 'north' }), cars);
    expect(next).toMatchObject({ intent: 'count', subjects: ['car'], where: 'north' });
  });

  it('asks the same about another thing in the same place', () => {
    const next = followUp('what about trucks?', reading({ intent: 'exists', subjects: ['truck'] }), cars);
    expect(next).toMatchObject({ intent: 'count', subjects: ['truck'], where: 'west' });
    const chinese = reading({ intent: 'exists', subjects: ['truck'], language: 'zh' });
    expect(followUp('那卡车呢?', chinese, { ...cars, language: 'zh' })).toMatchObject({
      intent: 'count',
      subjects: ['truck'],
    });
  });

  it('keeps the place where only a condition or an order is new', () => {
    const larger = reading({ intent: 'find', filter: 'area>100 m2' });
    expect(followUp('only those bigger than 100 m2', larger, cars)).toMatchObject({
      intent: 'count',
      subjects: ['car'],
      where: 'west',
      filter: 'area>100 m2',
    });
    expect(followUp('只要大于100平方米的', { ...larger, language: 'zh' }, cars)).toMatchObject({
      filter: 'area>100 m2',
    });
  });

  it('asks something else about the same things', () => {
    const many = reading({ filter: 'area>200 m2' });
    expect(followUp('how many of them are larger than 200 m2?', many, cars)).toMatchObject({
      subjects: ['car'],
      where: 'west',
      filter: 'area>200 m2',
    });
    const largest = reading({ intent: 'extreme', order: 'largest' });
    expect(followUp('show the biggest', largest, cars)).toMatchObject({
      intent: 'extreme',
      subjects: ['car'],
      order: 'largest',
      filter: null,
    });
  });

  it('leaves a complete question unchanged', () => {
    const ships = reading({ subjects: ['ship'] });
    expect(followUp('how many ships are there?', ships, cars)).toBe(ships);
    const seen = reading({ intent: 'describe' });
    expect(followUp('what do you see?', seen, cars)).toBe(seen);
    const full = reading({ intent: 'find', subjects: ['ship'] });
    expect(followUp('and where are the ships?', full, cars)).toBe(full);
  });
});
