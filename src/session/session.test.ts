import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NadirError } from '../lib/errors.ts';
import type { AskResult } from '../vlm/types.ts';
import { analyze } from './automation/analyze.ts';
import { carsResult, exportedGeoJson, type FakeBehaviour, type FakeWorkers, fakeWorkers, sceneInfo } from './fakes.ts';
import type { Session } from './port.ts';
import { createSession } from './session.ts';

const file = (name = 'scene.tif') => new File([new Uint8Array(4)], name);
const ticks = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));

async function opened(behaviour: FakeBehaviour = {}): Promise<{ session: Session; workers: FakeWorkers }> {
  const workers = fakeWorkers(behaviour);
  const session = createSession(workers);
  await session.model.load('wasm');
  await session.opening.openFile(file());
  return { session, workers };
}

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('one slice', () => {
  it('links the words to numbered boxes in source pixels', async () => {
    const { session, workers } = await opened();
    const answer = await session.asking.ask({ task: 'find', label: 'cars' });
    expect(answer).toMatchObject({ status: 'done', counts: { stated: 2, merged: 2 }, slicing: 'resize', label: 'car' });
    expect(workers.requests[0]).toMatchObject({
      intent: { task: 'find', label: 'car', text: '', language: 'en', region: null },
      want: { masks: false },
    });
    expect(answer).toMatchObject({ question: 'Find all cars.', prompt: 'find car' });
    const objects = session.review.objects.value;
    expect(objects.map((object) => [object.number, object.box.cx])).toEqual([
      [1, 40],
      [2, 70],
    ]);
    const linked = answer.runs.filter((run) => run.objectIds.length > 0);
    expect(linked).toEqual(objects.map((object) => ({ text: 'car', objectIds: [object.id] })));
    expect(session.asking.running.value).toBeNull();
  });

  it('leaves objects outside a drawn region out, and says so in its own words', async () => {
    const { session } = await opened();
    const answer = await session.asking.ask({
      task: 'find',
      label: 'car',
      region: { x: 0, y: 0, width: 60, height: 60 },
    });
    // The slice shows 128 × 128 pixels, so the cars lie at 20 and 35 source pixels.
    expect(answer.counts.merged).toBe(2);
    const smaller = await session.asking.ask({
      task: 'find',
      label: 'car',
      region: { x: 0, y: 0, width: 30, height: 30 },
    });
    expect(smaller.counts).toEqual({ stated: 2, merged: 1 });
    expect(smaller.text).toBe('1 car in the region.');
  });

  it('leaves out what the model points at and is of another class than asked', async () => {
    const mixed = () => {
      const result = carsResult(3);
      const [first, second, third] = result.things;
      return { ...result, things: [first!, { ...second!, label: 'airplane' }, third!] };
    };
    const { session } = await opened({ answer: async () => mixed() });
    const answer = await session.asking.ask({ task: 'find', label: 'car' });
    expect(answer).toMatchObject({ counts: { stated: 3, merged: 2 }, text: '2 cars in the scene.' });
    expect(answer.otherClassBoxes).toBe(1);
    // The same two cars, and the airplane between them.
    await session.asking.ask({ task: 'describe' });
    expect(session.review.objects.value.map(({ label, number }) => `${label} ${number}`)).toEqual([
      'car 1',
      'airplane 1',
      'car 2',
    ]);
  });

  it('takes a typed question that is a task for that task, in the words of both', async () => {
    const mixed = () => {
      const result = carsResult(2);
      return { ...result, things: result.things.map((each, i) => (i === 0 ? each : { ...each, label: 'airplane' })) };
    };
    const { session, workers } = await opened({ answer: async () => mixed() });
    const answer = await session.asking.ask({ task: 'ask', text: ' find the cars ' });
    expect(workers.requests[0]).toMatchObject({ intent: { task: 'find', text: '', label: 'car' } });
    expect(answer).toMatchObject({
      task: 'find',
      label: 'car',
      question: 'find the cars',
      text: '1 car in the scene.',
    });
    await session.asking.ask({ task: 'ask', text: 'Why are there cars?' });
    expect(workers.requests[1]).toMatchObject({ intent: { task: 'ask', text: 'Why are there cars?', label: null } });
  });

  it('says a count as one number with all its boxes, whether a task or a question asked for it', async () => {
    const { session } = await opened({ answer: async () => carsResult(3, { text: 'car 1, car 2, car 3 - 3 cars.' }) });
    for (const input of [{ task: 'count', label: 'car' } as const, { task: 'ask', text: 'How many cars?' } as const]) {
      const answer = await session.asking.ask(input);
      expect(answer.text).toBe('3 cars in the scene.');
      expect(answer.runs[0]?.objectIds).toHaveLength(3);
    }
  });

  it('passes an identified region in tile pixels', async () => {
    const { session, workers } = await opened({ info: { width: 1000, height: 1000 } });
    await expect(session.asking.ask({ task: 'identify' })).rejects.toMatchObject({ code: 'QUESTION_INCOMPLETE' });
    session.layers.region.value = { x: 500, y: 500, width: 100, height: 50 };
    await session.asking.ask({ task: 'identify' });
    const { intent, want } = workers.requests[0]!;
    const { region } = intent;
    expect(want.masks).toBe(true);
    expect(region?.w).toBeCloseTo(256 / 3);
    expect(region?.h).toBeCloseTo(256 / 6);
    expect(region?.cx).toBeCloseTo(128);
  });

  it('fails with the error of its only slice, and can be tried again', async () => {
    let broken = true;
    const { session } = await opened({
      answer: async () => {
        if (broken) throw new NadirError('OUT_OF_MEMORY', 'Too little memory.');
        return carsResult(1);
      },
    });
    const failed = await session.asking.ask({ task: 'count', label: 'car' });
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'OUT_OF_MEMORY' } });
    broken = false;
    const again = await session.asking.retryFailed(failed.id);
    expect(again).toMatchObject({ status: 'done', error: null, failedTiles: [], counts: { merged: 1 } });
  });
});

