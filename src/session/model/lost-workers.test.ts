import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NadirError } from '../../lib/errors.ts';
import type { AskResult, FolderFile } from '../../vlm/types.ts';
import type { AskInput } from '../asking/port.ts';
import type { OpenScene } from '../document.ts';
import { carsResult, type FakeBehaviour, type FakeWorkers, fakeWorkers, LOADED, sceneInfo } from '../fakes.ts';
import type { Session } from '../port.ts';
import { createSession } from '../session.ts';
import { WorkerHost } from './worker-host.ts';

/** A worker that crashes or hangs costs no finished tile: it is replaced, and its slice asked once more. */

/** 1984 × 256 pixels are ten tiles. */
const WIDE = { width: 1984, height: 256 };
const find: AskInput = { task: 'find', label: 'car', region: 'scene', slicing: 'tiles' };
const file = (name: string) => new File([new Uint8Array(4)], name);
const never = () => new Promise<AskResult>(() => undefined);
const hung = { silentMs: 60_000 };

async function opened(behaviour: FakeBehaviour): Promise<{ session: Session; workers: FakeWorkers }> {
  const workers = fakeWorkers({ info: WIDE, ...behaviour });
  const session = createSession(workers);
  await session.model.load('wasm');
  await session.opening.openFile(file('scene.tif'));
  return { session, workers };
}

const titles = (session: Session) => session.notices.shown.value.map(({ title }) => title);
const message = (session: Session, title: string) =>
  session.notices.shown.value.find((each) => each.title === title)?.message;

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the model’s worker', () => {
  it.each([
    ['crashes', undefined, 'Its worker stopped and was replaced.'],
    ['hangs', hung, 'Its worker did not respond for 60 s and was replaced.'],
  ])('%s on a tile: its replacement answers the tile, with the same result', async (_, details, why) => {
    const undisturbed = await (await opened({})).session.asking.ask(find);
    let asked = 0;
    const { session, workers } = await opened({
      answer: async () => {
        asked += 1;
        if (asked !== 4) return carsResult(2);
        workers.crash('vlm', details);
        return never();
      },
    });
    const answer = await session.asking.ask(find);
    expect(asked).toBe(11);
    expect(answer).toMatchObject({
      status: 'done',
      failedTiles: [],
      text: undisturbed.text,
      counts: undisturbed.counts,
    });
    expect(answer.raw.map(({ tile }) => tile)).toEqual(undisturbed.raw.map(({ tile }) => tile));
    expect(message(session, 'Model restarted')).toBe(
      `${why} The model is being loaded again; answers are kept. The question continues after that.`,
    );
  });

  it('hangs twice on one tile: that tile fails with its place, the others are answered', async () => {
    const { session, workers } = await opened({
      answer: async ({ views }) => {
        if (views[0].window.x !== 384) return carsResult(1);
        workers.crash('vlm', hung);
        return never();
      },
    });
    const answer = await session.asking.ask(find);
    expect(answer.status).toBe('done');
    expect(answer.raw).toHaveLength(9);
    expect(answer.failedTiles).toEqual([
      {
        tile: { x: 384, y: 0, width: 256, height: 256 },
        error: expect.objectContaining({
          code: 'WORKER_CRASHED',
          message: 'Tile at column 384, row 0 (256 × 256 pixels): A background worker stopped.',
        }),
      },
    ]);
    expect(answer.text).toContain('1 of 10 tiles failed');
  });

  it('can be stopped while it is being replaced', async () => {
    let loads = 0;
    const { session, workers } = await opened({
      load: async () => {
        loads += 1;
        return loads === 1 ? LOADED : new Promise(() => undefined);
      },
      answer: async () => {
        workers.crash('vlm', hung);
        setTimeout(() => session.asking.stop(session.asking.running.value ?? ''), 20);
        return never();
      },
    });
    expect(await session.asking.ask(find)).toMatchObject({ status: 'stopped', failedTiles: [] });
  });

  it('gets the model’s files from the page again, not an address', async () => {
    const files: FolderFile[] = [{ path: 'nadir.json', file: file('nadir.json') }];
    const sources: unknown[] = [];
    const { session, workers } = await opened({
      load: async (source) => {
        sources.push(source);
        return { ...LOADED, files };
      },
    });
    workers.crash('vlm');
    await session.asking.ask(find);
    expect(sources).toEqual(['http://test.invalid/models/', files]);
  });

  it('is replaced before the next load after one that failed', async () => {
    let loads = 0;
    const workers = fakeWorkers({
      load: async () => {
        loads += 1;
        if (loads === 1) throw new NadirError('INTERNAL', 'half opened');
        return LOADED;
      },
    });
    const vlm = vi.fn(workers.vlm);
    const session = createSession({ ...workers, vlm });
    await session.model.load('wasm');
    expect(session.model.state.value.status).toBe('failed');
    await session.model.load('wasm');
    expect(session.model.state.value.status).toBe('ready');
    expect(vlm).toHaveBeenCalledTimes(2);
  });
});

