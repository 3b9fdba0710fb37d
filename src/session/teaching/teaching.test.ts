import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { PixelWindow } from '../../geo/types.ts';
import { readTaughtClass } from '../../teaching/taught-class.ts';
import type { LearnRequest, TaughtLook } from '../../vlm/types.ts';
import { type FakeBehaviour, fakeWorkers, LOADED, TEST_MODEL, testHead } from '../fakes.ts';
import type { Session } from '../port.ts';
import { createSession } from '../session.ts';

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const WIDE = { width: 600, height: 256 };
const box = (cx: number, cy = 100) => ({ cx, cy, w: 24, h: 24, thetaDeg: 0 });
const HEAT = { rows: 1, cols: 1, scores: new Float32Array([0.9]) };

function seenIn({ x, width }: PixelWindow): TaughtLook {
  const boxes = [100, 500].filter((cx) => cx > x && cx < x + width).map((cx) => ({ box: box(cx - x), score: 0.8 }));
  return { boxes, heat: HEAT };
}

/** A scene on which the taught class is seen at columns 100 and 500. */
async function opened(behaviour: FakeBehaviour = {}): Promise<Session> {
  const session = createSession(
    fakeWorkers({
      info: WIDE,
      load: async () => ({
        ...LOADED,
        model: { ...TEST_MODEL, reader: { leastCertainty: 0.5 }, teachable: true, looks: true },
      }),
      detect: async ({ view }) => seenIn(view.window),
      readQuestion: async () => ({
        intent: 'count',
        subjects: ['other:gliders'],
        where: null,
        order: null,
        quantity: null,
        filter: null,
        language: 'en',
        certainty: 0.9,
        alternatives: [],
      }),
      ...behaviour,
    }),
  );
  await session.opening.openFile(new File(['x'], 'scene.tif'));
  await session.model.load('wasm');
  return session;
}

async function taught(behaviour: FakeBehaviour = {}): Promise<Session> {
  const session = await opened(behaviour);
  session.teaching.mark(box(100), true);
  session.teaching.rename('Glider');
  await session.teaching.learn();
  return session;
}

it('marks, changes and takes back', async () => {
  const { teaching, history } = await opened();
  teaching.mark(box(100), true);
  teaching.mark(box(300), false);
  const [first] = teaching.lesson.value.examples;
  teaching.change(first!.id, { box: { ...first!.box, thetaDeg: 30 } });
  expect(teaching.lesson.value.examples.map(({ isOne, box: { thetaDeg } }) => [isOne, thetaDeg])).toEqual([
    [true, 30],
    [false, 0],
  ]);
  history.undo();
  history.undo();
  expect(teaching.lesson.value.examples).toHaveLength(1);
  history.redo();
  expect(teaching.lesson.value.examples).toHaveLength(2);
  teaching.unmark(first!.id);
  expect(teaching.lesson.value.examples.map(({ isOne }) => isOne)).toEqual([false]);
});

it('shows the worker every example in its tile’s pixels, and more of the scene', async () => {
  const requests: LearnRequest[] = [];
  const session = await opened({
    learn: async (request) => {
      requests.push(request);
      return testHead();
    },
  });
  const { teaching } = session;
  teaching.mark(box(100), true);
  teaching.mark(box(500), false);
  teaching.rename('glider');
  const learned = await teaching.learn();
  const views = requests[0]!.views;
  // 24 px objects are seen 24 px large: tiles of 256 px, of which the scene has three.
  expect(views.map(({ view }) => view.window.width)).toEqual([256, 256, 256]);
  expect(views.flatMap(({ examples }) => examples.map(({ id, isOne }) => [id, isOne]))).toEqual(
    expect.arrayContaining([
      [0, true],
      [1, false],
    ]),
  );
  for (const { view, examples } of views) {
    for (const { id, box } of examples) expect(box.cx + view.window.x).toBeCloseTo([100, 500][id]!);
  }
  expect(learned).toMatchObject({
    name: 'glider',
    scale: { metres: null, sourcePx: 1 },
    sources: [{ name: 'scene.tif', crs: null }],
    counts: { examples: 1, counterexamples: 1, tiles: 3 },
  });
  expect(teaching.classes.value).toEqual([learned]);
  expect(teaching.progress.value).toBeNull();
});

