import { describe, expect, it } from 'vitest';
import type { QuestionReading } from '../../src/vlm/types.ts';
import { judge, type Row, Tally, wilson } from './score.ts';

const row: Row = {
  q: 'q',
  lang: 'en',
  intent: 'count',
  subjects: ['ship'],
  where: 'top half',
  order: null,
  quantity: null,
  minMaxFilter: null,
};
const reading: QuestionReading = {
  intent: 'count',
  subjects: ['ship'],
  where: 'north',
  order: null,
  quantity: null,
  filter: null,
  language: 'en',
  certainty: 0.9,
  alternatives: [],
};

describe('judge', () => {
  it('counts sides as directions, along as near, leftmost as westernmost', () => {
    expect(judge(row, reading)).toEqual({ intent: true, subjects: true, where: true });
    expect(
      judge(
        { ...row, where: 'along:road', order: 'westernmost' },
        { ...reading, where: 'near:road', order: 'leftmost' },
      ),
    ).toMatchObject({ where: true, order: true });
    expect(judge({ ...row, where: 'south' }, reading).where).toBe(false);
  });

  it('judges subjects only where they are scored', () => {
    expect(judge({ ...row, intent: 'describe', where: null }, { ...reading, subjects: ['tree'] })).toEqual({
      intent: false,
    });
    expect(judge(row, { ...reading, subjects: ['ship', 'dock'] }).subjects).toBe(false);
  });
});

describe('Tally', () => {
  it('writes shares with intervals and reliability', () => {
    const tally = new Tally();
    tally.add(row, reading, judge(row, reading), 12);
    tally.add({ ...row, intent: 'find' }, reading, judge({ ...row, intent: 'find' }, reading), 14);
    const table = tally.table();
    expect(table).toMatch(/^intent +1 of 2 +50\.0 %/);
    expect(table).toContain('certainty 0.8–1: 2 questions');
    expect(table).toContain('median 12.0');
  });

  it("has Wilson's interval", () => {
    // Newcombe 1998, table I: 81 of 263 is 0.2553 to 0.3662.
    const [low, high] = wilson(81, 263);
    expect([low, high]).toEqual([expect.closeTo(0.2553, 4), expect.closeTo(0.3662, 4)]);
  });
});
