import { expect, it } from 'vitest';
import { TEST_MODEL } from '../fakes.ts';
import { upgraded } from './upgrade-saved.ts';

const TILE = { x: 0, y: 0, width: 256, height: 256 };
const BOX = { cx: 20, cy: 30, w: 10, h: 6, thetaDeg: 0 };
const RING = [
  [15, 27],
  [25, 27],
  [25, 33],
];
const CORNERS = [
  [15, 27],
  [25, 27],
  [25, 33],
  [15, 33],
];

/** As version 0.5.1 wrote it, shortened where nothing changes. */
const version3 = {
  version: 3,
  layers: [],
  activeLayer: null,
  answers: [
    {
      id: 'a1',
      task: 'count',
      text: '1 car.',
      runs: [{ text: '1 car', objectIds: ['o1'] }],
      counts: { stated: 2, merged: 1 },
      raw: [
        { tile: TILE, rawText: '<p0>', dialectText: '', stopReason: 'end', malformedBoxes: 1, statedCount: 2 },
        {
          tile: { ...TILE, x: 192 },
          rawText: '',
          dialectText: '',
          stopReason: 'end',
          malformedBoxes: 2,
          statedCount: null,
          countedPart: 0.5,
        },
      ],
      sceneScores: [{ label: 'airport', probability: 0.8 }],
      qualityScores: [],
      changedProbability: null,
      knownProbability: 0.25,
      model: { ...TEST_MODEL, bands: ['red', 'green', 'blue', 'nir'] },
    },
  ],
  objects: [
    {
      id: 'o1',
      label: 'car',
      number: 1,
      state: 'accepted',
      answerId: 'a1',
      box: BOX,
      corners: CORNERS,
      score: 0.5,
      mask: [RING],
      tile: TILE,
      sightings: [{ answerId: 'a1', box: BOX, corners: CORNERS, score: 0.5, mask: null, tile: TILE }],
    },
  ],
};

it('reads objects, scores and numbers as version 3 kept them', () => {
  const session = upgraded(structuredClone(version3));
  expect(session?.version).toBe(4);
  expect(session?.answers[0]?.model).toEqual(TEST_MODEL);
  expect(session?.objects).toEqual([
    {
      id: 'o1',
      label: 'car',
      number: 1,
      state: 'accepted',
      answerId: 'a1',
      box: BOX,
      score: 0.5,
      rings: [RING],
      tile: TILE,
      sightings: [{ answerId: 'a1', box: BOX, score: 0.5, rings: null, tile: TILE }],
    },
  ]);
  const [answer] = session?.answers ?? [];
  expect(answer?.scores).toEqual({ scene: [{ label: 'airport', probability: 0.8 }] });
  expect(answer?.numbers).toEqual({ malformed: 3, stated: 2, known: 0.25 });
  expect(answer?.raw.map(({ numbers }) => numbers)).toEqual([
    { malformed: 1, stated: 2 },
    { malformed: 2, countedPart: 0.5 },
  ]);
  expect(answer).not.toHaveProperty('sceneScores');
  expect(answer).toMatchObject({ text: '1 car.', counts: { stated: 2, merged: 1 } });
});

it('returns null for a record that it does not know', () => {
  expect(upgraded({ version: 4 })).toBeNull();
  expect(upgraded({ version: 3, layers: [] })).toBeNull();
  expect(upgraded('session')).toBeNull();
});
