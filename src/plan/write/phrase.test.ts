import { describe, expect, it } from 'vitest';
import { capital, join, linked, list, say, textOf, written } from './phrase.ts';
import { spaced } from './zh/terms.ts';

const cars = linked('3 cars', ['a', 'b', 'c']);

describe('phrases', () => {
  it('carry links through sentences', () => {
    expect(written(say`There are ${cars} and ${'1'} truck.`)).toEqual({
      text: 'There are 3 cars and 1 truck.',
      runs: [
        { text: 'There are ', thingIds: [] },
        { text: '3 cars', thingIds: ['a', 'b', 'c'] },
        { text: ' and 1 truck.', thingIds: [] },
      ],
    });
  });
  it('are listed', () => {
    expect(textOf(list(['a'], ', ', ' and '))).toBe('a');
    expect(textOf(list(['a', 'b'], ', ', ' and '))).toBe('a and b');
    expect(textOf(list(['a', cars, 'c'], ', ', ' and '))).toBe('a, 3 cars and c');
    expect(textOf(list([], ', ', ' and '))).toBe('');
  });
  it('are joined without empty ones', () => {
    expect(textOf(join([say`A.`, [], say`${''}`, 'B.'], ' '))).toBe('A. B.');
  });
  it('begin with a capital, whatever comes first', () => {
    expect(textOf(capital(say`${linked('the largest', ['a'])} is here.`))).toBe('The largest is here.');
  });
});

describe('spaced', () => {
  const text = (phrase: ReturnType<typeof say>) => spaced(phrase).map((run) => run.text);
  it('sets one space between Chinese and figures, outside of links', () => {
    expect(text(say`有${linked('14辆汽车', ['a'])}，约 3棵`)).toEqual(['有 ', '14 辆汽车', '，约 3 棵']);
    expect(text(say`为 ${'111'}至 ${'222'}。`).join('')).toBe('为 111 至 222。');
    expect(text(say`${linked('共 5', ['a'])}栋`)).toEqual(['共 5', ' 栋']);
    expect(text(say`占 55%，（50 米）`).join('')).toBe('占 55%，（50 米）');
  });
});
