import { describe, expect, it } from 'vitest';
import { NadirError } from '../../lib/errors.ts';
import { hasHan } from '../../lib/han.ts';
import type { TaskId } from '../../tasks/table.ts';
import { TEST_MODEL } from '../fakes.ts';
import { buildQuestion, countPhrase, matchLabel } from './prompt.ts';

describe('buildQuestion', () => {
  it('fills the plural of a class into the template', () => {
    const { prompt, label } = buildQuestion(TEST_MODEL, 'find', 'Storage_Tank', '');
    expect(prompt).toBe('Find all storage tanks.');
    expect(label?.className).toBe('storage tank');
  });

  it('takes another word that the model learned for a class, and says the class', () => {
    for (const word of ['jet', 'Jets', '客机']) {
      const { prompt, label } = buildQuestion(TEST_MODEL, 'find', word, '');
      expect([prompt, label?.className]).toEqual([hasHan(word) ? '找出所有飞机。' : 'Find all airplanes.', 'airplane']);
    }
  });

  it('refuses what is no class, with those that are', () => {
    const refusal = (task: TaskId, label: string) => {
      try {
        buildQuestion(TEST_MODEL, task, label, '');
      } catch (thrown) {
        return NadirError.from(thrown).toData();
      }
      return null;
    };
    expect(refusal('find', 'red roof')).toEqual({
      code: 'LABEL_UNKNOWN',
      message: 'Test finds airplanes, storage tanks and cars. "red roof" is none of these. Choose one of them.',
      details: { label: 'red roof', known: ['airplanes', 'storage tanks', 'cars'] },
    });
    expect(refusal('count', 'pavement')?.message).toBe(
      'Test counts airplanes, storage tanks and cars, and trees without boxes. "pavement" is none of these. Choose one of them, or ask whether there is any: "Is there pavement in this image?".',
    );
    expect(refusal('find', 'Pavements')?.message).toContain('"Is there pavement in this image?"');
    expect(refusal('segment', 'trees')?.message).toBe(
      'Test finds airplanes, storage tanks and cars. It counts trees without a box for each: ask how many there are.',
    );
    expect(refusal('count', 'trees')).toBeNull();
  });

  it('asks a model without classes in the words of the user', () => {
    const { prompt, label } = buildQuestion({ ...TEST_MODEL, classes: [] }, 'count', 'red roof', '');
    expect(prompt).toBe('How many red roofs are there?');
    expect(label).toEqual({ singular: 'red roof', plural: 'red roofs', className: null });
  });

  it('leaves a task without a label in the words of the user', () => {
    const { prompt, question } = buildQuestion(TEST_MODEL, 'quality', null, '这张图像有什么质量问题？');
    expect([prompt, question]).toEqual(['这张图像有什么质量问题？', '这张图像有什么质量问题？']);
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
