import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Georeference } from '../../imagery/place.ts';
import type { ReadRequest } from '../../imagery/tiles.ts';
import { NadirError } from '../../lib/errors.ts';
import type { AskResult } from '../../vlm/types.ts';
import { analyze } from '../automation/analyze.ts';
import { carsResult, type FakeBehaviour, fakeWorkers, keptBySession, sceneInfo, texture } from '../fakes.ts';
import { createSession } from '../session.ts';

const file = (name: string, bytes = 4) => new File([new Uint8Array(bytes)], name);
const ticks = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const none: Georeference = { kind: 'none', reason: 'test' };

/** Opens every file as an image of 256 × 256 pixels, one named "big…" as one of 512 × 512. */
async function opened(behaviour: FakeBehaviour = {}) {
  let scenes = 0;
  const workers = fakeWorkers({
    open: async ({ name, size }) => {
      scenes += 1;
      const side = name.startsWith('big') ? 512 : 256;
      return sceneInfo({
        id: `s${scenes}`,
        fileName: name,
        sizeBytes: size,
        width: side,
        height: side,
        georeference: none,
      });
    },
    answer: async () => changed(1),
    ...behaviour,
  });
  const session = createSession(workers);
  await session.model.load('wasm');
  await session.opening.openFile(file('later.tif'));
  return { session, workers };
}

/** What the model says of a tile with `count` changes. */
function changed(count: number, changes: Partial<AskResult> = {}): AskResult {
  const result = carsResult(count);
  const text = count === 0 ? 'Nothing changed.' : `Something changed: ${result.text}`;
  const lead = 'Something changed: '.length;
  return {
    ...result,
    text,
    rawText: text,
    things: result.things.map((each) => ({
      ...each,
      label: 'change',
      span: { start: each.span.start + lead, end: each.span.end + lead },
    })),
    numbers: { changed: count === 0 ? 0.1 : 0.9 },
    ...changes,
  };
}

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the earlier image', () => {
  it('is opened beside the scene, replaced, removed, and closed with the scene', async () => {
    const { session, workers } = await opened();
    await session.comparison.open(file('first.tif'));
    expect(session.comparison.before.value?.info.fileName).toBe('first.tif');
    await session.comparison.open(file('second.tif'));
    expect(session.comparison.before.value?.info.fileName).toBe('second.tif');
    expect(session.layers.active.value?.info.fileName).toBe('later.tif');
    expect(workers.calls.filter((call) => call === 'raster.close')).toHaveLength(1);
    await session.comparison.close();
    expect(session.comparison.before.value).toBeNull();
    await session.comparison.open(file('third.tif'));
    await session.opening.openFile(file('other.tif'));
    expect(session.comparison.before.value).toBeNull();
  });

  it.each([
    ['an empty file', file('empty.tif', 0), 'FILE_EMPTY'],
    ['an image of another size without a place', file('big.tif'), 'SCENES_DO_NOT_MATCH'],
  ])('refuses %s, and keeps the one that was there', async (_, bad, code) => {
    const { session } = await opened();
    await session.comparison.open(file('first.tif'));
    await expect(session.comparison.open(bad)).rejects.toMatchObject({ code });
    expect(session.comparison.before.value?.info.fileName).toBe('first.tif');
    expect(session.comparison.opening.value).toBeNull();
    expect(session.notices.shown.value).toEqual([]);
  });

  it('needs a scene to be compared with', async () => {
    const { session } = await opened();
    await session.opening.closeAll();
    await expect(session.comparison.open(file('first.tif'))).rejects.toMatchObject({ code: 'NO_IMAGE' });
  });

  it('waits for a scene that is being opened', async () => {
    const { session } = await opened();
    const opening = session.opening.openFile(file('big later.tif'));
    await session.comparison.open(file('big earlier.tif'));
    await opening;
    expect(session.comparison.before.value?.info.fileName).toBe('big earlier.tif');
  });

  it('is opened again after the raster worker crashed', async () => {
    const { session, workers } = await opened();
    await session.comparison.open(file('first.tif'));
    const { id } = session.comparison.before.value!.info;
    workers.crash('raster');
    await vi.waitFor(() => expect(session.comparison.before.value?.info.id).not.toBe(id));
    expect(session.comparison.before.value?.info.fileName).toBe('first.tif');
  });
});

