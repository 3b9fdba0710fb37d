import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HELP, parseAnalyzeOptions } from '../../../cli/analyze-options.ts';
import { carsResult, fakeWorkers } from '../../session/fakes.ts';
import { createSession } from '../../session/session.ts';
import type { Slicing } from './slicing.ts';
import { type SlicingId, slicings } from './slicings.ts';

/** docs/add-a-slicing.md, followed with a toy: this is its file … */
const halves = vi.hoisted(
  (): Slicing => ({
    id: 'toy-halves',
    words: { noun: 'slice', about: 'the left half, then the right half' },
    plan: ({ x, y, width, height }) => [x, x + width / 2].map((left) => ({ x: left, y, width: width / 2, height })),
  }),
);
/** … and this its line in the table. */
vi.mock('./slicings.ts', async (original) => {
  const { slicings } = await original<typeof import('./slicings.ts')>();
  return { slicings: [...slicings, halves] };
});
const toy = halves.id as SlicingId;

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

async function opened() {
  const workers = fakeWorkers({ info: { width: 400, height: 200 }, answer: async () => carsResult(1) });
  const session = createSession(workers);
  await session.model.load('wasm');
  await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
  return { session, workers };
}

it('cuts the region of a question that asks for it, and is named in the answer', async () => {
  const { session, workers } = await opened();
  const answer = await session.asking.ask({ task: 'find', label: 'car', slicing: toy });
  expect(workers.requests.map(({ views }) => views[0].window)).toEqual([
    { x: 0, y: 0, width: 200, height: 200 },
    { x: 200, y: 0, width: 200, height: 200 },
  ]);
  expect(answer).toMatchObject({ slicing: 'toy-halves', status: 'done', coverage: { total: 2, answered: 2 } });
  expect(answer.text).toContain('in 2 slices');
  expect((await session.asking.ask({ task: 'find', label: 'car' })).slicing).toBe('resize');
});

it('has its name and its words on the command line', () => {
  expect(parseAnalyzeOptions(['a.tif', '--slicing', toy])?.slicing).toBe('toy-halves');
  expect(HELP).toContain('toy-halves: the left half, then the right half\n');
});

it('refuses an unknown name and lists the known ones', async () => {
  const { session } = await opened();
  const thirds = 'thirds' as SlicingId;
  expect(() => parseAnalyzeOptions(['a.tif', '--slicing', thirds])).toThrow(/it can be auto, .*, toy-halves/);
  await expect(session.asking.ask({ task: 'find', label: 'car', slicing: thirds })).rejects.toMatchObject({
    code: 'CHOICE_UNKNOWN',
    message: 'There is no slicing "thirds". Choose one of "auto", "resize", "tiles", "llava-uhd", "toy-halves".',
  });
  expect(session.asking.answers.value).toEqual([]);
});

it('every slicing is a file of its name', () => {
  for (const { id } of slicings.filter((slicing) => slicing.id !== toy)) {
    expect(readFileSync(new URL(`${id}.ts`, import.meta.url), 'utf8')).toContain(`\n  id: '${id}',\n`);
  }
});
