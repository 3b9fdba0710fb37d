import { describe, expect, it } from 'vitest';
import { TEST_MODEL } from './fakes.ts';
import { typedTask } from './typed-task.ts';

describe('typedTask', () => {
  it.each([
    ['Find all storage tanks', 'find', 'storage tanks'],
    ['find the storage tanks in this image.', 'find', 'storage tanks'],
    ['Please find every airplane', 'find', 'airplane'],
    ['Segment cars!', 'segment', 'cars'],
    ['How many cars are there?', 'count', 'cars'],
    ['How many cars?', 'count', 'cars'],
    ['How many of the cars are here', 'count', 'cars'],
    // Counted by density, without boxes.
    ['How many trees are there?', 'count', 'trees'],
    ['找出所有飞机', 'find', '飞机'],
    ['有多少飞机？', 'count', '飞机'],
  ])('%s', (text, task, label) => {
    expect(typedTask(TEST_MODEL, text)).toEqual({ task, label });
  });

  it.each([
    ['something that is no class', 'Find all red roofs'],
    ['two classes at once', 'Find all airplanes and cars'],
    ['a question of another kind', 'Are there any cars?'],
    ['a question around the template', 'Why find all cars?'],
    ['a condition', 'How many cars are there on the road?'],
    ['a template without a label', 'Find all'],
    ['nothing', ' '],
  ])('leaves %s as it is typed', (_, text) => {
    expect(typedTask(TEST_MODEL, text)).toBeNull();
  });

  it('knows only tasks that the model has', () => {
    expect(typedTask({ ...TEST_MODEL, tasks: {}, tasksZh: {} }, 'Find all cars')).toBeNull();
  });
});