describe('a layer as the earlier image', () => {
  it('is used as it is shown, and is gone with the layer', async () => {
    const reads: ReadRequest[] = [];
    const { session } = await opened({
      read: (_window, request) => {
        reads.push(request);
        return {};
      },
    });
    const earlier = session.layers.active.value!;
    await session.opening.addFiles([file('even later.tif')]);
    const later = session.layers.active.value!;
    session.comparison.useLayer(earlier.layerId);
    expect(session.comparison.before.value?.info.fileName).toBe('later.tif');
    const answer = await session.asking.ask({ task: 'change', region: 'scene' });
    expect(answer).toMatchObject({ status: 'done', layerId: later.layerId, before: { fileName: 'later.tif' } });
    expect(reads.map(({ scene }) => scene).sort()).toEqual([earlier.info.id, later.info.id].sort());
    session.layers.remove(earlier.layerId);
    expect(session.comparison.before.value).toBeNull();
  });

  it('is not compared with itself', async () => {
    const { session } = await opened();
    const first = session.layers.active.value!;
    await session.opening.addFiles([file('other.tif')]);
    session.comparison.useLayer(first.layerId);
    session.layers.activate(first.layerId);
    await expect(session.asking.ask({ task: 'change' })).rejects.toMatchObject({
      code: 'SCENES_DO_NOT_MATCH',
      message: expect.stringContaining('itself'),
    });
    expect(() => session.comparison.useLayer(first.layerId)).toThrow(
      expect.objectContaining({ code: 'SCENES_DO_NOT_MATCH' }),
    );
    expect(() => session.comparison.useLayer('gone')).toThrow(expect.objectContaining({ code: 'NO_EARLIER_IMAGE' }));
  });
});

describe('after a reload', () => {
  const saved = () => ticks(400);

  it('the earlier file is restored', async () => {
    const { session, workers } = await opened();
    await session.comparison.open(file('first.tif'));
    await saved();
    const again = createSession({ ...fakeWorkers(), storage: workers.storage });
    await vi.waitFor(() => expect(again.comparison.before.value?.info.fileName).toBe('first.tif'));
    expect(again.notices.shown.value).toEqual([]);
  });

  it('the earlier layer is restored, and none once it was removed', async () => {
    const { session, workers } = await opened();
    const { layerId } = session.layers.active.value!;
    await session.opening.addFiles([file('other.tif')]);
    session.comparison.useLayer(layerId);
    await saved();
    const again = createSession({ ...fakeWorkers(), storage: workers.storage });
    await vi.waitFor(() => expect(again.comparison.before.value?.layerId).toBe(layerId));
    await again.comparison.close();
    const third = createSession({ ...fakeWorkers(), storage: workers.storage });
    await vi.waitFor(() => expect(third.layers.all.value).toHaveLength(2));
    await ticks(50);
    expect(third.comparison.before.value).toBeNull();
  });

  it('one that no longer fits is dropped without a notice', async () => {
    const { session, workers } = await opened();
    await session.comparison.open(file('first.tif'));
    await saved();
    let opens = 0;
    const open = async (each: File) =>
      sceneInfo({
        id: `n${opens++}`,
        fileName: each.name,
        sizeBytes: each.size,
        width: each.name === 'first.tif' ? 9 : 256,
      });
    const again = createSession({ ...fakeWorkers({ open }), storage: workers.storage });
    await vi.waitFor(() => expect(opens).toBe(2));
    await ticks(20);
    expect(again.comparison.before.value).toBeNull();
    expect(again.notices.shown.value).toEqual([]);
    expect(await keptBySession(workers.storage, 'before')).toBeUndefined();
  });
});

