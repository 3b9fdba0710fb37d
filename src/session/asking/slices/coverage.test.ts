import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NadirError } from '../../../lib/errors.ts';
import type { Answer } from '../../document.ts';
import { carsResult, exportedGeoJson, type FakeBehaviour, fakeWorkers, LOADED } from '../../fakes.ts';
import type { Session } from '../../port.ts';
import { createSession } from '../../session.ts';
import type { AskInput } from '../port.ts';
import { withEndStated } from './coverage.ts';

/** An answer that ended early says how much of what it was asked about it rests on. */

/** 1984 × 256 pixels are ten tiles. */
const WIDE = { width: 1984, height: 256 };
const find: AskInput = { task: 'find', label: 'car', region: 'scene', slicing: 'tiles' };
const ticks = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));

async function opened(behaviour: FakeBehaviour = {}): Promise<Session> {
  const session = createSession(fakeWorkers({ info: WIDE, ...behaviour }));
  await session.model.load('wasm');
  await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
  return session;
}

/** Stops while the `count`-th tile is being answered. */
async function stoppedAfter(count: number, input: AskInput, behaviour: FakeBehaviour = {}) {
  let asked = 0;
  const session = await opened({
    ...behaviour,
    answer: async (...args) => {
      asked += 1;
      if (asked === count) session.asking.stop(session.asking.running.value ?? '');
      return behaviour.answer ? behaviour.answer(...args) : carsResult(asked);
    },
  });
  return { session, answer: await session.asking.ask(input) };
}

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a stopped answer', () => {
  it('begins with how much was looked at, in text, links, export and result', async () => {
    const { session, answer } = await stoppedAfter(2, find);
    expect(answer).toMatchObject({
      status: 'stopped',
      text: 'Stopped after 2 of 10 tiles: 3 cars.',
      coverage: { total: 10, answered: 2, empty: 0, failed: 0 },
      ifCut: null,
    });
    expect(answer.runs.map(({ text }) => text).join('')).toBe(answer.text);
    expect(answer.runs[1]?.objectIds).toHaveLength(3);
    const { nadir, features } = await exportedGeoJson(session);
    expect(nadir.answers[0]).toMatchObject({ status: 'stopped', text: answer.text, tiles: { total: 10, answered: 2 } });
    expect(features[0].properties).toMatchObject({ answerStatus: 'stopped', tilesAnswered: 2, tilesTotal: 10 });
  });

  it('says so in Chinese to a question in Chinese', async () => {
    const { answer } = await stoppedAfter(
      2,
      { ...find, label: '飞机' },
      {
        answer: async () => carsResult(0, { text: '没有飞机。', things: [], numbers: { stated: 0 } }),
      },
    );
    expect(answer.text).toBe('看完 2/10 个图块后停止：没有飞机。');
  });

  it.each<[string, AskInput, string]>([
    ['no objects', find, 'Stopped after 3 of 10 tiles: no cars.'],
    [
      'what is counted without boxes',
      { ...find, task: 'count', label: 'tree' },
      'Stopped after 3 of 10 tiles: about 10 trees, added up over 3 tiles.',
    ],
    [
      'scenes',
      { ...find, task: 'classify', label: null },
      'Stopped after 3 of 10 tiles: mostly airport: 3 of 3 tiles.',
    ],
    ['words', { ...find, task: 'ask', label: null, text: 'What is up there?' }, 'Stopped after 3 of 10 tiles: Roofs.'],
  ])('about %s', async (_, input, text) => {
    const { answer } = await stoppedAfter(3, input, {
      answer: async () =>
        carsResult(0, { text: 'Roofs.', things: [], numbers: input.label === 'tree' ? { stated: 4 } : {} }),
    });
    expect(answer.text).toBe(text);
  });

  it('counts a tile whose answer was stopped as not looked at', async () => {
    const { answer } = await stoppedAfter(1, find, {
      answer: async () => carsResult(1, { stopReason: 'aborted' }),
    });
    expect(answer).toMatchObject({
      coverage: { total: 10, answered: 0 },
      text: 'Stopped before the first of 10 tiles was answered: 1 car.',
    });
  });

  it('does not claim that nothing is there if the rest was not looked at', async () => {
    let read = 0;
    const session = await opened({
      read: () => {
        read += 1;
        if (read === 4) session.asking.stop(session.asking.running.value ?? '');
        return { validFraction: 0 };
      },
    });
    const { status, text } = await session.asking.ask(find);
    expect(status).toBe('stopped');
    expect(text).toMatch(/^Stopped after \d of 10 tiles; nothing was answered \(\d blank, 0 failed\)\.$/);
  });

  it('stays stopped when its failed tiles are tried again', async () => {
    let broken = true;
    let asked = 0;
    const session = await opened({
      answer: async () => {
        asked += 1;
        if (broken && asked === 1) throw new NadirError('OUT_OF_MEMORY', 'Too little memory.');
        if (asked === 3) session.asking.stop(session.asking.running.value ?? '');
        return carsResult(0, { things: [], numbers: { stated: 0 } });
      },
    });
    const answer = await session.asking.ask(find);
    expect(answer.text).toBe('Stopped after 3 of 10 tiles: no cars. 1 of 3 tiles failed and is not included.');
    broken = false;
    const again = await session.asking.retryFailed(answer.id);
    expect(again).toMatchObject({
      status: 'stopped',
      text: 'Stopped after 3 of 10 tiles: no cars.',
      progress: { done: 3, total: 10 },
    });
  });
});

