import { describe, expect, it } from 'vitest';
import { promptFor } from './words.ts';

const manifest = {
  name: 'Test',
  tasks: {
    find: { prompt: 'Find all {label}. Point at each {label singular}.', zh: '找出所有{label}。' },
    count: { prompt: 'How many {label} are there?' },
    describe: { prompt: 'Describe this image.', zh: '描述这张图像。' },
  },
  detector: {
    classes: [{ name: 'storage tank', plural: 'storage tanks', zh: '储罐' }],
    stride: 4,
    grid: [1, 1] as [number, number],
  },
  density: { classes: [{ name: 'tree', plural: 'trees', zh: '树' }] },
};
const ask = { task: 'find', label: null, text: '', language: 'en' } as const;

describe('promptFor', () => {
  it.each([
    [{ label: 'storage tank' }, 'Find all storage tanks. Point at each storage tank.'],
    [{ label: 'storage tank', language: 'zh' }, '找出所有储罐。'],
    [{ task: 'count', label: 'tree' }, 'How many trees are there?'],
    // The label is not one of the model's classes: it gets a regular plural, and stays unchanged in Chinese.
    [{ task: 'count', label: 'red roof' }, 'How many red roofs are there?'],
    [{ label: '红色屋顶', language: 'zh' }, '找出所有红色屋顶。'],
    // The model did not learn this task in Chinese.
    [{ task: 'count', label: 'tree', language: 'zh' }, 'How many trees are there?'],
    [{ task: 'describe', language: 'zh' }, '描述这张图像。'],
    [{ task: 'describe', text: 'Describe the roads.' }, 'Describe the roads.'],
  ] as const)('%o → %s', (intent, prompt) => {
    expect(promptFor(manifest, { ...ask, ...intent })).toBe(prompt);
  });

  it('refuses a task that the model has not learned', () => {
    expect(() => promptFor(manifest, { ...ask, task: 'segment' })).toThrow(
      expect.objectContaining({ code: 'MODEL_LACKS_TASK', message: expect.stringContaining('find, count, describe') }),
    );
  });
});
