import { expect, it, vi } from 'vitest';
import { carsResult, exportedGeoJson, fakeWorkers, LOADED, TEST_MODEL } from '../../fakes.ts';
import { createSession } from '../../session.ts';
import { joinNumbers, joinScores } from './joining.ts';

const joins = { most: 'max', total: 'sum' } as const;

it('takes the mean, the sum or the largest of numbers, as the model says', () => {
  let numbers = {};
  for (const [count, next] of [
    { most: 0.2, total: 3, part: 1 },
    { most: 0.9, total: 4, part: 0.5 },
    { most: 0.4, part: 0 },
  ].entries())
    numbers = joinNumbers(numbers, next, count, joins);
  expect(numbers).toEqual({ most: 0.9, total: 7, part: 0.5 });
});

it('joins lists label by label, best first, and keeps lists that a slice does not have', () => {
  const first = joinScores(
    {},
    {
      scene: [
        { label: 'beach', probability: 0.9 },
        { label: 'river', probability: 0.1 },
      ],
      most: [{ label: 'a', probability: 0.3 }],
    },
    0,
    joins,
  );
  const second = joinScores(
    first,
    {
      scene: [
        { label: 'river', probability: 1 },
        { label: 'beach', probability: 0 },
      ],
      other: [],
    },
    1,
    joins,
  );
  expect(second.scene).toEqual([
    { label: 'river', probability: expect.closeTo(0.55, 9) },
    { label: 'beach', probability: 0.45 },
  ]);
  expect(second.most).toEqual([{ label: 'a', probability: 0.3 }]);
  expect(second.other).toEqual([]);
});

it('keeps and exports a score and a number that only the model knows', async () => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
  let slice = 0;
  const session = createSession(
    fakeWorkers({
      info: { width: 448, height: 256 },
      load: async () => ({ ...LOADED, model: { ...TEST_MODEL, joins: { cloudCover: 'max' } } }),
      answer: async () => {
        slice += 1;
        return carsResult(1, {
          scores: { season: [{ label: 'winter', probability: slice / 4 }] },
          numbers: { cloudCover: slice / 10 },
        });
      },
    }),
  );
  await session.model.load('wasm');
  await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
  const answer = await session.asking.ask({ task: 'find', label: 'car', region: 'scene', slicing: 'tiles' });
  expect(answer.scores).toEqual({ season: [{ label: 'winter', probability: 0.375 }] });
  expect(answer.numbers).toEqual({ cloudCover: 0.2 });
  const { nadir } = await exportedGeoJson(session);
  expect(nadir.answers[0]).toMatchObject({ scores: answer.scores, numbers: answer.numbers });
  vi.unstubAllGlobals();
});
