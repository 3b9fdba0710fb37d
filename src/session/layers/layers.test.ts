import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Display } from '../../render/display.ts';
import { exportedGeoJson, type FakeBehaviour, type FakeWorkers, fakeWorkers } from '../fakes.ts';
import type { Session } from '../port.ts';
import { createSession } from '../session.ts';

const file = (name: string) => new File([new Uint8Array(4)], name);
const ticks = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
const names = (session: Session) => session.layers.all.value.map((layer) => layer.name);

async function withLayers(behaviour: FakeBehaviour = {}): Promise<{ session: Session; workers: FakeWorkers }> {
  const workers = fakeWorkers(behaviour);
  const session = createSession(workers);
  await session.model.load('wasm');
  await session.opening.addFiles([file('a.tif'), file('b.tif'), file('c.tif')]);
  return { session, workers };
}

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('layers', () => {
  it('adds files on top, the last one active, and undo removes it', async () => {
    const { session } = await withLayers();
    expect(names(session)).toEqual(['c.tif', 'b.tif', 'a.tif']);
    expect(session.layers.active.value?.name).toBe('c.tif');
    expect(session.history.canUndo.value).toMatchObject({ id: 'add-layer', target: 'c.tif' });
    session.history.undo();
    expect(names(session)).toEqual(['b.tif', 'a.tif']);
    expect(session.layers.active.value?.name).toBe('b.tif');
    session.history.redo();
    expect(names(session)).toEqual(['c.tif', 'b.tif', 'a.tif']);
  });

  it('opens what it can of several files, with a notice for the others', async () => {
    const workers = fakeWorkers();
    const session = createSession(workers);
    const added = await session.opening.addFiles([file('a.tif'), new File([], 'empty.tif')]);
    expect(added.map((layer) => layer.name)).toEqual(['a.tif']);
    expect(session.notices.shown.value.map((notice) => notice.code)).toEqual(['FILE_EMPTY']);
  });

  it('moves, renames, hides and removes, each undone in turn', async () => {
    const { session } = await withLayers();
    const [c, b] = session.layers.all.value;
    session.layers.move(c!.layerId, 2);
    session.layers.change(b!.layerId, { name: 'before the flood' });
    session.layers.change(b!.layerId, { visible: false });
    session.layers.change(b!.layerId, { opacity: 0.5 });
    session.layers.change(b!.layerId, { opacity: 0.25 });
    session.layers.remove(c!.layerId);
    expect(names(session)).toEqual(['before the flood', 'a.tif']);
    session.history.undo();
    expect(names(session)).toEqual(['before the flood', 'a.tif', 'c.tif']);
    // A drag of the slider is one step.
    session.history.undo();
    expect(session.layers.all.value[0]).toMatchObject({ visible: false, opacity: 1 });
    session.history.undo();
    session.history.undo();
    expect(session.layers.all.value[0]).toMatchObject({ visible: true, name: 'b.tif' });
    session.history.undo();
    expect(names(session)).toEqual(['c.tif', 'b.tif', 'a.tif']);
  });

  it("shows the active layer's answers alone, and keeps an answer with the layer it is about", async () => {
    const { session } = await withLayers();
    const [c, b] = session.layers.all.value;
    const answer = await session.asking.ask({ task: 'find', label: 'car' });
    expect(answer.layerId).toBe(c!.layerId);
    session.layers.region.value = { x: 0, y: 0, width: 10, height: 10 };
    session.layers.activate(b!.layerId);
    expect(session.asking.answers.value).toEqual([]);
    expect(session.review.objects.value).toEqual([]);
    expect(session.layers.region.value).toBeNull();
    expect((await exportedGeoJson(session)).features).toEqual([]);
    session.layers.activate(c!.layerId);
    expect(session.asking.answers.value.map((each) => each.id)).toEqual([answer.id]);
    expect(session.review.objects.value).toHaveLength(2);
  });

  it('asks about the layer that was active when the question was asked', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const asked: string[] = [];
    const workers = fakeWorkers();
    const original = workers.raster;
    workers.raster = (onCrash) => {
      const client = original(onCrash);
      const { readBands } = client.api;
      const api = new Proxy(client.api, {
        get: (target, name) => {
          if (name !== 'readBands') return Reflect.get(target, name);
          return async (...args: Parameters<typeof readBands>) => {
            await held;
            asked.push(args[0].scene);
            return readBands(...args);
          };
        },
      });
      return { ...client, api };
    };
    const session = createSession(workers);
    await session.model.load('wasm');
    await session.opening.addFiles([file('a.tif'), file('b.tif')]);
    const [b, a] = session.layers.all.value;
    const asking = session.asking.ask({ task: 'find', label: 'car' });
    await ticks(5);
    session.layers.activate(a!.layerId);
    release();
    const answer = await asking;
    expect(answer).toMatchObject({ status: 'done', layerId: b!.layerId, counts: { merged: 2 } });
    expect(new Set(asked)).toEqual(new Set([b!.info.id]));
  });

  it('gives all layers the union of their ranges, and can be undone', async () => {
    const { session } = await withLayers();
    const [c, b, a] = session.layers.all.value;
    session.layers.activate(a!.layerId);
    session.images.adjustStretch({
      ranges: [
        [10, 200],
        [20, 400],
        [30, 255],
      ],
    });
    session.layers.activate(c!.layerId);
    session.images.shareStretch();
    for (const layer of session.layers.all.value) {
      expect(layer.stretch.method).toBe('manual');
      expect(layer.stretch.ranges).toEqual([
        [0, 255],
        [0, 400],
        [0, 255],
      ]);
    }
    session.history.undo();
    expect(session.layers.all.value.find((layer) => layer.layerId === b!.layerId)?.stretch.method).toBe('percentile');
  });

  it('keeps the gamma when the stretch is computed anew, and records the window', async () => {
    const { session } = await withLayers();
    session.images.adjustStretch({ gamma: 1.4 });
    expect(session.layers.active.value?.stretch).toMatchObject({ method: 'percentile', gamma: 1.4 });
    const window = { x: 0, y: 0, width: 10, height: 10 };
    await session.images.setStretch('stddev', 2, 2, window);
    expect(session.layers.active.value?.stretch).toMatchObject({ method: 'stddev', gamma: 1.4, window });
    const answer = await session.asking.ask({ task: 'describe' });
    expect(answer.stretch).toEqual(session.layers.active.value?.stretch);
  });

  it('opens every layer again after the reader crashed, also one whose removal is undone later', async () => {
    const { session, workers } = await withLayers();
    const [c] = session.layers.all.value;
    session.layers.remove(c!.layerId);
    workers.crash('raster');
    await ticks(10);
    const before = session.layers.all.value.map((layer) => layer.info.id);
    expect(before).toEqual(['s4', 's5']);
    session.history.undo();
    await ticks(10);
    expect(session.layers.active.value?.info.id).toBe('s6');
  });
});