describe('several slices', () => {
  const wide = { width: 448, height: 256 };

  it('merges what two tiles saw of one object and keeps both statements', async () => {
    const shared = (slice: { x: number }): AskResult => {
      // One car at source column 220: in the overlap of the tiles at 0 and at 192.
      const centre = 220 - slice.x;
      const result = carsResult(1);
      const thing = result.things[0]!;
      return { ...result, things: [{ ...thing, box: { ...thing.box, cx: centre } }] };
    };
    const { session } = await opened({ info: wide, answer: async (request) => shared(request.views[0].window) });
    const answer = await session.asking.ask({ task: 'count', label: 'car', slicing: 'tiles' });
    expect(answer.progress).toMatchObject({ done: 2, total: 2 });
    expect(answer.counts).toEqual({ stated: 2, merged: 1 });
    expect(answer.text).toBe('1 car in 2 tiles.');
    expect(session.review.objects.value[0]?.box.cx).toBeCloseTo(220);
    expect(answer.timings?.newTokens).toBe(10);
  });

  it('skips empty tiles without asking', async () => {
    const { session, workers } = await opened({ info: wide, read: ({ x }) => ({ validFraction: x === 0 ? 0 : 1 }) });
    const answer = await session.asking.ask({ task: 'find', label: 'car', slicing: 'tiles' });
    expect(workers.requests).toHaveLength(1);
    expect(answer).toMatchObject({ status: 'done', progress: { done: 2, total: 2 } });
    expect(answer.text).toContain('in 1 tile');
  });

  it('records a failed tile, goes on, and retries only that one', async () => {
    let broken = true;
    const { session, workers } = await opened({
      info: wide,
      answer: async (request) => {
        if (broken && request.views[0].window.x === 0) throw new NadirError('OUT_OF_MEMORY', 'Too little memory.');
        return carsResult(1);
      },
    });
    const answer = await session.asking.ask({ task: 'find', label: 'car', slicing: 'tiles' });
    expect(answer.status).toBe('done');
    expect(answer.failedTiles).toMatchObject([{ tile: { x: 0 }, error: { code: 'OUT_OF_MEMORY' } }]);
    expect(answer.text).toBe('1 car in 1 tile. 1 of 2 tiles failed and is not included.');
    broken = false;
    const asked = workers.requests.length;
    const again = await session.asking.retryFailed(answer.id);
    expect(workers.requests.length - asked).toBe(1);
    expect(again.failedTiles).toEqual([]);
    expect(again.text).toBe('2 cars in 2 tiles.');
  });

  it('stops between tiles and keeps what was found', async () => {
    const { session, workers } = await opened({
      info: { width: 2000, height: 256 },
      answer: async () => {
        if (workers.requests.length === 2) session.asking.stop(session.asking.running.value ?? '');
        return carsResult(1);
      },
    });
    const answer = await session.asking.ask({ task: 'find', label: 'car', slicing: 'tiles' });
    expect(answer.status).toBe('stopped');
    expect(workers.requests).toHaveLength(2);
    expect(answer.counts.merged).toBe(2);
    expect(session.asking.running.value).toBeNull();
  });
});

