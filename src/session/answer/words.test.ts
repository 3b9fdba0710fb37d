import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AskResult } from '../../vlm/types.ts';
import { carsResult, type FakeBehaviour, type FakeWorkers, fakeWorkers, LOADED, TEST_MODEL } from '../fakes.ts';
import type { Session } from '../port.ts';
import { createSession } from '../session.ts';

/** What answers say that are in Chinese, without boxes, or about the whole picture. */

async function opened(behaviour: FakeBehaviour = {}): Promise<{ session: Session; workers: FakeWorkers }> {
  const workers = fakeWorkers(behaviour);
  const session = createSession(workers);
  await session.model.load('wasm');
  await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
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
    const things = result.things.map((each, i) => {
      const [start, end] = spans[i]!;
      return { ...each, label: 'airplane', span: { start, end } };
    });
    return { ...result, things };
  };

  it('asks in the language of the label, and keeps the class', async () => {
    const { session, workers } = await opened({ answer: async () => airplanes() });
    const answer = await session.asking.ask({ task: 'find', label: '飞机' });
    expect(workers.requests[0]).toMatchObject({ intent: { language: 'zh', label: 'airplane', text: '' } });
    expect(answer).toMatchObject({ label: 'airplane', text: '飞机：飞机 1、飞机 2。', question: '找出所有飞机。' });
    expect(answer.runs.filter((run) => run.objectIds.length > 0).map((run) => run.text)).toEqual(['飞机 1', '飞机 2']);
  });

  it('words merged results in Chinese', async () => {
    const info = { width: 448, height: 256 };
    const { session } = await opened({ info, answer: async () => airplanes() });
    const answer = await session.asking.ask({ task: 'find', label: '飞机', region: 'scene', slicing: 'tiles' });
    expect(answer.text).toBe('2 个图块中有 4 架飞机。');
    const counted = await session.asking.ask({
      task: 'count',
      label: '飞机',
      region: { x: 0, y: 0, width: 200, height: 200 },
    });
    expect(counted.text).toBe('区域中有 2 架飞机。');
  });

  it('sends a typed question as it is', async () => {
    const { session, workers } = await opened({ answer: async () => carsResult(0, { text: '这是海滩。' }) });
    const answer = await session.asking.ask({ task: 'ask', text: ' 这是什么地方？ ' });
    expect(workers.requests[0]?.intent).toMatchObject({ text: '这是什么地方？', language: 'zh' });
    expect(answer.prompt).toBe('这是什么地方？');
    expect(answer.text).toBe('这是海滩。');
  });
});

describe('counts without boxes', () => {
  const trees =
    (stated: number | null, text = `About ${stated} trees.`) =>
    async () =>
      carsResult(0, { text, rawText: text, numbers: stated === null ? {} : { stated } });

  it("gives one tile's own words", async () => {
    const { session, workers } = await opened({ answer: trees(60) });
    const answer = await session.asking.ask({ task: 'count', label: 'Trees', region: 'scene' });
    expect(workers.requests[0]).toMatchObject({ intent: { task: 'count', label: 'tree', text: '' } });
    expect(answer).toMatchObject({ label: 'tree', text: 'About 60 trees.', counts: { stated: 60, merged: 0 } });
  });

  it('adds tiles up, each by what it shows beyond the earlier ones, and says so', async () => {
    const { session } = await opened({ info: { width: 448, height: 256 }, answer: trees(40) });
    const answer = await session.asking.ask({ task: 'count', label: 'tree', region: 'scene', slicing: 'tiles' });
    // The second tile shows 192 of its 256 columns for the first time.
    expect(answer.counts).toEqual({ stated: 70, merged: 0 });
    expect(answer.text).toBe('About 70 trees, added up over 2 tiles.');
    expect(answer.raw.map(({ numbers }) => numbers.stated)).toEqual([40, 40]);
  });

  it('takes only the share of a region smaller than the tile', async () => {
    const { session } = await opened({ answer: trees(40) });
    const answer = await session.asking.ask({
      task: 'count',
      label: '树',
      region: { x: 0, y: 0, width: 64, height: 64 },
    });
    // The tile shows 128 × 128 pixels around it.
    expect(answer.counts.stated).toBe(10);
    expect(answer.text).toBe('区域中大约有 10 棵树。');
    const english = await session.asking.ask({
      task: 'count',
      label: 'tree',
      region: { x: 0, y: 0, width: 64, height: 64 },
    });
    expect(english.text).toBe('About 10 trees in the region, by its share of what the tile shows.');
  });

  it('quotes tiles that stated no number', async () => {
    const { session } = await opened({ info: { width: 448, height: 256 }, answer: trees(null, 'I see a forest.') });
    const answer = await session.asking.ask({ task: 'count', label: 'tree', region: 'scene', slicing: 'tiles' });
    expect(answer).toMatchObject({ text: 'I see a forest.', counts: { stated: null, merged: 0 } });
  });
});