describe('a display that cannot be drawn', () => {
  it('is refused and changes nothing, and is left out when a kept session has one', async () => {
    const { session, workers } = await withLayers({ info: { bands: [{ index: 0, name: 'Band 1', role: 'grey' }] } });
    const before = session.layers.active.value;
    const refused = (display: Display, code: string) =>
      expect(() => session.images.setDisplay(display)).toThrow(expect.objectContaining({ code }));
    refused({ kind: 'index', name: 'x', expression: 'b1 +', ramp: 'grey', range: [0, 1] }, 'EXPRESSION_INVALID');
    refused({ kind: 'ramp', band: 3, ramp: 'grey' }, 'BAND_MISSING');
    expect(session.layers.active.value).toBe(before);
    await ticks(450);
    const [key = ''] = (await workers.storage.keys('tab/')).filter((each) => each.endsWith('/session'));
    const record = (await workers.storage.get(key)) as { layers: { display: unknown }[] };
    record.layers[0]!.display = { kind: 'ramp', band: 7, ramp: 'grey' };
    await workers.storage.set(key, record);
    const again = createSession({ ...fakeWorkers(), storage: workers.storage });
    await vi.waitFor(() => expect(again.layers.all.value).toHaveLength(3));
    expect(again.layers.all.value[0]?.display).toEqual({ kind: 'rgb' });
  });
});

