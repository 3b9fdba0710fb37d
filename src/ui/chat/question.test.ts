import { expect, test } from 'vitest';
import type { ModelInfo } from '../../vlm/types.ts';
import { classLabelPlural, taskQuestion } from './question.ts';

const model = {
  classes: [{ name: 'storage tank', plural: 'storage tanks' }],
  languages: ['en'],
} as unknown as ModelInfo;

test('the class is named in the plural', () => {
  expect(taskQuestion('find', 'Storage tank', model)).toBe('Find all storage tanks.');
  expect(taskQuestion('count', 'storage tank', model)).toBe('How many storage tanks are there?');
});

test('a region is described, and a missing class shows as a gap', () => {
  expect(taskQuestion('identify', '', model)).toBe('What is at the marked region?');
  expect(taskQuestion('segment', ' ', null)).toBe('Segment all …');
  expect(taskQuestion('ask', '', model)).toBe('');
});

test('an unknown class gets a plain plural, as the model is asked', () => {
  expect(classLabelPlural(' piers ', model)).toBe('piers');
  expect(taskQuestion('segment', 'swimming pool', model)).toBe('Segment all swimming pools.');
});

test('a label in Chinese asks in Chinese if the model can', () => {
  const classes = [{ name: 'airplane', plural: 'airplanes', zh: '飞机' }];
  const bilingual: ModelInfo = { ...model, classes, languages: ['en', 'zh'] };
  expect(taskQuestion('find', '飞机', bilingual)).toBe('找出所有飞机。');
  expect(taskQuestion('find', '飞机', { ...model, classes })).toBe('Find all airplanes.');
  expect(taskQuestion('find', 'airplane', bilingual)).toBe('Find all airplanes.');
});
