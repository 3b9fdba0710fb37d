import { describe, expect, it } from 'vitest';
import { TEST_MODEL } from '../fakes.ts';
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
    ['飞机的数量是多少？', 'count', '飞机'],
    ['Find jets', 'find', 'jets'],
    // What it has no class for: asking as that task says so.
    ['Find all red roofs', 'find', 'red roofs'],
    ['How many pavements are there?', 'count', 'pavements'],
  ])('%s', (text, task, label) => {
    expect(typedTask(TEST_MODEL, text)).toEqual({ task, label });
  });

  it.each([
    ['two classes at once', 'Find all airplanes and cars'],
    ['a question of another kind', 'Are there any cars?'],
    ['a question around the template', 'Why find all cars?'],
    ['a condition', 'How many cars are there on the road?'],
    ['an adjective', 'Find all red cars'],
    ['a sentence', 'Find out whether a road is near'],
    ['a template without a label', 'Find all'],
    ['nothing', ' '],
  ])('leaves %s as it is typed', (_, text) => {
    expect(typedTask(TEST_MODEL, text)).toBeNull();
  });

  it.each([
    ['Describe this image', 'describe'],
    ['what is wrong with this image?', 'quality'],
    ['这是什么场景？', 'classify'],
  ])('%s is the task %s', (text, task) => {
    expect(typedTask(TEST_MODEL, text)).toEqual({ task });
  });

  it('accepts no label for a model without classes', () => {
    expect(typedTask({ ...TEST_MODEL, classes: [], densities: [] }, 'Find all red roofs')).toBeNull();
  });

  it('knows only tasks that the model has', () => {
    expect(typedTask({ ...TEST_MODEL, tasks: [] }, 'Find all cars')).toBeNull();
    expect(typedTask({ ...TEST_MODEL, languages: ['en'] }, '找出所有飞机')).toBeNull();
  });
});
