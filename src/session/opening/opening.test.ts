import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SceneInfo } from '../../imagery/image.ts';
import { type FakeBehaviour, type FakeWorkers, fakeWorkers, sceneInfo } from '../fakes.ts';
import type { Session } from '../port.ts';
import { createSession } from '../session.ts';

/** Openings that take long are shown as they go, and can be given up. */

const ADDRESS = 'https://imagery.test/large.tif';
const file = (name: string) => new File([new Uint8Array(4)], name);
const ticks = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
const given = (image: File | string) => (typeof image === 'string' ? image : image.name);

/** A reader that opens `slow` only when the test says so, and everything else at once. */
function reader(slow: string) {
  let finish: (info: SceneInfo) => void = () => undefined;
  let hear: (bytes: number) => void = () => undefined;
  let stopping: AbortSignal | null = null;
  const open: FakeBehaviour['open'] = (image, _sidecars, signal, onBytes) => {
    const fileName = given(image);
    if (fileName !== slow) return Promise.resolve(sceneInfo({ id: fileName, fileName }));
    hear = onBytes ?? hear;
    stopping = signal;
    return new Promise((resolve) => {
      finish = resolve;
    });
  };
  return {
    open,
    hear: (bytes: number) => hear(bytes),
    finish: () => finish(sceneInfo({ id: slow, fileName: slow })),
    isStopped: () => stopping?.aborted ?? false,
  };
}

async function started(behaviour: FakeBehaviour): Promise<{ session: Session; workers: FakeWorkers }> {
  const workers = fakeWorkers(behaviour);
  const session = createSession(workers);
  await session.opening.openFile(file('here.tif'));
  return { session, workers };
}

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('an address', () => {
  it('reports the bytes received while it is being opened, and no longer', async () => {
    const { open, hear, finish } = reader(ADDRESS);
    const { session } = await started({ open });
    const opening = session.opening.openUrl(ADDRESS);
    await ticks();
    expect(session.opening.bytes.value).toBeNull();
    hear(65_536);
    expect(session.opening.bytes.value).toBe(65_536);
    finish();
    await opening;
    hear(131_072);
    expect([session.opening.name.value, session.opening.bytes.value]).toEqual([null, null]);
  });

  it('is cancelled at once without a notice; what was open stays, and the late image is closed', async () => {
    const { open, finish, isStopped } = reader(ADDRESS);
    const { session, workers } = await started({ open });
    const opening = expect(session.opening.openUrl(ADDRESS)).rejects.toMatchObject({ code: 'ABORTED' });
    await ticks();
    expect(session.opening.name.value).toBe(ADDRESS);
    session.opening.cancel();
    await opening;
    expect(isStopped()).toBe(true);
    expect([session.opening.name.value, session.layers.active.value?.name, session.notices.shown.value]).toEqual([
      null,
      'here.tif',
      [],
    ]);
    expect(workers.calls).not.toContain('raster.close');
    finish();
    await ticks();
    expect(workers.calls.filter((call) => call === 'raster.close')).toHaveLength(1);
  });

  it('can be cancelled while its stretch is computed, and is closed', async () => {
    const { session, workers } = await started({});
    const never = fakeWorkers({ stretch: () => new Promise(() => undefined) });
    const measuring = createSession(never);
    const opening = expect(measuring.opening.openUrl(ADDRESS)).rejects.toMatchObject({ code: 'ABORTED' });
    await vi.waitFor(() => expect(never.calls).toContain('raster.computeStretch'));
    measuring.opening.cancel();
    await opening;
    expect(never.calls.at(-1)).toBe('raster.close');
    expect(measuring.layers.all.value).toEqual([]);
    session.opening.cancel();
    expect([session.layers.all.value.length, workers.calls.includes('raster.close')]).toEqual([1, false]);
  });
});

describe('several files', () => {
  it('are cancelled together, whichever is being opened', async () => {
    for (const slow of ['b.tif', 'a.tif']) {
      const { open } = reader(slow);
      const { session } = await started({ open });
      const opening = session.opening.openFiles([file('a.tif'), file('b.tif'), file('c.tif')]);
      await vi.waitFor(() => expect(session.opening.name.value).toBe(slow));
      session.opening.cancel();
      expect((await opening).map(({ name }) => name)).toEqual(slow === 'a.tif' ? [] : ['a.tif']);
      expect(session.layers.active.value?.name).toBe(slow === 'a.tif' ? 'here.tif' : 'a.tif');
    }
  });
});

describe('a restored session', () => {
  it('gets default bands and stretch if the file has other bands now', async () => {
    const workers = fakeWorkers();
    const first = createSession(workers);
    await first.opening.openFile(file('a.png'));
    expect(first.layers.active.value?.bands.blue).toBe(2);
    await ticks(450);
    const grey = [{ index: 0, name: 'grey', role: 'grey' as const }];
    const defaultBands = { red: 0, green: 0, blue: 0, nir: null };
    const later = fakeWorkers({ info: { bands: grey, defaultBands } });
    const again = createSession({ ...later, storage: workers.storage });
    await vi.waitFor(() => expect(again.layers.active.value?.bands).toEqual(defaultBands));
    expect(later.calls).toContain('raster.computeStretch');
  });

  it('leaves out a layer whose opening the user cancels, and says so', async () => {
    const workers = fakeWorkers();
    const first = createSession(workers);
    await first.opening.addFiles([file('b.tif'), file('a.tif')]);
    await ticks(450);
    const { open } = reader('b.tif');
    const again = createSession({ ...fakeWorkers({ open }), storage: workers.storage });
    await vi.waitFor(() => expect(again.opening.name.value).toBe('b.tif'));
    again.opening.cancel();
    await vi.waitFor(() => expect(again.layers.all.value.map(({ name }) => name)).toEqual(['a.tif']));
    expect(again.notices.shown.value.map(({ title }) => title)).toEqual(['b.tif was left out']);
  });
});
