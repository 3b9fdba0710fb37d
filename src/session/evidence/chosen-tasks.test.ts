import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NadirError } from '../../lib/errors.ts';
import { createMemoryStore } from '../../storage/key-value-store.ts';
import type { QuestionReading } from '../../vlm/types.ts';
import { type Answer, tilesSeen } from '../document.ts';
import { exportedGeoJson, type FakeBehaviour, fakeWorkers, keptBySession, LOADED } from '../fakes.ts';
import { createSession } from '../session.ts';
import { opened, plan, seenIn, WIDE } from './testing.ts';

/** Tasks chosen by their chips, of a model whose heads find things without its language model. */

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const noWords: FakeBehaviour['answer'] = async () => {
  throw new Error('The language model is not needed.');
};

/** As the model's reader reads it. */
const read = ({ language: _, ...change }: Partial<QuestionReading>): QuestionReading => ({
  ...plan({ intent: 'find' }),
  alternatives: [],
  certainty: 0.97,
  ...change,
});

const said = ({ text, runs, plan, result, counts, scores, coverage }: Answer) => ({
  text,
  runs,
  plan: { ...plan, certainty: 1 },
  result,
  counts,
  scores,
  coverage,
});

const tiled = { region: 'scene', slicing: 'tiles' } as const;

describe('a chosen task', () => {
  it.each([
    ['find', 'car', 'Find all cars.', { intent: 'find' }],
    ['segment', 'car', 'Segment all cars.', { intent: 'find' }],
    ['count', 'car', 'How many cars are there?', { intent: 'count' }],
    ['count', 'tree', 'How many trees are there?', { intent: 'count', subjects: ['tree'] }],
    ['describe', null, 'Describe this image.', { intent: 'describe', subjects: [] }],
    ['classify', null, 'What kind of scene is this?', { intent: 'classify', subjects: [] }],
  ] as const)(
    '%s %s is answered as its question typed is, which looks at nothing again',
    async (task, label, text, reading) => {
      const { session, looks } = await opened({
        answer: noWords,
        readQuestion: async () =>
          read({ ...reading, subjects: [...(('subjects' in reading && reading.subjects) || (label ? ['car'] : []))] }),
      });
      const chosen = await session.asking.ask({ task, label, ...tiled });
      expect(chosen).toMatchObject({ task, label, question: text, status: 'done', error: null });
      const objects = session.review.objects.value;
      const seen = looks.length;
      expect(seen).toBe(2);
      const typed = await session.asking.ask({ task: 'ask', text, ...tiled });
      expect(looks).toHaveLength(seen);
      expect(said(typed)).toEqual(said(chosen));
      // It is the same question, whose answer takes the place of the earlier one.
      expect(session.asking.answers.value.map(({ id }) => id)).toEqual([typed.id]);
      expect(session.review.objects.value.map(({ id, box, score, rings }) => ({ id, box, score, rings }))).toEqual(
        objects.map(({ id, box, score, rings }) => ({ id, box, score, rings })),
      );
    },
  );

  it('finds, then outlines: both answers stay, about the same objects', async () => {
    const { session, looks } = await opened({ answer: noWords });
    await session.asking.ask({ task: 'find', label: 'cars', ...tiled });
    const found = session.review.objects.value.map(({ id }) => id);
    await session.asking.ask({ task: 'segment', label: 'car', ...tiled });
    expect(looks.map(({ outline }) => outline)).toEqual([[], [], ['car'], ['car']]);
    expect(session.asking.answers.value).toHaveLength(2);
    expect(session.review.objects.value.map(({ id }) => id)).toEqual(found);
    expect(session.review.objects.value.every(({ rings }) => rings !== null)).toBe(true);
    const { features, nadir } = await exportedGeoJson(session);
    expect(features.map(({ properties }: { properties: { answers: unknown[] } }) => properties.answers.length)).toEqual(
      [2, 2, 2],
    );
    expect(nadir.answers[1]).toMatchObject({ task: 'segment', label: 'car', plan: { intent: 'find' }, prompt: '' });
    expect(nadir.answers[1].generation).toBeUndefined();
  });

  it('counts what has no boxes, and says the number as one', async () => {
    const { session } = await opened({ answer: noWords });
    const answer = await session.asking.ask({ task: 'count', label: '树', ...tiled });
    expect(answer).toMatchObject({ label: 'tree', counts: { stated: 21, merged: 0 }, plan: { language: 'zh' } });
    expect(answer.text).toMatch(/21/);
  });

  it('refuses a class that it has no boxes of', async () => {
    const { session } = await opened({ answer: noWords });
    for (const label of ['elephant', 'tree']) {
      await expect(session.asking.ask({ task: 'find', label, ...tiled })).rejects.toMatchObject({
        code: 'LABEL_UNKNOWN',
      });
    }
    expect(session.asking.answers.value).toEqual([]);
  });

  it('is another question once its plan is changed', async () => {
    const { session } = await opened({ answer: noWords });
    const { id } = await session.asking.ask({ task: 'find', label: 'car', ...tiled });
    const same = await session.asking.runPlan(id, plan({ intent: 'find' }));
    expect(same).toMatchObject({ task: 'find', label: 'car' });
    const changed = await session.asking.runPlan(id, plan({ intent: 'count', where: 'left half' }));
    expect(changed).toMatchObject({ id, task: 'ask', label: null, counts: { merged: 2 } });
  });
});

