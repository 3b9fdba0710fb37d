import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AskResult } from '../vlm/types.ts';
import { carsResult, type FakeBehaviour, type FakeWorkers, fakeWorkers } from './fakes.ts';
import { createSession } from './session.ts';
import type { Session } from './types.ts';

/** What answers say that are in Chinese, without boxes, or about the whole picture. */

async function opened(behaviour: FakeBehaviour = {}): Promise<{ session: Session; workers: FakeWorkers }> {
  const workers = fakeWorkers(behaviour);
  const session = createSession(workers);
  await session.loadModel('wasm');
  await session.openFile(new File([new Uint8Array(4)], 'scene.tif'));
  return { session, workers };
}

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('Chinese', () => {
  const airplanes = (): AskResult => {
    const result = carsResult(2, { text: '飞机：飞机 1、飞机 2。', rawText: '飞机：<p0><p1>。' });
    const spans = [
      [3, 7],
      [8, 12],
    ] as const;
    const objects = result.objects.map((each, i) => {
      const [start, end] = spans[i]!;
      return { ...each, label: 'airplane', start, end };
    });
    return { ...result, objects };
  };

  it('asks in the language of the label, and keeps the class', async () => {
    const { session, workers } = await opened({ answer: async () => airplanes() });
    const answer = await session.ask({ task: 'find', label: '飞机' });
    expect(workers.requests[0]).toMatchObject({ prompt: '找出所有飞机。', label: 'airplane' });
    expect(answer).toMatchObject({ label: 'airplane', text: '飞机：飞机 1、飞机 2。', question: '找出所有飞机。' });
    expect(answer.runs.filter((run) => run.objectIds.length > 0).map((run) => run.text)).toEqual(['飞机 1', '飞机 2']);
  });

  it('says what was merged in Chinese, too', async () => {
    const info = { width: 448, height: 256 };
    const { session } = await opened({ info, answer: async () => airplanes() });
    const answer = await session.ask({ task: 'find', label: '飞机', region: 'scene', slicing: 'tiles' });
    expect(answer.text).toBe('2 个图块中有 4 架飞机。');
    const counted = await session.ask({
      task: 'count',
      label: '飞机',
      region: { x: 0, y: 0, width: 200, height: 200 },
    });
    expect(counted.text).toBe('区域中有 2 架飞机。');
  });

  it('sends a typed question as it is', async () => {
    const { session, workers } = await opened({ answer: async () => carsResult(0, { text: '这是海滩。' }) });
    const answer = await session.ask({ task: 'ask', text: ' 这是什么地方？ ' });
    expect(workers.requests[0]?.prompt).toBe('这是什么地方？');
    expect(answer.text).toBe('这是海滩。');
  });
});

describe('counts without boxes', () => {
  const trees =
    (statedCount: number | null, text = `About ${statedCount} trees.`) =>
    async () =>
      carsResult(0, { text, rawText: text, statedCount });

  it("gives one tile's own words", async () => {
    const { session, workers } = await opened({ answer: trees(60) });
    const answer = await session.ask({ task: 'count', label: 'Trees', region: 'scene' });
    expect(workers.requests[0]).toMatchObject({ prompt: 'How many trees are there?', label: null });
    expect(answer).toMatchObject({ label: 'tree', text: 'About 60 trees.', counts: { stated: 60, merged: 0 } });
  });

  it('adds tiles up, each by what it shows beyond the earlier ones, and says so', async () => {
    const { session } = await opened({ info: { width: 448, height: 256 }, answer: trees(40) });
    const answer = await session.ask({ task: 'count', label: 'tree', region: 'scene', slicing: 'tiles' });
    // The second tile shows 192 of its 256 columns for the first time.
    expect(answer.counts).toEqual({ stated: 70, merged: 0 });
    expect(answer.text).toBe('About 70 trees, added up over 2 tiles.');
    expect(answer.raw.map(({ statedCount }) => statedCount)).toEqual([40, 40]);
  });

  it('takes only the share of a region smaller than the tile', async () => {
    const { session } = await opened({ answer: trees(40) });
    const answer = await session.ask({ task: 'count', label: '树', region: { x: 0, y: 0, width: 64, height: 64 } });
    // The tile shows 128 × 128 pixels around it.
    expect(answer.counts.stated).toBe(10);
    expect(answer.text).toBe('区域中大约有 10 棵树。');
    const english = await session.ask({ task: 'count', label: 'tree', region: { x: 0, y: 0, width: 64, height: 64 } });
    expect(english.text).toBe('About 10 trees in the region, by its share of what the tile shows.');
  });

  it('quotes tiles that stated no number', async () => {
    const { session } = await opened({ info: { width: 448, height: 256 }, answer: trees(null, 'I see a forest.') });
    const answer = await session.ask({ task: 'count', label: 'tree', region: 'scene', slicing: 'tiles' });
    expect(answer).toMatchObject({ text: 'I see a forest.', counts: { stated: null, merged: 0 } });
  });
});

describe('quality', () => {
  it('is asked of the whole region at once, whatever its size and slicing', async () => {
    const defects = [{ label: 'noise', probability: 0.9 }];
    const answerOf = async () => carsResult(0, { text: 'The image has noise.', qualityScores: defects });
    const { session, workers } = await opened({ info: { width: 4000, height: 3000 }, answer: answerOf });
    const answer = await session.ask({ task: 'quality', region: 'scene', slicing: 'tiles' });
    expect(workers.requests).toHaveLength(1);
    expect(workers.requests[0]).toMatchObject({ prompt: 'What is wrong with this image?', before: null });
    expect(answer).toMatchObject({ slicing: 'resize', text: 'The image has noise.', qualityScores: defects });
  });
});