describe('asking what changed', () => {
  it('shows both images of one window to the model, and labels what it points at', async () => {
    const reads: ReadRequest[] = [];
    const { session, workers } = await opened({
      read: (_window, request) => {
        reads.push(request);
        return {};
      },
    });
    await session.comparison.open(file('first.tif'));
    const answer = await session.asking.ask({ task: 'change', region: 'scene' });
    const [request] = workers.requests;
    expect(request?.intent).toMatchObject({ task: 'change', label: null, text: '', language: 'en' });
    const [before, after, ...more] = request!.views;
    expect([before?.role, after?.role, more]).toEqual(['before', 'after', []]);
    expect(before?.window).toEqual(after?.window);
    expect(reads.map(({ scene, window }) => [scene, window.width]).sort()).toEqual([
      ['s1', 256],
      ['s2', 256],
    ]);
    expect(answer).toMatchObject({
      status: 'done',
      numbers: { changed: 0.9 },
      before: { fileName: 'first.tif' },
      text: 'Something changed: 1 cars: car.',
      label: null,
    });
    expect(session.review.objects.value.map(({ label, number }) => `${label} ${number}`)).toEqual(['change 1']);
  });

  it('distinguishes two earlier images of one name', async () => {
    let broken = true;
    const { session } = await opened({
      answer: async () => {
        if (broken) throw new NadirError('OUT_OF_MEMORY', 'Too little memory.');
        return changed(1);
      },
    });
    await session.comparison.open(file('tile.tif'));
    const failed = await session.asking.ask({ task: 'change', region: 'scene' });
    await session.comparison.open(file('tile.tif'));
    broken = false;
    await expect(session.asking.retryFailed(failed.id)).rejects.toMatchObject({ code: 'ANSWER_OUTDATED' });
    session.review.removeAnswer(failed.id);
    await session.asking.ask({ task: 'change', region: 'scene' });
    await session.asking.ask({ task: 'change', region: 'scene' });
    expect([session.asking.answers.value.length, session.review.objects.value.length]).toEqual([1, 1]);
    await session.comparison.open(file('tile.tif'));
    await session.asking.ask({ task: 'change', region: 'scene' });
    // What changed since the one is not what changed since the other, though both changes lie in one place.
    expect([session.asking.answers.value.length, session.review.objects.value.length]).toEqual([2, 2]);
  });

  it('asks for an earlier image first', async () => {
    const { session } = await opened();
    await expect(session.asking.ask({ task: 'change' })).rejects.toMatchObject({
      code: 'NO_EARLIER_IMAGE',
      message: expect.stringContaining('earlier image'),
    });
  });

  it('goes tile by tile over a large region, and adds up what changed', async () => {
    const { session, workers } = await opened({
      answer: async ({ views: [, later] }) => changed(later?.window.x === 0 && later.window.y === 0 ? 2 : 0),
    });
    await session.opening.openFile(file('big later.tif'));
    await session.comparison.open(file('big earlier.tif'));
    const answer = await session.asking.ask({ task: 'change', region: 'scene', slicing: 'tiles' });
    expect(workers.requests.length).toBeGreaterThan(3);
    expect(workers.requests.every(({ views: [before, after] }) => before?.window === after?.window)).toBe(true);
    expect(answer.text).toBe(`2 changes in ${workers.requests.length} tiles.`);
    expect(answer.numbers.changed).toBe(0.9);
  });

  it("doesn't say that nothing changed where tiles said otherwise", async () => {
    const { session } = await opened({
      answer: async () => ({ ...changed(0), text: 'Something changed.', rawText: 'Something changed.' }),
    });
    await session.opening.openFile(file('big later.tif'));
    await session.comparison.open(file('big earlier.tif'));
    const answer = await session.asking.ask({ task: 'change', region: 'scene', slicing: 'tiles' });
    expect(answer.text).toBe('Something changed.');
  });

  it('skips a tile in which the earlier image is blank', async () => {
    const { session, workers } = await opened({
      read: (_window, { scene }) => ({ validFraction: scene === 's2' ? 0 : 1 }),
    });
    await session.comparison.open(file('first.tif'));
    const answer = await session.asking.ask({ task: 'change', region: 'scene' });
    expect(workers.requests).toHaveLength(0);
    expect(answer.text).toContain('nothing to look at');
  });

  it('leaves near infrared out if only one image has it', async () => {
    const four = (['red', 'green', 'blue', 'nir'] as const).map((role, index) => ({ index, name: role, role }));
    const { session, workers } = await opened({
      open: async ({ name }) =>
        name === 'first.tif'
          ? sceneInfo({ id: 's2', fileName: name })
          : sceneInfo({ id: 's1', bands: four, defaultBands: { red: 0, green: 1, blue: 2, nir: 3 } }),
    });
    await session.comparison.open(file('first.tif'));
    await session.asking.ask({ task: 'change', region: 'scene' });
    const [request] = workers.requests;
    expect(request?.views).toHaveLength(2);
    for (const { pixels } of request!.views) {
      expect(pixels.bands).toEqual(['red', 'green', 'blue']);
      expect(pixels.data).toHaveLength(256 * 256 * 3);
    }
    const data = texture(256, 256, 4);
    // The same pixels, without their fourth value.
    expect([...request!.views[0]!.pixels.data.subarray(3, 6)]).toEqual([...data.subarray(4, 7)]);
  });

  it('takes a question in the user’s own words', async () => {
    const { session, workers } = await opened();
    await session.comparison.open(file('first.tif'));
    await session.asking.ask({ task: 'change', region: 'scene', text: '两张图像之间有什么变化？' });
    expect(workers.requests[0]?.intent).toMatchObject({ text: '两张图像之间有什么变化？', language: 'zh' });
  });

  it('is one call of analyze', async () => {
    const { session } = await opened();
    const result = await analyze(session, {
      file: file('after.tif'),
      before: file('before.tif'),
      task: 'change',
      backend: 'wasm',
    });
    expect(result.answer).toMatchObject({ numbers: { changed: 0.9 }, before: { fileName: 'before.tif' } });
    expect(result.features).toHaveLength(1);
    expect(result.features[0]?.properties?.label).toBe('change');
  });
});