describe('streaming and stopping', () => {
  it('shows the text as it comes, cancels in the worker, and keeps the words', async () => {
    const texts: string[] = [];
    let cancelled = false;
    const { session } = await opened({
      answer: async (_request, signal, onEvent) => {
        onEvent({ kind: 'text', text: 'An air', newTokens: 2 });
        texts.push(session.asking.answers.value[0]?.text ?? '');
        session.asking.stop(session.asking.running.value ?? '');
        await ticks();
        cancelled = signal.aborted;
        return carsResult(0, { text: 'An air', things: [], numbers: {}, stopReason: 'aborted' });
      },
    });
    const answer = await session.asking.ask({ task: 'describe' });
    expect(texts).toEqual(['An air']);
    expect(cancelled).toBe(true);
    expect(answer).toMatchObject({ status: 'stopped', text: 'Stopped before the answer was complete: An air' });
  });

  it("doesn't wait for a stage that can't be stopped, while nothing is written yet", async () => {
    let finish = (_result: AskResult) => {};
    const { session } = await opened({
      answer: (_request, _signal, onEvent) => {
        setTimeout(() => session.asking.stop(session.asking.running.value ?? ''), 10);
        return new Promise<AskResult>((resolve) => {
          finish = (result) => {
            onEvent({ kind: 'text', text: 'too late', newTokens: 1 });
            resolve(result);
          };
        });
      },
    });
    const answer = await session.asking.ask({ task: 'describe' });
    const text = 'Stopped before anything was answered.';
    expect(answer).toMatchObject({ status: 'stopped', text });
    expect(session.asking.running.value).toBeNull();
    finish(carsResult(1));
    await ticks(10);
    expect(session.asking.answers.value[0]).toMatchObject({ status: 'stopped', text });
    expect(session.review.objects.value).toEqual([]);
  });

  it('waits for words that are being written', async () => {
    const { session } = await opened({
      answer: async (_request, _signal, onEvent) => {
        onEvent({ kind: 'text', text: 'An air', newTokens: 2 });
        session.asking.stop(session.asking.running.value ?? '');
        await ticks(600);
        return carsResult(0, { text: 'An airplane', things: [], numbers: {}, stopReason: 'aborted' });
      },
    });
    expect(await session.asking.ask({ task: 'describe' })).toMatchObject({
      status: 'stopped',
      text: 'Stopped before the answer was complete: An airplane',
    });
  });

  it('answers one question at a time', async () => {
    const { session } = await opened({ answer: () => ticks(20).then(() => carsResult(1)) });
    const first = session.asking.ask({ task: 'describe' });
    await ticks(5);
    await expect(session.asking.ask({ task: 'describe' })).rejects.toMatchObject({ code: 'QUESTION_RUNNING' });
    expect((await first).status).toBe('done');
  });
});

describe('crashes', () => {
  it('loads the model again and finishes the slice that was lost', async () => {
    let crashed = false;
    const { session, workers } = await opened({
      answer: async () => {
        if (crashed) return carsResult(3);
        crashed = true;
        workers.crash('vlm');
        return new Promise<AskResult>(() => undefined);
      },
    });
    const answer = await session.asking.ask({ task: 'find', label: 'car' });
    expect(answer).toMatchObject({ status: 'done', counts: { merged: 3 } });
    expect(workers.calls.filter((call) => call === 'vlm.load')).toHaveLength(2);
    expect(session.notices.shown.value.some(({ topic }) => topic === 'model-restarted')).toBe(true);
  });

  it('opens the scene again in a new raster worker', async () => {
    const { session, workers } = await opened();
    const before = session.layers.active.value;
    workers.crash('raster');
    await ticks();
    expect(session.layers.active.value?.info.id).not.toBe(before?.info.id);
    expect(session.layers.active.value?.stretch).toBe(before?.stretch);
    expect((await session.asking.ask({ task: 'find', label: 'car' })).status).toBe('done');
  });
});

