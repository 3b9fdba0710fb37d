import { expect, it } from 'vitest';
import { twoQuestions } from './two-questions.ts';

it.each([
  ['Are there any boats, and how much is water?', 'Are there any boats', 'how much is water?'],
  ['How many cars are there and how many buildings?', 'How many cars are there', 'how many buildings?'],
  ['Is there a pool? Are there tennis courts?', 'Is there a pool', 'Are there tennis courts?'],
  ['有多少架飞机，有没有船？', '有多少架飞机', '有没有船'],
])('%s holds two', (text, first, second) => {
  expect(twoQuestions(text)).toEqual([first, second]);
});

it.each([
  'How many planes are there, and where are they?',
  'How many tanks are round and near the road?',
  'Which tanks are near water and larger than 20 m?',
  'Find cars and trucks',
  'Are there more cars than trucks, and by how many?',
  'The picture is of a harbour, how many boats are there?',
  'How many cars? How many trucks? How many boats?',
  '飞机和船各有多少？',
  '油罐区里，有多少辆车？',
  '',
])('%s holds one', (text) => {
  expect(twoQuestions(text)).toBeNull();
});
