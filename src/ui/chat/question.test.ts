import { expect, test } from 'vitest';
import type { ModelInfo } from '../../vlm/types.ts';
import { classLabelPlural, taskQuestion } from './question.ts';

const model = {
  classes: [{ name: 'storage tank', plural: 'storage tanks' }],
  tasks: { find: 'Locate every {label}.', identify: 'What is at <region>?' },
} as unknown as ModelInfo;

test("the model's own wording is used, with the class in the plural", () => {
  expect(taskQuestion('find', 'Storage tank', model)).toBe('Locate every storage tanks.');
  expect(taskQuestion('count', 'storage tank', model)).toBe('How many storage tanks are there?');
});

test('a region is described, and a missing class shows as a gap', () => {
  expect(taskQuestion('identify', '', model)).toBe('What is at the region?');
  expect(taskQuestion('segment', ' ', null)).toBe('Segment all …');
  expect(taskQuestion('ask', '', model)).toBe('');
});

test('an unknown class gets a plain plural, as the model is asked', () => {
  expect(classLabelPlural(' piers ', model)).toBe('piers');
  expect(taskQuestion('segment', 'swimming pool', model)).toBe('Segment all swimming pools.');
});

test('a label in Chinese asks in Chinese if the model can', () => {
  const bilingual = {
    ...model,
    classes: [{ name: 'airplane', plural: 'airplanes', zh: '飞机' }],
    tasksZh: { find: '找出所有{label}。' },
  };
  expect(taskQuestion('find', '飞机', bilingual)).toBe('找出所有飞机。');
  expect(taskQuestion('count', '飞机', bilingual)).toBe('How many airplanes are there?');
  expect(taskQuestion('find', 'airplane', bilingual)).toBe('Locate every airplanes.');
});