it('answers typed questions and tasks about a taught class, says that they are doubtful, and looks once', async () => {
  const detected: number[] = [];
  const looked = vi.fn();
  const session = await taught({
    look: looked,
    detect: async ({ view: { window } }) => {
      detected.push(window.x);
      return seenIn(window);
    },
  });
  const answer = await session.asking.ask({ task: 'ask', text: 'How many gliders are there?', region: 'scene' });
  expect(answer.plan?.subjects).toEqual(['glider']);
  expect(answer.result).toMatchObject({ kind: 'count', rows: [{ count: 2 }] });
  expect(answer.text).toContain('doubtful');
  const found = await session.asking.ask({ task: 'find', label: 'glider', region: 'scene' });
  expect(found.counts.merged).toBe(2);
  expect(session.review.objects.value.map(({ label, box: { cx } }) => [label, Math.round(cx)])).toEqual([
    ['Glider', 100],
    ['Glider', 500],
  ]);
  expect(session.teaching.heat.value).toMatchObject({ name: 'Glider', tiles: [{}, {}, {}] });
  expect(detected).toHaveLength(3);
  expect(looked).not.toHaveBeenCalled();
});

it('looks for the model’s own classes and a taught one in one question, each in its tiles', async () => {
  const looks: string[] = [];
  const session = await taught({
    look: async () => {
      looks.push('own');
      const proposals = [{ label: 'car', box: box(60, 60), score: 0.9, rings: null }];
      return { masks: [], proposals, scores: {}, densities: [] };
    },
  });
  const plan = { where: null, order: null, quantity: null, filter: null, language: 'en', certainty: 1 } as const;
  const answer = await session.asking.ask({
    task: 'ask',
    plan: { ...plan, intent: 'count', subjects: ['glider', 'car'] },
    region: 'scene',
  });
  expect(looks.length).toBeGreaterThan(0);
  expect(answer.result).toMatchObject({ kind: 'count', rows: [{ count: 2 }, { count: looks.length }] });
});

it('takes reviewed objects as examples', async () => {
  const session = await taught();
  await session.asking.ask({ task: 'find', label: 'glider', region: 'scene' });
  const [first, second] = session.review.objects.value;
  session.review.setState(first!.id, 'accepted');
  session.review.setState(second!.id, 'rejected');
  // The first lies where an example is marked already.
  expect(session.teaching.reviewed.value).toEqual({ accepted: 0, rejected: 1 });
  session.teaching.takeReviewed();
  expect(session.teaching.lesson.value.examples.map(({ isOne }) => isOne)).toEqual([true, false]);
  expect(session.teaching.reviewed.value).toEqual({ accepted: 0, rejected: 0 });
});

it('exports and imports, and refuses classes of other models and taken names', async () => {
  const session = await taught();
  const { blob } = session.teaching.write('Glider');
  const file = new File([blob], 'glider.nadir-class.json');
  session.teaching.remove('Glider');
  expect(session.teaching.classes.value).toEqual([]);
  await session.teaching.add(file);
  expect(session.teaching.classes.value.map(({ name }) => name)).toEqual(['Glider']);

  const other = { ...(await readTaughtClass(file)), model: { id: 'm', name: 'Other', hash: 'fff000' } };
  const asFile = (value: unknown) => new File([JSON.stringify(value)], 'c.nadir-class.json');
  await expect(session.teaching.add(asFile(other))).rejects.toMatchObject({ code: 'CLASS_WRONG_MODEL' });
  await expect(session.teaching.add(asFile({ ...(await readTaughtClass(file)), name: 'Cars' }))).rejects.toMatchObject({
    code: 'CLASS_NAME_TAKEN',
  });
  session.teaching.rename('trees');
  await expect(session.teaching.learn()).rejects.toMatchObject({ code: 'CLASS_NAME_TAKEN' });
  session.teaching.rename('');
  await expect(session.teaching.learn()).rejects.toMatchObject({ code: 'CLASS_INVALID' });
  session.teaching.rename('tower');
  session.teaching.clear();
  session.teaching.rename('tower');
  await expect(session.teaching.learn()).rejects.toMatchObject({ code: 'EXAMPLES_TOO_FEW' });
});

it('won’t run a plan again with a class that was taught again since', async () => {
  const session = await taught();
  const answer = await session.asking.ask({ task: 'find', label: 'glider', region: 'scene' });
  session.teaching.remove('Glider');
  await expect(session.asking.runPlan(answer.id, answer.plan!)).rejects.toMatchObject({ code: 'ANSWER_OUTDATED' });
});

it('stops learning on request', async () => {
  const session = await opened({
    learn: (_request, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  });
  session.teaching.mark(box(100), true);
  session.teaching.rename('glider');
  const learning = session.teaching.learn();
  learning.catch(() => undefined);
  await vi.waitFor(() => expect(session.teaching.progress.value?.total).toBe(3));
  session.teaching.cancel();
  await expect(learning).rejects.toMatchObject({ code: 'ABORTED' });
  expect(session.teaching.progress.value).toBeNull();
});