describe('an answer that failed partway', () => {
  it('says how much was looked at', async () => {
    const workers = fakeWorkers({
      info: WIDE,
      answer: async () => {
        if (workers.requests.length < 3) return carsResult(1);
        workers.crash('vlm');
        return new Promise(() => undefined);
      },
      load: async () => {
        if (workers.requests.length === 0) return LOADED;
        throw new NadirError('OUT_OF_MEMORY', 'Too little memory.');
      },
    });
    const session = createSession(workers);
    await session.model.load('wasm');
    await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
    const answer = await session.asking.ask(find);
    expect(answer).toMatchObject({
      status: 'failed',
      text: 'Failed after 2 of 10 tiles: 2 cars.',
      error: { code: 'OUT_OF_MEMORY' },
    });
  });
});

describe('the words of one slice that failed', () => {
  it('stay as far as they were written', async () => {
    const workers = fakeWorkers({
      answer: async (_job, _request, onEvent) => {
        onEvent({ kind: 'text', text: 'An air', newTokens: 2 });
        workers.crash('vlm');
        return new Promise(() => undefined);
      },
      load: async () => {
        if (workers.requests.length === 0) return LOADED;
        throw new NadirError('OUT_OF_MEMORY', 'Too little memory.');
      },
    });
    const session = createSession(workers);
    await session.model.load('wasm');
    await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
    const { status, text } = await session.asking.ask({ task: 'describe' });
    expect([status, text]).toEqual(['failed', 'Failed before the answer was complete: An air']);
  });
});

describe('an answer whose page was closed', () => {
  it('is restored as stopped, with what was known by then', async () => {
    let seen: Answer | undefined;
    const session = await opened({
      answer: async () => {
        await ticks(1);
        const [answer] = session.asking.answers.value;
        if (answer?.coverage) seen ??= answer;
        return carsResult(1);
      },
    });
    await session.asking.ask(find);
    expect(seen).toMatchObject({ status: 'running', text: expect.stringContaining('so far') });
    expect(withEndStated(seen!)).toMatchObject({ status: 'stopped', text: 'Stopped after 1 of 10 tiles: 1 car.' });
  });

  it('says so also if an earlier version stored it', async () => {
    const session = await opened();
    const { coverage: _coverage, ...kept } = await session.asking.ask(find);
    const old: Answer = {
      ...kept,
      status: 'stopped',
      progress: { done: 2, total: 10, elapsedMs: 1 },
      raw: kept.raw.slice(0, 2),
    };
    expect(withEndStated(old).text).toMatch(/^Stopped after 2 of 10 tiles: \d+ cars in 10 tiles\.$/);
    expect(withEndStated(withEndStated(old))).toEqual(withEndStated(old));
    expect(withEndStated({ ...kept })).toEqual(kept);
  });
});