describe('opening', () => {
  it('keeps the open scene when another file is broken', async () => {
    const { session } = await opened({
      open: async (opening) => {
        if (opening.name === 'bad.tif') throw new NadirError('NOT_AN_IMAGE', 'Not a TIFF.');
        return sceneInfo({ fileName: opening.name });
      },
    });
    await expect(session.opening.openFile(file('bad.tif'))).rejects.toMatchObject({ code: 'NOT_AN_IMAGE' });
    await expect(session.opening.openFile(new File([], 'empty.tif'))).rejects.toMatchObject({ code: 'FILE_EMPTY' });
    expect(session.layers.active.value?.info.fileName).toBe('scene.tif');
    await session.opening.openFiles([file('bad.tif')]);
    expect(session.notices.shown.value).toMatchObject([
      { topic: 'open-image', about: ['bad.tif'], code: 'NOT_AN_IMAGE' },
    ]);
    await session.opening.openFile(new File(['x'], 'scene.tif'));
    expect(session.notices.shown.value).toEqual([]);
    expect(session.opening.name.value).toBeNull();
  });

  it('lets the newest of two calls win', async () => {
    const { session } = await opened({
      open: async (opening) => {
        await ticks(opening.name === 'slow.tif' ? 20 : 0);
        return sceneInfo({ id: opening.name, fileName: opening.name });
      },
    });
    const slow = expect(session.opening.openFile(file('slow.tif'))).rejects.toMatchObject({ code: 'ABORTED' });
    await session.opening.openFile(file('fast.tif'));
    await slow;
    expect(session.layers.active.value?.info.fileName).toBe('fast.tif');
    expect(session.notices.shown.value).toEqual([]);
  });
});

describe('review', () => {
  it('undoes and redoes accept, reject and remove', async () => {
    const { session } = await opened();
    const answer = await session.asking.ask({ task: 'find', label: 'car' });
    const [first] = session.review.objects.value;
    session.review.setState(first!.id, 'rejected');
    expect(session.history.canUndo.value).toMatchObject({ id: 'reject-object', target: 'car 1' });
    expect((await exportedGeoJson(session)).features).toHaveLength(1);
    session.review.removeAnswer(answer.id);
    expect([session.asking.answers.value.length, session.review.objects.value.length]).toEqual([0, 0]);
    session.history.undo();
    expect(session.review.objects.value.map((object) => object.state)).toEqual(['rejected', 'proposed']);
    session.history.undo();
    expect(session.review.objects.value[0]?.state).toBe('proposed');
    expect(session.history.canRedo.value).toMatchObject({
      id: 'reject-object',
      target: 'car 1',
      label: 'reject car 1',
    });
    session.history.redo();
    expect(session.review.objects.value[0]?.state).toBe('rejected');
  });
});

describe('reloading', () => {
  it('puts the file, the answers and the review back', async () => {
    const { session, workers } = await opened();
    await session.asking.ask({ task: 'find', label: 'car' });
    session.review.setState(session.review.objects.value[1]!.id, 'accepted');
    session.images.setBands({ red: 2, green: 1, blue: 0, nir: null });
    await ticks(400);
    const again = createSession({ ...fakeWorkers(), storage: workers.storage });
    await ticks(20);
    expect(again.layers.active.value).toMatchObject({ info: { fileName: 'scene.tif' }, bands: { red: 2, blue: 0 } });
    expect(again.asking.answers.value[0]?.text).toBe(session.asking.answers.value[0]?.text);
    expect(again.review.objects.value.map((object) => object.state)).toEqual(['proposed', 'accepted']);
  });

  it('works without storage, and says once that nothing is kept', async () => {
    const workers = fakeWorkers();
    workers.storage = {
      get: async () => undefined,
      getMany: async () => [],
      set: async () => 'no-storage',
      delete: async () => undefined,
      keys: async () => [],
    };
    const session = createSession(workers);
    await session.model.load('wasm');
    await session.opening.openFile(file());
    await ticks(400);
    await session.asking.ask({ task: 'find', label: 'car' });
    await ticks(400);
    expect(session.notices.shown.value).toHaveLength(1);
    expect(session.notices.shown.value[0]).toMatchObject({
      kind: 'info',
      message: expect.stringContaining('private windows'),
    });
  });
});

describe('analyze', () => {
  it('gives text, features with pixel corners, counts, model and back-end', async () => {
    const workers = fakeWorkers();
    const session = createSession(workers);
    const result = await analyze(session, { file: file(), task: 'find', label: 'car', backend: 'wasm' });
    expect(result.counts).toEqual({ stated: 2, merged: 2 });
    expect(result.features[0]?.properties?.pixelCorners).toEqual([
      [35, 35],
      [45, 35],
      [45, 45],
      [35, 45],
    ]);
    expect(result).toMatchObject({ model: { hash: 'abc' }, backend: { kind: 'wasm' }, answer: { status: 'done' } });
  });

  it('rejects with the model error', async () => {
    const workers = fakeWorkers({
      load: async () => {
        throw new NadirError('MODEL_HASH_MISMATCH', 'Wrong sum.');
      },
    });
    const session = createSession(workers);
    await expect(analyze(session, { file: file(), task: 'describe', backend: 'wasm' })).rejects.toMatchObject({
      code: 'MODEL_HASH_MISMATCH',
    });
    expect(session.model.state.value.status).toBe('failed');
    expect(session.notices.shown.value[0]?.action?.label).toBe('Try again');
  });
});