describe('what the model saw', () => {
  it('is read again exactly as for the question, whatever is shown since', async () => {
    const workers = fakeWorkers({ info: { width: 448, height: 256 } });
    const reads: unknown[] = [];
    const original = workers.raster;
    workers.raster = (onCrash) => {
      const client = original(onCrash);
      const { readBands } = client.api;
      const api = new Proxy(client.api, {
        get: (target, name) =>
          name === 'readBands'
            ? (...args: Parameters<typeof readBands>) => {
                reads.push(args[0]);
                return readBands(...args);
              }
            : Reflect.get(target, name),
      });
      return { ...client, api };
    };
    const session = createSession(workers);
    await session.model.load('wasm');
    await session.opening.addFiles([file('a.tif'), file('b.tif')]);
    session.images.adjustStretch({ gamma: 1.7 });
    const answer = await session.asking.ask({ task: 'count', label: 'car', slicing: 'tiles' });
    const asked = reads.splice(0);
    expect(asked).toHaveLength(2);
    session.images.adjustStretch({ gamma: 1 });
    session.images.setBands({ red: 2, green: 2, blue: 2, nir: null });
    session.layers.activate(session.layers.all.value[1]!.layerId);
    for (const { tile } of answer.raw) await session.asking.readModelInput(answer, tile, new AbortController().signal);
    expect(reads).toEqual(asked);
  });
});

describe('keeping layers', () => {
  it('restores layers, their order, look and answers after a reload', async () => {
    const { session, workers } = await withLayers({ info: { bands: [{ index: 0, name: 'Band 1', role: 'grey' }] } });
    const [, b, a] = session.layers.all.value;
    session.layers.change(a!.layerId, { opacity: 0.4, name: 'west' });
    session.layers.move(a!.layerId, 0);
    session.layers.activate(b!.layerId);
    session.images.setDisplay({ kind: 'ramp', band: 0, ramp: 'viridis' });
    await session.asking.ask({ task: 'find', label: 'car' });
    await ticks(450);
    const again = createSession(workers);
    await vi.waitFor(() => expect(again.asking.answers.value).toHaveLength(1));
    expect(names(again)).toEqual(['west', 'c.tif', 'b.tif']);
    expect(again.layers.all.value[0]).toMatchObject({ layerId: a!.layerId, opacity: 0.4 });
    expect(again.layers.active.value).toMatchObject({
      layerId: b!.layerId,
      display: { kind: 'ramp', ramp: 'viridis' },
    });
    expect(again.review.objects.value).toHaveLength(2);
    expect(again.history.canUndo.value).toBeNull();
  });

  it('keeps the sensor that was named, unless the file can’t be of it, and takes it back by undo', async () => {
    const bands = Array.from({ length: 8 }, (_, index) => ({
      index,
      name: `Band ${index + 1}`,
      role: 'unknown' as const,
    }));
    const { session, workers } = await withLayers({ info: { bands } });
    session.images.setSensor('worldview-8');
    expect(session.history.canUndo.value).toMatchObject({ id: 'set-sensor', target: 'c.tif' });
    session.history.undo();
    expect(session.layers.active.value?.sensor).toBeNull();
    session.history.redo();
    session.images.setSensor('planet-8', session.layers.all.value[1]!.layerId);
    session.images.setSensor('naip', session.layers.all.value[2]!.layerId);
    await ticks(450);
    const again = createSession(workers);
    await vi.waitFor(() => expect(again.layers.all.value).toHaveLength(3));
    expect(again.layers.all.value.map(({ sensor }) => sensor)).toEqual(['worldview-8', 'planet-8', null]);
  });

  it('names the files that were too large to store, and restores the others', async () => {
    const workers = fakeWorkers();
    const session = createSession(workers);
    const large = file('large.tif');
    Object.defineProperty(large, 'size', { value: 300 * 2 ** 20 });
    await session.opening.addFiles([file('small.tif'), large]);
    await ticks(450);
    const again = createSession(workers);
    await vi.waitFor(() => expect(again.notices.shown.value).toHaveLength(1));
    expect(again.notices.shown.value[0]?.title).toBe('large.tif was open');
    expect(names(again)).toEqual(['small.tif']);
  });

  it('reads a session of version 1', async () => {
    const workers = fakeWorkers();
    const first = createSession(workers);
    await first.model.load('wasm');
    await first.opening.openFile(file('old.tif'));
    const answer = await first.asking.ask({ task: 'find', label: 'car' });
    const { layerId: _layerId, ...old } = answer;
    const { bands, stretch, info } = first.layers.active.value!;
    const { storage } = fakeWorkers();
    await storage.set('file', file('old.tif'));
    await storage.set('session', {
      version: 1,
      fileName: info.fileName,
      fileBytes: 4,
      fileKept: true,
      sample: null,
      bands,
      stretch,
      answers: [old],
      objects: first.review.objects.value.map(({ sightings: _sightings, ...object }) => object),
    });
    const again = createSession({ ...fakeWorkers(), storage });
    await vi.waitFor(() => expect(again.review.objects.value).toHaveLength(2));
    expect(again.layers.active.value?.name).toBe('old.tif');
  });
});
