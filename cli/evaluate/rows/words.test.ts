import { expect, it } from 'vitest';
import { answeredWith } from '../fakes.ts';
import { captionRows, coarseSceneRows, optionRows, otherPresenceRows, presenceRows, sceneRows } from './words.ts';

it('scores scenes and states the share of the commonest class', () => {
  const scene = (truth: string, text: string) => answeredWith({ kind: 'scene', scene: truth }, { text });
  const [accuracy, macro] = sceneRows([
    scene('beach', 'This is a beach.'),
    scene('beach', 'This is a river.'),
    scene('river', 'This is a river.'),
    scene('forest', 'An image.'),
  ]);
  expect(accuracy).toMatchObject({ value: 0.5, n: 4, target: { must: 0.86 } });
  expect(accuracy?.detail).toContain('50.0 %');
  // beach 2/3, river 2/3, forest 0.
  expect(macro?.value).toBeCloseTo(4 / 9);
});

it('scores scenes of 10 m imagery apart, and by its own names', () => {
  const scene = (truth: string, text: string) =>
    answeredWith({ kind: 'scene', scene: truth }, { text }, { set: 'eurosat' });
  const answers = [
    scene('sea_lake', 'This looks most like sea or lake.'),
    scene('pasture', 'This looks most like beach.'),
  ];
  expect(sceneRows(answers)).toEqual([]);
  expect(coarseSceneRows(answers)).toMatchObject([{ value: 0.5, n: 2 }]);
  expect(coarseSceneRows([answeredWith({ kind: 'scene', scene: 'beach' }, { text: 'beach' })])).toEqual([]);
});

it('scores the choice among offered scenes', () => {
  const option = (text: string) =>
    answeredWith({ kind: 'option', answer: 'river', options: ['river', 'beach', 'forest'] }, { text });
  const [row] = optionRows([option('This is a river.'), option('This is a beach.'), option('This is a harbor.')]);
  expect(row?.value).toBeCloseTo(1 / 3);
});

const presence = (label: string, scene: string | null, present: boolean, text: string, image = '/a.jpg') =>
  answeredWith(
    { kind: 'presence', label, present, scene, derived: false },
    { text },
    { image: { kind: 'file', path: image } },
  );

it('scores presence over labels, within scenes, and by its false yes', () => {
  const rows = presenceRows([
    presence('cars', 'beach', true, 'Yes, there are cars.', '/1.jpg'),
    presence('cars', 'beach', false, 'Yes.', '/2.jpg'),
    presence('sea', 'beach', true, 'Yes.', '/1.jpg'),
    presence('sea', 'beach', true, 'Hm.', '/2.jpg'),
    presence('dock', 'beach', false, 'No.', '/2.jpg'),
  ]);
  // cars: 1 hit of 2 said, 1 there; sea: 1 hit of 1 said, 2 there. Both 2/3.
  expect(rows[0]).toMatchObject({ n: 2, detail: 'cars 0.67, sea 0.67' });
  expect(rows[0]?.value).toBeCloseTo(2 / 3);
  // Only cars differ within the scene.
  expect(rows[1]?.value).toBeCloseTo(2 / 3);
  expect(rows[1]?.detail).toBe('2 of 5 questions');
  expect(rows[2]).toMatchObject({ value: 0.5, n: 2, target: { better: 'less' } });
});

it('leaves failed questions out', () => {
  const failed = answeredWith({ kind: 'scene', scene: 'beach' }, { text: '', error: 'INTERNAL: x' });
  expect(sceneRows([failed])).toEqual([]);
});

it('keeps presence on other sets apart, marks licences and derived truth', () => {
  const truth = { kind: 'presence', label: 'vegetation', present: true, scene: null, derived: true } as const;
  const [row] = otherPresenceRows([
    answeredWith(truth, { text: 'Yes.' }, { set: 'naip_trees', variant: 'RGB', restricted: 'CC BY-SA 4.0' }),
  ]);
  expect(row).toMatchObject({ measure: 'naip_trees, RGB: vegetation, answered right', value: 1 });
  expect(row?.restricted).toContain('CC BY-SA');
  expect(row?.detail).toContain('derived from NDVI');
});

it('averages ROUGE-L over images', () => {
  const caption = (text: string) => answeredWith({ kind: 'caption', references: ['two cars'] }, { text });
  expect(captionRows([caption('two cars'), caption('forest')])[0]?.value).toBe(0.5);
});
