import { expect, test } from 'vitest';
import type { ModelInfo } from '../../workers/vlm/api.ts';
import { classLabelPlural, taskQuestion } from './question.ts';

const model = {
  classes: [{ name: 'storage tank', plural: 'storage tanks' }],
  tasks: { find: 'Locate every {label}.', identify: 'What is at <region>?' },
} as unknown as ModelInfo;

test("the model's own wording is used, with the class in the plural", () => {
  expect(taskQuestion('find', 'Storage tank', model)).toBe('Locate every storage tanks.');
  expect(taskQuestion('count', 'storage tank', model)).toBe('How many storage tanks are there?');
});

test('a region is named in words, and a missing class shows as a gap', () => {
  expect(taskQuestion('identify', '', model)).toBe('What is at the region?');
  expect(taskQuestion('segment', ' ', null)).toBe('Segment all …');
  expect(taskQuestion('ask', '', model)).toBe('');
});

test('an unknown class stays as typed', () => {
  expect(classLabelPlural(' piers ', model.classes)).toBe('piers');
});
