import { expect, test } from 'vitest';
import { groupRuns } from './group-runs.ts';

const link = (text: string, ...objectIds: string[]) => ({ text, objectIds });
const words = (text: string) => ({ text, objectIds: [] });

test('a list of one class after its name is one run of numbers', () => {
  const runs = [words('It shows cars: '), link('car', 'a'), words(', '), link('car', 'b'), words('. There are trees.')];
  expect(groupRuns(runs)).toEqual([words('It shows cars: '), link('', 'a', 'b'), words('. There are trees.')]);
});

test('without a name before it the list keeps its phrase once', () => {
  expect(groupRuns([link('car', 'a'), words(' and '), link('car', 'b')])).toEqual([link('car', 'a', 'b')]);
});

test('classes stay apart, and a single link stays a link', () => {
  const runs = [words('Cars: '), link('car', 'a'), words(', '), link('building', 'b'), words('.')];
  expect(groupRuns(runs)).toEqual(runs);
});

test('a Chinese list is one, too', () => {
  const runs = [words('飞机：'), link('飞机 1', 'a'), words('、'), link('飞机 2', 'b'), words('。')];
  expect(groupRuns(runs)).toEqual([words('飞机：'), link('', 'a', 'b'), words('。')]);
});
