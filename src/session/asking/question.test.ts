import { describe, expect, it } from 'vitest';
import { NadirError } from '../../lib/errors.ts';
import { hasHan } from '../../lib/han.ts';
import type { TaskId } from '../../tasks/table.ts';
import { TEST_MODEL } from '../fakes.ts';
import { buildQuestion, countPhrase, matchLabel } from './question.ts';

describe('buildQuestion', () => {
  it('fills the plural of a class into the template', () => {
    const { question, label } = buildQuestion(TEST_MODEL, { task: 'find', label: 'Storage_Tank' });
    expect(question).toBe('Find all storage tanks.');
    expect(label?.className).toBe('storage tank');
  });

  it('takes another word that the model learned for a class, and says the class', () => {
    for (const word of ['jet', 'Jets', '客机']) {
      const { question, label, asked } = buildQuestion(TEST_MODEL, { task: 'find', label: word });
      expect([question, asked, label?.className]).toEqual(
        hasHan(word)
          ? ['找出所有飞机。', { text: '', language: 'zh' }, 'airplane']
          : ['Find all airplanes.', { text: '', language: 'en' }, 'airplane'],
      );
    }
  });

  it('refuses what is no class, with those that are', () => {
    const refusal = (task: TaskId, label: string) => {
      try {
        buildQuestion(TEST_MODEL, { task, label });
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

  it('asks a model that knows no Chinese in English', () => {
    const english = { ...TEST_MODEL, languages: ['en' as const] };
    expect(buildQuestion(english, { task: 'find', label: '飞机' })).toMatchObject({
      question: 'Find all airplanes.',
      asked: { text: '', language: 'en' },
    });
  });

  it('asks a model without classes in the words of the user', () => {
    const { question, label } = buildQuestion({ ...TEST_MODEL, classes: [] }, { task: 'count', label: 'red roof' });
    expect(question).toBe('How many red roofs are there?');
    expect(label).toEqual({ singular: 'red roof', plural: 'red roofs', className: null });
  });

  it('leaves a task without a label in the words of the user', () => {
    const { question, asked } = buildQuestion(TEST_MODEL, { task: 'quality', text: '图像模糊吗？' });
    expect([question, asked]).toEqual(['图像模糊吗？', { text: '图像模糊吗？', language: 'zh' }]);
  });

  it('has words for a region', () => {
    const { question } = buildQuestion(TEST_MODEL, { task: 'identify' });
    expect(question).toBe('What is at the marked region?');
  });

  it.each([
    ['an empty question', 'ask', null, '  '],
    ['a missing label', 'find', null, ''],
  ] as const)('refuses %s', (_, task, label, text) => {
    expect(() => buildQuestion(TEST_MODEL, { task, label, text })).toThrow(
      expect.objectContaining({ code: 'QUESTION_INCOMPLETE' }),
    );
  });

  it('refuses a task that the model lacks, naming those it has', () => {
    const model = { ...TEST_MODEL, tasks: ['describe' as const] };
    expect(() => buildQuestion(model, { task: 'find', label: 'car' })).toThrow(/It has: describe/);
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