describe('the model’s own words', () => {
  it.each([
    ['describe', undefined],
    ['ask', 'Describe what you see.'],
  ] as const)('describe a single view: %s', async (task, text) => {
    const { session, looks } = await opened({
      readQuestion: async () => read({ intent: 'describe', subjects: [] }),
    });
    const region = { x: 0, y: 0, width: 200, height: 200 };
    const answer = await session.asking.ask({ task, region, ...(text && { text }) });
    expect(answer).toMatchObject({ task: 'describe', question: text ?? 'Describe this image.', status: 'done' });
    expect(answer.plan).toBeUndefined();
    expect(answer.raw).toHaveLength(1);
    expect(looks).toEqual([]);
    const whole = await session.asking.ask({ task, ...tiled, ...(text && { text }) });
    expect(whole).toMatchObject({ raw: [], plan: { intent: 'describe' }, coverage: { answered: 2 } });
    expect(whole.text).toMatch(/3 cars/);
    expect(looks).toHaveLength(2);
  });

  it('answer in the language of what was typed', async () => {
    const workers = fakeWorkers({
      load: async () => ({ ...LOADED, model: { ...LOADED.model, looks: true, reader: { leastCertainty: 0.5 } } }),
      readQuestion: async () => read({ intent: 'quality', subjects: [] }),
    });
    const session = createSession(workers);
    await session.model.load('wasm');
    await session.opening.openFile(new File(['x'], 'a.tif'));
    await session.asking.ask({ task: 'ask', text: '图像质量怎么样？' });
    expect(workers.requests[0]?.intent).toMatchObject({ task: 'quality', language: 'zh', text: '' });
  });

  it('answer every task of a model that does not look', async () => {
    const { session, looks } = await opened({ load: async () => LOADED });
    const answer = await session.asking.ask({ task: 'find', label: 'car', ...tiled });
    expect(answer.plan).toBeUndefined();
    expect(answer.raw).toHaveLength(2);
    expect(looks).toEqual([]);
  });
});

describe('a chosen task that ends early', () => {
  it('says after how many tiles it was stopped, and keeps what was found', async () => {
    const { session } = await opened({
      look: async (request) => {
        session.asking.stop(session.asking.running.value ?? '');
        return seenIn(request);
      },
    });
    const answer = await session.asking.ask({ task: 'find', label: 'car', ...tiled });
    expect(answer).toMatchObject({ status: 'stopped', progress: { done: 1, total: 2 }, counts: { merged: 2 } });
    expect(answer.text).toMatch(/^Stopped after 1 of 2 tiles: .*2 cars/);
    expect(tilesSeen(answer)).toEqual([{ x: 0, y: 0, width: 256, height: 256 }]);
  });

  it('says so when nothing was looked at', async () => {
    const { session } = await opened({
      read: () => {
        session.asking.stop(session.asking.running.value ?? '');
        return {};
      },
    });
    const answer = await session.asking.ask({ task: 'count', label: 'car', ...tiled });
    expect(answer).toMatchObject({ status: 'stopped', counts: { merged: 0 } });
    expect(answer.text).toBe('Stopped before the first of 2 tiles was answered.');
  });

  it('tries only the failed tiles again', async () => {
    let broken = true;
    const windows: number[] = [];
    const { session } = await opened({
      answer: noWords,
      look: async (request) => {
        windows.push(request.view.window.x);
        if (broken && request.view.window.x > 0) throw new NadirError('OUT_OF_MEMORY', 'Too little memory.');
        return seenIn(request);
      },
    });
    const { id, ...first } = await session.asking.ask({ task: 'find', label: 'car', ...tiled });
    expect(first).toMatchObject({ status: 'done', failedTiles: [{ error: { code: 'OUT_OF_MEMORY' } }] });
    broken = false;
    const again = await session.asking.retryFailed(id);
    expect(again).toMatchObject({ task: 'find', label: 'car', failedTiles: [], counts: { merged: 3 } });
    expect(windows).toEqual([0, 192, 192]);
  });

  it('is found as stopped after a reload in the middle', async () => {
    const storage = createMemoryStore();
    const load: FakeBehaviour['load'] = async () => ({ ...LOADED, model: { ...LOADED.model, looks: true } });
    let isHeld = false;
    const workers = fakeWorkers({
      info: { ...WIDE, width: 3 * WIDE.width },
      load,
      look: async (request) => {
        // The page goes away while a later tile is looked at.
        if (request.view.window.x > 200) await new Promise((resolve) => setTimeout(resolve, isHeld ? 1e9 : 450));
        if (request.view.window.x > 500) isHeld = true;
        return seenIn(request);
      },
    });
    const session = createSession({ ...workers, storage });
    await session.model.load('wasm');
    await session.opening.openFile(new File(['x'], 'a.tif'));
    void session.asking.ask({ task: 'find', label: 'car', ...tiled });
    await vi.waitFor(
      async () => {
        const kept = (await keptBySession(storage, 'session')) as { answers: Answer[] } | undefined;
        expect(kept?.answers[0]?.coverage?.answered).toBeGreaterThan(1);
      },
      { timeout: 20_000 },
    );
    const later = createSession({ ...fakeWorkers({ load }), storage });
    await vi.waitFor(() => expect(later.asking.answers.value).toHaveLength(1));
    const [answer] = later.asking.answers.value;
    expect(answer).toMatchObject({ status: 'stopped', task: 'find', label: 'car' });
    expect(answer?.text).toMatch(/^Stopped after \d of \d+ tiles: .*\d cars/);
  });
});
