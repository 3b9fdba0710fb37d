import { expect, it } from 'vitest';
import { TEST_MODEL } from '../fakes.ts';
import { headsFor, knownName, scenesNamed, subjectsKnown, subjectsOfScene } from './subjects-of-model.ts';

const model = {
  ...TEST_MODEL,
  presence: ['trees', 'bare soil', 'tanks', 'water', 'sea', 'court'],
  scenes: ['airport apron with airplanes', 'harbor', 'tank farm with storage tanks', 'dense residential area'],
  scenesZh: ['停有飞机的机坪', '港口', '储油罐区', '密集住宅区'],
};

it('finds the heads of a subject by canonical names', () => {
  expect(headsFor('tree', model)).toEqual({ box: null, density: 'tree', presence: ['trees'] });
  expect(headsFor('storage tank', model)).toEqual({ box: 'storage tank', density: null, presence: ['tanks'] });
  // The sea is water.
  expect(headsFor('water', model).presence).toEqual(['water', 'sea']);
  expect(headsFor('sea', model).presence).toEqual(['sea']);
  expect(headsFor('other:elephant', model)).toEqual({ box: null, density: null, presence: [] });
  expect(subjectsKnown(model)).toEqual([
    'airplane',
    'storage tank',
    'car',
    'tree',
    'bare soil',
    'water',
    'sea',
    'court',
  ]);
});

it('takes the crowns of trees for the places of trees', () => {
  const classes = [{ name: 'tree crown', plural: 'tree crowns' }];
  const crowned = { ...model, classes };
  expect(headsFor('tree', crowned)).toEqual({ box: 'tree crown', density: 'tree', presence: ['trees'] });
  expect(subjectsKnown(crowned).filter((name) => name.includes('tree'))).toEqual(['tree']);
});

it('knows by its own name what a reader has no name for', () => {
  expect(knownName('other:court', model)).toBe('court');
  expect(knownName('other:elephant', model)).toBe('other:elephant');
  expect(knownName('car', model)).toBe('car');
});

it('knows what a scene is a scene of', () => {
  expect(subjectsOfScene('tank farm with storage tanks')).toEqual(
    expect.arrayContaining(['other:tank farm', 'storage tank']),
  );
});

it.each([
  ['is this a tank farm', ['tank farm']],
  ['Is this an airport?', ['airport']],
  ['这是港口吗？', ['harbor']],
  ['这里是密集住宅区吗', ['dense residential area']],
  ['Does this look like a residential area?', ['residential area']],
  ['Which fits best: harbor, dense residential area or airport?', ['harbor', 'dense residential area', 'airport']],
  ['what kind of scene is this', []],
  ['is this a military base', []],
])('reads the scenes that are named: %s', (question, scenes) => {
  expect(scenesNamed(question, model)).toEqual(scenes);
});