describe('the imagery reader', () => {
  it('crashes while it reads, also ahead: its replacement reads every tile again', async () => {
    let reads = 0;
    const { session, workers } = await opened({
      read: () => {
        reads += 1;
        // The third tile, while the second is being answered.
        if (reads === 3) workers.crash('raster');
        return {};
      },
      answer: async () => carsResult(1),
    });
    const answer = await session.asking.ask(find);
    expect(answer).toMatchObject({ status: 'done', failedTiles: [] });
    expect(answer.raw).toHaveLength(10);
    expect(message(session, 'Imagery reader restarted')).toBe(
      'Its worker stopped and was replaced. The image was opened again; nothing was lost.',
    );
  });

  it('opens the other images again if one fails', async () => {
    let isBroken = false;
    let opens = 0;
    const { session, workers } = await opened({
      open: async (image) => {
        opens += 1;
        if (isBroken && image.name === 'top.tif') throw new NadirError('FILE_UNREADABLE', 'It has been moved.');
        return sceneInfo({ id: `s${opens}`, fileName: image.name, ...WIDE });
      },
    });
    await session.opening.addFiles([file('top.tif')]);
    const idOf = (name: string) => session.layers.all.value.find((layer) => layer.name === name)?.info.id;
    const before = { top: idOf('top.tif'), scene: idOf('scene.tif') };
    isBroken = true;
    workers.crash('raster');
    await vi.waitFor(() => expect(titles(session)).toContain('Imagery reader restarted'));
    expect(idOf('scene.tif')).not.toBe(before.scene);
    expect(idOf('top.tif')).toBe(before.top);
    expect(message(session, 'top.tif could not be opened again')).toBe('It has been moved.');
  });

  it('doesn’t try an image again that crashed two workers in a row', async () => {
    let isDeadly = false;
    let opens = 0;
    const { session, workers } = await opened({
      open: async (image) => {
        opens += 1;
        if (isDeadly && image.name === 'deadly.tif') {
          workers.crash('raster', hung);
          return new Promise(() => undefined);
        }
        return sceneInfo({ id: `s${opens}`, fileName: image.name, ...WIDE });
      },
    });
    await session.opening.addFiles([file('deadly.tif')]);
    const sceneId = () => session.layers.all.value.find(({ name }: OpenScene) => name === 'scene.tif')?.info.id;
    const before = sceneId();
    isDeadly = true;
    workers.crash('raster');
    await vi.waitFor(() => expect(titles(session)).toContain('Imagery reader restarted'));
    expect(sceneId()).not.toBe(before);
    expect(titles(session)).toContain('deadly.tif could not be opened again');
    // Twice for the deadly one, once for the other.
    expect(workers.calls.filter((call) => call === 'raster.open')).toHaveLength(2 + 2 + 1);
  });
});

describe('the earlier image', () => {
  const openedWithBefore = async (behaviour: FakeBehaviour) => {
    const { session, workers } = await opened(behaviour);
    await session.comparison.open(file('before.tif'));
    return { session, workers };
  };
  const opensOf = (workers: FakeWorkers) => workers.calls.filter((call) => call === 'raster.open').length;

  it('stays when another worker crashes while it is opened again', async () => {
    let opens = 0;
    const { session, workers } = await openedWithBefore({
      open: async (image) => {
        opens += 1;
        if (image.name !== 'before.tif' || opens !== 4)
          return sceneInfo({ id: `s${opens}`, fileName: image.name, ...WIDE });
        workers.crash('raster');
        return new Promise(() => undefined);
      },
    });
    const before = session.comparison.before.value?.info.id;
    workers.crash('raster');
    await vi.waitFor(() => expect(session.comparison.before.value?.info.id).not.toBe(before));
    expect(titles(session)).not.toContain('The earlier image could not be opened again');
  });

  it('is closed with a notice when it crashes two workers in a row', async () => {
    let isDeadly = false;
    let opens = 0;
    const { session, workers } = await openedWithBefore({
      open: async (image) => {
        opens += 1;
        if (isDeadly && image.name === 'before.tif') {
          workers.crash('raster');
          return new Promise(() => undefined);
        }
        return sceneInfo({ id: `s${opens}`, fileName: image.name, ...WIDE });
      },
    });
    isDeadly = true;
    workers.crash('raster');
    await vi.waitFor(() => expect(titles(session)).toContain('The earlier image could not be opened again'));
    expect(session.comparison.before.value).toBeNull();
    await vi.waitFor(() => expect(titles(session)).toContain('Imagery reader restarted'));
    const settled = opensOf(workers);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(opensOf(workers)).toBe(settled);
  });
});

it('stops a read of a layer that was removed, without reporting a failure', async () => {
  const { session } = await opened({});
  const read = { window: { x: 0, y: 0, width: 1, height: 1 }, outWidth: 1, outHeight: 1, bands: [0] };
  const reading = session.images.readRaw('gone', { ...read, resampling: 'nearest' }, new AbortController().signal);
  await expect(reading).rejects.toMatchObject({ code: 'ABORTED' });
});

describe('WorkerHost', () => {
  const crashingHost = (onCrash = vi.fn()) => {
    let starts = 0;
    let crash = (_: NadirError) => {};
    const host = new WorkerHost<object>((tell) => {
      starts += 1;
      crash = tell;
      return { api: {}, pulse: { silentMs: 0, longestMs: 0, limitMs: 1 }, terminate: () => undefined };
    }, onCrash);
    return { host, onCrash, starts: () => starts, crash: (error: NadirError) => crash(error) };
  };

  it('stops restarting a worker after five crashes within ten minutes, and says so', () => {
    const { host, crash, starts } = crashingHost();
    for (let i = 0; i < 5; i++) {
      expect(host.api).toBeDefined();
      crash(new NadirError('WORKER_CRASHED', 'gone'));
    }
    expect(() => host.api).toThrow(/5 times within 10 minutes .*Reload the page/);
    expect(starts()).toBe(5);
  });

  it('tries again each time after its file could not be loaded', () => {
    const { host, onCrash, crash, starts } = crashingHost();
    for (let i = 0; i < 9; i++) {
      expect(host.api).toBeDefined();
      crash(new NadirError('PART_MISSING', 'no server'));
    }
    expect(starts()).toBe(9);
    expect(onCrash).not.toHaveBeenCalled();
  });
});
