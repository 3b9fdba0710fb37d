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
  expect(headsFor('tree', model)).toMatchObject({ box: null, density: 'tree', presence: ['trees'] });
  expect(headsFor('storage tank', model)).toMatchObject({ box: 'storage tank', density: null, presence: ['tanks'] });
  // The sea is water.
  expect(headsFor('water', model).presence).toEqual(['water', 'sea']);
  expect(headsFor('sea', model).presence).toEqual(['sea']);
  expect(headsFor('other:elephant', model)).toMatchObject({ box: null, density: null, presence: [] });
  expect(subjectsKnown(model)).toEqual([
    'airplane',
    'storage tank',
    'car',
    'tree',
    'bare soil',
    'water',
    'sea',
    'court',
    'pavement',
  ]);
});

it('takes the crowns of trees for the places of trees', () => {
  const classes = [{ name: 'tree crown', plural: 'tree crowns' }];
  const crowned = { ...model, classes };
  expect(headsFor('tree', crowned)).toMatchObject({ box: 'tree crown', density: 'tree', presence: ['trees'] });
  expect(subjectsKnown(crowned).filter((name) => name.includes('tree'))).toEqual(['tree']);
});

it('knows the ground by its land cover', () => {
  const labels = ['water', 'trees', 'grass and low vegetation', 'bare soil', 'buildings', 'roads and pavement'];
  const ground = { ...model, cover: { ...model.cover!, labels } };
  const of = (subject: string) => headsFor(subject, ground).cover;
  expect(of('water')).toEqual({ classes: [0], isExact: true });
  expect(of('lake')).toEqual({ classes: [0], isExact: false });
  expect(of('grass')).toEqual({ classes: [2], isExact: false });
  expect(of('vegetation')).toEqual({ classes: [1, 2], isExact: true });
  expect(of('sealed ground')).toEqual({ classes: [4, 5], isExact: true });
  expect(of('land cover')?.classes).toHaveLength(6);
  expect(of('car')).toBeNull();
  expect(headsFor('vegetation', model).cover).toBeNull();
  expect(headsFor('land cover', { ...model, cover: null }).cover).toBeNull();
  expect(subjectsKnown(ground)).toEqual(expect.arrayContaining(['water', 'low vegetation', 'bare soil']));
  expect(subjectsKnown(ground)).not.toContain('land cover');
  expect(knownName('other:vegetation', ground)).toBe('vegetation');
  expect(knownName('other:impervious', ground)).toBe('sealed ground');
  expect(knownName('other:elephant', ground)).toBe('other:elephant');
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
