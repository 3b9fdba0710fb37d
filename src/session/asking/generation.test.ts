import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NadirError } from '../../lib/errors.ts';
import { createMemoryStore } from '../../storage/key-value-store.ts';
import type { Answer } from '../document.ts';
import { carsResult, exportedGeoJson, type FakeWorkers, fakeWorkers } from '../fakes.ts';
import { createSession } from '../session.ts';

/** An answer's generation options: recorded, exported, and used again by a retry. */

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const ASKED = { temperature: 0.7, topP: 0.9, seed: 42 };
const RECORDED = { ...ASKED, maxNewTokens: 256 };
const optionsOf = ({ requests }: FakeWorkers) => requests.map(({ options }) => options);

/** Two tiles, of which the second fails until `mend` is called. */
function workersThatFail(storage = createMemoryStore()) {
  let isBroken = true;
  const workers = fakeWorkers({
    info: { width: 448, height: 256 },
    answer: async ({ views: [{ window }] }) => {
      if (isBroken && window.x > 0) throw new NadirError('OUT_OF_MEMORY', 'Too little memory.');
      return carsResult(1);
    },
  });
  const mend = () => {
    isBroken = false;
  };
  return { workers: { ...workers, storage }, mend };
}

async function asked(generation?: typeof ASKED) {
  const { workers, mend } = workersThatFail();
  const session = createSession(workers);
  await session.model.load('wasm');
  await session.opening.openFile(new File(['x'], 'a.tif'));
  const input = { task: 'find', label: 'car', slicing: 'tiles' } as const;
  const answer = await session.asking.ask({ ...input, ...(generation && { generation }) });
  return { session, workers, answer, mend };
}

it('are used for every tile and by a retry, and recorded in answer and export', async () => {
  const { session, workers, answer, mend } = await asked(ASKED);
  expect(answer.generation).toEqual(RECORDED);
  mend();
  const again = await session.asking.retryFailed(answer.id);
  expect(again).toMatchObject({ failedTiles: [], generation: RECORDED });
  expect(optionsOf(workers)).toEqual(Array.from({ length: 3 }, () => ({ ...RECORDED, stop: [] })));
  const { nadir, features } = await exportedGeoJson(session);
  expect(nadir.answers[0].generation).toEqual(RECORDED);
  expect(features[0].properties.generation).toEqual(RECORDED);
});

it('are greedy by default', async () => {
  const { answer } = await asked();
  expect(answer.generation).toEqual({ maxNewTokens: 256, temperature: 0, topP: 1, seed: 1 });
});

it.each([
  ['as they were asked for', ASKED, (answer: Answer) => answer, RECORDED],
  [
    'with the defaults for an answer of an earlier version, which had no others',
    undefined,
    ({ generation: _generation, ...answer }: Answer) => answer,
    { maxNewTokens: 256, temperature: 0, topP: 1, seed: 1 },
  ],
])('are used again after a reload, %s', async (_, generation, keptAs, expected) => {
  const { workers } = await asked(generation);
  const keys = () => workers.storage.keys('tab/');
  const key = await vi.waitFor(async () => {
    const found = (await keys()).find((each) => each.endsWith('/session'));
    expect(found).toBeDefined();
    return found!;
  });
  await vi.waitFor(async () => {
    const kept = (await workers.storage.get(key)) as { answers: Answer[] };
    expect(kept.answers[0]?.status).toBe('done');
  });
  const record = (await workers.storage.get(key)) as { answers: Answer[] };
  await workers.storage.set(key, { ...record, answers: record.answers.map(keptAs) });

  const later = workersThatFail(workers.storage);
  later.mend();
  const session = createSession(later.workers);
  await session.model.load('wasm');
  await vi.waitFor(() => expect(session.asking.answers.value).toHaveLength(1));
  await session.asking.retryFailed(session.asking.answers.value[0]!.id);
  expect(optionsOf(later.workers)).toEqual([{ ...expected, stop: [] }]);
});