describe('scenes of many tiles', () => {
  it('are named in the language of the question, by the scene head', async () => {
    const answer: NonNullable<FakeBehaviour['answer']> = async ({ views, intent }) =>
      carsResult(0, {
        text: intent.language === 'zh' ? '这是森林。' : 'This is a forest.',
        scores: { scene: [{ label: views[0].window.x === 0 ? 'airport' : 'forest', probability: 0.8 }] },
      });
    const load = async () => ({ ...LOADED, model: { ...TEST_MODEL, scenesZh: ['机场', '森林'] } });
    const { session } = await opened({ info: { width: 700, height: 256 }, answer, load });
    const english = await session.asking.ask({ task: 'classify', region: 'scene' });
    expect(english.text).toBe('Mostly forest: 3 of 4 tiles; airport: 1.');
    const chinese = await session.asking.ask({ task: 'classify', region: 'scene', text: '这是什么场景？' });
    expect(chinese.text).toBe('大多为森林：4 个图块中的 3 个；机场：1。');
  });
});

describe('quality', () => {
  const scores = (noise: number, haze: number) => ({
    quality: [
      { label: 'noise', probability: noise },
      { label: 'haze', probability: haze },
    ],
  });
  const wide = { width: 512, height: 256 };

  it('is judged by pixels as they are, and by the mean of the tiles', async () => {
    const answer = async () => carsResult(0, { text: 'The image has noise.', scores: scores(0.9, 0.1) });
    const { session, workers } = await opened({ info: { width: 4000, height: 3000 }, answer });
    const { slicing, text, scores: joined } = await session.asking.ask({ task: 'quality', region: 'scene' });
    expect(workers.requests.length).toBeLessThanOrEqual(12);
    expect(workers.requests[0]).toMatchObject({ intent: { task: 'quality', text: '' }, views: [{ role: 'slice' }] });
    expect(slicing).toBe('tiles');
    expect(text).toBe('The image has noise. Looked at 12 of 192 tiles, spread evenly.');
    expect(joined.quality?.[0]).toMatchObject({ label: 'noise', probability: expect.closeTo(0.9, 9) });
  });

  it('separates defects of the whole picture from those of parts', async () => {
    const answer: NonNullable<FakeBehaviour['answer']> = async ({ views, intent }) =>
      carsResult(0, {
        text: intent.language === 'zh' ? '图像没有问题。' : 'Nothing is wrong with this image.',
        scores: views[0].window.x === 0 ? scores(0.8, 0.9) : scores(0.7, 0),
      });
    const { session } = await opened({ info: wide, answer });
    const english = await session.asking.ask({ task: 'quality', region: 'scene' });
    expect(english.text).toBe('The image has noise. In parts: haze (1 of 2 tiles).');
    const chinese = await session.asking.ask({ task: 'quality', region: 'scene', text: '这张图像有什么质量问题？' });
    expect(chinese.text).toBe('图像存在noise。局部有haze（2 个图块中的 1 个）。');
  });

  it('says what share of the region has no data, and counts no padding as such', async () => {
    const half = Uint8Array.from({ length: 256 * 256 }, (_, i) => Number(i % 256 < 128));
    const answer = async () => carsResult(0, { text: 'Nothing is wrong with this image.', scores: scores(0, 0) });
    const holed = await opened({ info: wide, answer, read: () => ({ valid: half, validFraction: 0.5 }) });
    expect((await holed.session.asking.ask({ task: 'quality', region: 'scene' })).text).toBe(
      'Nothing is wrong with this image. 50 % of the scene has no data.',
    );
    // Half of the only tile lies outside a scene of half its height.
    const low = await opened({
      info: { width: 256, height: 128 },
      answer,
      read: () => ({ valid: half, validFraction: 0.5 }),
    });
    expect((await low.session.asking.ask({ task: 'quality', region: 'scene' })).text).toBe(
      'Nothing is wrong with this image.',
    );
  });
});
