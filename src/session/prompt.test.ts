import { describe, expect, it } from 'vitest';
import { TEST_MODEL } from './fakes.ts';
import { buildQuestion, countPhrase, matchLabel } from './prompt.ts';

describe('buildQuestion', () => {
  it('fills the plural of a class into the template', () => {
    const { prompt, label } = buildQuestion(TEST_MODEL, 'find', 'Storage_Tank', '');
    expect(prompt).toBe('Find all storage tanks.');
    expect(label?.className).toBe('storage tank');
  });

  it('asks plainly for what is no class', () => {
    const { prompt, label } = buildQuestion(TEST_MODEL, 'count', 'red roof', '');
    expect(prompt).toBe('How many red roofs are there?');
    expect(label).toEqual({ singular: 'red roof', plural: 'red roofs', className: null });
  });

  it('keeps <region> for the model and words for the reader', () => {
    const { prompt, question } = buildQuestion(TEST_MODEL, 'identify', null, '');
    expect(prompt).toBe('What is at <region>?');
    expect(question).toBe('What is at the marked region?');
  });

  it.each([
    ['an empty question', 'ask', null, '  '],
    ['a missing label', 'find', null, ''],
  ] as const)('refuses %s', (_, task, label, text) => {
    expect(() => buildQuestion(TEST_MODEL, task, label, text)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('refuses a task that the model lacks, naming those it has', () => {
    const model = { ...TEST_MODEL, tasks: { describe: 'Describe this image.' } };
    expect(() => buildQuestion(model, 'find', 'car', '')).toThrow(/It has: describe/);
  });
});

it('matchLabel knows the plural', () => {
  expect(matchLabel(TEST_MODEL.classes, 'airplanes')?.className).toBe('airplane');
  expect(matchLabel(TEST_MODEL.classes, ' ')).toBeNull();
});

it('countPhrase says none, one and many', () => {
  const car = { singular: 'car', plural: 'cars' };
  expect([0, 1, 2].map((count) => countPhrase(count, car))).toEqual(['no cars', '1 car', '2 cars']);
});
