import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NadirError } from '../../lib/errors.ts';
import { createMemoryStore, type KeyValueStore, type StoreFailure } from '../../storage/key-value-store.ts';
import { createMemoryTabs, type MemoryTab } from '../../storage/tab.ts';
import { carsResult, type FakeBehaviour, fakeWorkers, sceneInfo } from '../fakes.ts';
import type { Session } from '../port.ts';
import { createSession } from '../session.ts';

/** Tabs of one browser: each has a session of its own, and none touches another's. */

const ticks = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
/** Changes are written down a moment after they are made. */
const kept = () => ticks(400);
const file = (name: string, content = 'pixels') => new File([content], name, { lastModified: 1 });

interface Page {
  session: Session;
  tab: MemoryTab;
}

function browser(behaviour: FakeBehaviour = {}, storage: KeyValueStore = createMemoryStore()) {
  const openTab = createMemoryTabs();
  const load = async (tab: MemoryTab, change: FakeBehaviour = {}): Promise<Page> => {
    const workers = { ...fakeWorkers({ ...behaviour, ...change }), storage, tab };
    const session = createSession(workers);
    await session.model.load('wasm');
    await ticks(20);
    return { session, tab };
  };
  return {
    storage,
    open: (change?: FakeBehaviour) => load(openTab(), change),
    reload: ({ tab }: Page, change?: FakeBehaviour) => {
      tab.close();
      return load(openTab({ from: tab, reloaded: true }), change);
    },
    duplicate: ({ tab }: Page) => load(openTab({ from: tab })),
    close: async ({ tab }: Page) => tab.close(),
  };
}

async function work(page: Page, name: string, review: 'accepted' | 'rejected'): Promise<void> {
  await page.session.opening.openFile(file(name));
  await page.session.asking.ask({ task: 'find', label: 'car' });
  page.session.review.setState(page.session.review.objects.value[0]!.id, review);
  await kept();
}

const shown = ({ session }: Page) => [
  ...session.layers.all.value.map(({ name }) => name),
  ...session.asking.answers.value.map(({ text }) => text),
  ...session.review.objects.value.map(({ state }) => state),
];
const workOf = (name: string, review: string) => [name, '2 cars: car, car.', review, 'proposed'];
const noticesOf = ({ session }: Page) =>
  session.notices.shown.value.map(({ title, message }) => `${title}. ${message}`);

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('two tabs', () => {
  it('both keep their sessions, whichever is reloaded first', async () => {
    const { open, reload } = browser();
    const first = await open();
    await work(first, 'first.tif', 'accepted');
    const second = await open();
    expect(shown(second)).toEqual([]);
    await work(second, 'second.tif', 'rejected');
    // A change in the stale tab after the other one has saved.
    first.session.layers.change(first.session.layers.all.value[0]!.layerId, { opacity: 0.5 });
    await kept();
    const secondAgain = await reload(second);
    const firstAgain = await reload(first);
    expect(shown(firstAgain)).toEqual(workOf('first.tif', 'accepted'));
    expect(shown(secondAgain)).toEqual(workOf('second.tif', 'rejected'));
    expect([...noticesOf(firstAgain), ...noticesOf(secondAgain)]).toEqual([]);
  });

  it('one may close its scene, and the other loses nothing', async () => {
    const { open, reload } = browser();
    const first = await open();
    await work(first, 'first.tif', 'accepted');
    const second = await open();
    await work(second, 'second.tif', 'rejected');
    await second.session.opening.closeAll();
    await kept();
    expect(shown(await reload(first))).toEqual(workOf('first.tif', 'accepted'));
    expect(shown(await reload(second))).toEqual([]);
  });

  it('one duplicated from the other start alike and then differ', async () => {
    const { open, reload, duplicate } = browser();
    const first = await open();
    await work(first, 'first.tif', 'accepted');
    const copy = await duplicate(first);
    expect(shown(copy)).toEqual(workOf('first.tif', 'accepted'));
    copy.session.review.setState(copy.session.review.objects.value[1]!.id, 'rejected');
    await kept();
    await copy.session.opening.closeAll();
    await work(copy, 'copy.tif', 'rejected');
    expect(shown(await reload(first))).toEqual(workOf('first.tif', 'accepted'));
    expect(shown(await reload(copy))).toEqual(workOf('copy.tif', 'rejected'));
  });

  it('each keep their own earlier image and adapter', async () => {
    const { open, reload } = browser();
    const adapter = [new File(['{}'], 'adapter_config.json'), new File(['x'], 'adapter_model.safetensors')];
    const first = await open();
    await work(first, 'first.tif', 'accepted');
    await first.session.comparison.open(file('before.tif'));
    await first.session.adapter.attach(adapter);
    await kept();
    const second = await open();
    expect(second.session.adapter.current.value.info?.name).toBe('Terse');
    await work(second, 'second.tif', 'accepted');
    await second.session.adapter.detach();
    await kept();
    const firstAgain = await reload(first);
    expect(firstAgain.session.comparison.before.value?.info.fileName).toBe('before.tif');
    expect(firstAgain.session.adapter.current.value.info?.name).toBe('Terse');
    const secondAgain = await reload(second);
    expect(secondAgain.session.comparison.before.value).toBeNull();
    expect(secondAgain.session.adapter.current.value.info).toBeNull();
  });
});

describe('a new tab', () => {
  it('continues the session of a closed tab that was saved last, and offers the others', async () => {
    const { open, close } = browser();
    const pages = [await open(), await open(), await open()];
    for (const [index, page] of pages.entries()) await work(page, `${index}.tif`, 'accepted');
    await close(pages[0]!);
    await close(pages[1]!);
    const third = await open();
    expect(shown(third)).toEqual(workOf('1.tif', 'accepted'));
    const fourth = await open();
    expect(shown(fourth)).toEqual(workOf('0.tif', 'accepted'));
    const fifth = await open();
    expect(shown(fifth)).toEqual([]);
    expect(fifth.session.keeping.earlier.value).toEqual([]);
  });

  it('can continue another of them, or delete it', async () => {
    const { open, close, reload, storage } = browser();
    const pages = [await open(), await open(), await open()];
    for (const [index, page] of pages.entries()) await work(page, `${index}.tif`, 'accepted');
    for (const page of pages) await close(page);
    const page = await open();
    expect(shown(page)).toEqual(workOf('2.tif', 'accepted'));
    await expect(page.session.keeping.openEarlier(page.session.keeping.earlier.value[0]!.id)).rejects.toMatchObject({
      code: 'SESSION_IN_USE',
    });
    await page.session.opening.closeAll();
    expect(page.session.keeping.earlier.value).toMatchObject([
      { names: ['1.tif'], answers: 1, bytes: 6 },
      { names: ['0.tif'], answers: 1, bytes: 6 },
    ]);
    await page.session.keeping.openEarlier(page.session.keeping.earlier.value[1]!.id);
    await kept();
    expect(shown(page)).toEqual(workOf('0.tif', 'accepted'));
    await page.session.keeping.deleteEarlier(page.session.keeping.earlier.value[0]!.id);
    expect(page.session.keeping.earlier.value).toEqual([]);
    expect(shown(await reload(page))).toEqual(workOf('0.tif', 'accepted'));
    expect((await storage.keys('tab/')).filter((key) => key.includes('/file:'))).toHaveLength(1);
  });

  it('leaves the stored session alone if the user opens something first', async () => {
    const storage = createMemoryStore();
    const before = browser({}, storage);
    const old = await before.open();
    await work(old, 'old.tif', 'accepted');
    await before.close(old);
    const quick = createSession({ ...fakeWorkers(), storage });
    await quick.opening.openFile(file('new.tif'));
    await kept();
    expect(quick.layers.all.value.map(({ name }) => name)).toEqual(['new.tif']);
    expect(quick.keeping.earlier.value).toMatchObject([{ names: ['old.tif'], answers: 1 }]);
  });
});

describe('sessions of closed tabs', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are kept for thirty days, the latest twelve and at most a gigabyte; those of open tabs without limit', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const storage = createMemoryStore();
    const day = 24 * 3600 * 1000;
    const openTab = createMemoryTabs();
    const open = openTab();
    await open.locks?.hold('nadir session owned', 0);
    const put = async (id: string, ageDays: number, bytes = 1) => {
      const about = { savedAtMs: Date.now() - ageDays * day, names: [id], answers: 1, bytes };
      await storage.set(`tab/${id}/about`, about);
      await storage.set(`tab/${id}/file:layer`, file(id));
    };
    await put('owned', 90);
    await put('old', 31);
    await put('huge', 3, 2 ** 30);
    for (let index = 0; index < 14; index++) await put(`recent-${10 + index}`, 1 + index / 100);
    await storage.set('tab/torn/file:layer', file('torn'));
    const tab = openTab();
    // It has a session of its own, so that it takes up none of them.
    tab.remember('mine');
    createSession({ ...fakeWorkers(), storage, tab });
    await vi.advanceTimersByTimeAsync(11_000);
    const ids = new Set((await storage.keys('tab/')).map((key) => key.split('/')[1]));
    expect([...ids].sort()).toEqual(['owned', ...Array.from({ length: 12 }, (_, index) => `recent-${10 + index}`)]);
  });
});

describe('without locks', () => {
  const insecure = (tab: MemoryTab, wasReloaded = false) => ({ ...tab, locks: null, wasReloaded });

  it('a reload continues its session, a duplicate gets a copy, and a new tab starts empty', async () => {
    const storage = createMemoryStore();
    const openTab = createMemoryTabs();
    const load = async (tab: ReturnType<typeof insecure>) => {
      const session = createSession({ ...fakeWorkers(), storage, tab });
      await session.model.load('wasm');
      await ticks(20);
      return { session, tab };
    };
    const first = await load(insecure(openTab()));
    await work(first, 'first.tif', 'accepted');
    const other = await load(insecure(openTab()));
    expect(shown(other)).toEqual([]);
    expect(other.session.keeping.earlier.value).toMatchObject([{ names: ['first.tif'] }]);
    const copy = await load(insecure(openTab({ from: first.tab })));
    expect(shown(copy)).toEqual(workOf('first.tif', 'accepted'));
    await copy.session.opening.closeAll();
    const again = await load(insecure(openTab({ from: first.tab }), true));
    expect(shown(again)).toEqual(workOf('first.tif', 'accepted'));
  });
});

/** The true reason, whatever it is. */
describe('what a reload can’t restore', () => {
  /** A storage that refuses files. */
  const refusing = (failure: StoreFailure): KeyValueStore => {
    const storage = createMemoryStore();
    return { ...storage, set: async (key, value) => (value instanceof Blob ? failure : storage.set(key, value)) };
  };

  it.each<[StoreFailure, RegExp, RegExp]>([
    [
      'full',
      /won’t be there after a reload\. .*storage for this page is full\..*clear the cached overviews/,
      /was full when it was to be kept/,
    ],
    [
      'source-gone',
      /moved, changed or deleted on disk since/,
      /It was moved, changed or deleted on disk before it could be kept/,
    ],
    ['refused', /refused to store it/, /refused to store it/],
  ])('because of “%s” is reported at once, and after the reload', async (failure, atOnce, missed) => {
    const { open, reload } = browser({}, refusing(failure));
    const page = await open();
    await work(page, 'scene.tif', 'accepted');
    expect(noticesOf(page).join()).toMatch(atOnce);
    await kept();
    expect(noticesOf(page)).toHaveLength(1);
    const again = await reload(page);
    expect(again.session.layers.all.value).toEqual([]);
    expect(noticesOf(again)).toHaveLength(1);
    expect(noticesOf(again)[0]).toMatch(missed);
    expect(noticesOf(again)[0]).not.toMatch(/256 MiB/);
  });

  it('because it is too large is reported with the limit', async () => {
    const { open, reload } = browser();
    const page = await open();
    const large = file('large.tif');
    Object.defineProperty(large, 'size', { value: 257 * 2 ** 20 });
    await page.session.opening.openFile(large);
    await kept();
    expect(noticesOf(page)).toEqual([]);
    expect(noticesOf(await reload(page))[0]).toMatch(
      /^large\.tif was open\. .*up to 256 MiB together, and it is larger\./,
    );
  });

  it('because it was deleted from the storage is reported as deleted', async () => {
    const { open, reload, storage } = browser();
    const page = await open();
    await work(page, 'scene.tif', 'accepted');
    for (const key of await storage.keys('tab/')) if (key.includes('/file:')) await storage.delete(key);
    expect(noticesOf(await reload(page))[0]).toMatch(
      /It was kept, and has been deleted since: with the page’s site data/,
    );
  });

  it('is stored again if the site data were cleared while the tab was open', async () => {
    const { open, reload, storage } = browser();
    const page = await open();
    await work(page, 'scene.tif', 'accepted');
    for (const key of await storage.keys('')) await storage.delete(key);
    page.session.review.setState(page.session.review.objects.value[1]!.id, 'rejected');
    await kept();
    expect(shown(await reload(page))).toEqual(['scene.tif', '2 cars: car, car.', 'accepted', 'rejected']);
  });

  it('includes answers and reviews if not even they fit', async () => {
    const storage = createMemoryStore();
    const { open } = browser({}, { ...storage, set: async () => 'full' });
    const page = await open();
    await work(page, 'scene.tif', 'accepted');
    await kept();
    expect(noticesOf(page)).toHaveLength(2);
    expect(noticesOf(page)[1]).toMatch(/^Answers and reviews won’t be there after a reload\. .*is full/);
  });

  it('because it can’t be opened this time stays stored with its answers', async () => {
    const offline: FakeBehaviour = {
      open: async (image) => {
        if (typeof image === 'string') throw new NadirError('URL_UNREACHABLE', 'No network.');
        return sceneInfo({ fileName: (image as File).name });
      },
    };
    const { open, reload } = browser({ answer: async () => carsResult(1) });
    const page = await open();
    await page.session.opening.openUrl('https://imagery.test/a.tif');
    await page.session.asking.ask({ task: 'find', label: 'car' });
    await page.session.opening.addFiles([file('b.tif')]);
    await kept();
    const without = await reload(page, offline);
    expect(without.session.layers.all.value.map(({ name }) => name)).toEqual(['b.tif']);
    await kept();
    const back = await reload(without);
    expect(back.session.layers.all.value.map(({ name }) => name)).toEqual(['b.tif', 'https://imagery.test/a.tif']);
    back.session.layers.activate(back.session.layers.all.value[1]!.layerId);
    expect(back.session.asking.answers.value).toHaveLength(1);
  });

  it('unchanged, because the image at its address has changed, is reported', async () => {
    let version = 'one';
    const { open, reload } = browser({
      open: async (image) => sceneInfo({ fileName: image as unknown as string, version }),
    });
    const page = await open();
    await page.session.opening.openUrl('https://imagery.test/a.tif');
    await kept();
    const same = await reload(page);
    expect(noticesOf(same)).toEqual([]);
    version = 'two';
    const again = await reload(same);
    expect(noticesOf(again)[0]).toMatch(/^https:\/\/imagery\.test\/a\.tif has changed since it was last open\./);
  });

  it('at all this time is offered as an earlier session', async () => {
    const { open, reload } = browser();
    const page = await open();
    await page.session.opening.openUrl('https://imagery.test/a.tif');
    await page.session.asking.ask({ task: 'find', label: 'car' });
    await kept();
    const without = await reload(page, {
      open: async () => {
        throw new NadirError('URL_UNREACHABLE', 'No network.');
      },
    });
    expect(without.session.layers.all.value).toEqual([]);
    expect(without.session.keeping.earlier.value).toMatchObject([{ answers: 1 }]);
  });
});

describe('a session that version 0.5 stored', () => {
  /** As it lies in the browser's storage: one session for all tabs. */
  async function oldStorage(): Promise<KeyValueStore> {
    const { open, storage } = browser();
    const page = await open();
    await work(page, 'old.tif', 'accepted');
    const old = createMemoryStore();
    for (const key of await storage.keys('tab/')) {
      const name = key.replace(/^tab\/[^/]+\//, '');
      const value = await storage.get(key);
      if (name === 'about') continue;
      if (name !== 'session') await old.set(name, value);
      else {
        const record = value as { objects: object[] };
        const objects = record.objects.map((object) => ({ ...object, sightings: undefined }));
        await old.set(name, { ...record, version: 2, objects });
      }
    }
    await old.set('before', { fileName: 'before.tif', blob: file('before.tif') });
    return old;
  }

  it('is continued by the first new tab, which moves it to its own place', async () => {
    const old = await oldStorage();
    const { open, reload, storage } = browser({}, old);
    const page = await open();
    expect(shown(page)).toEqual(workOf('old.tif', 'accepted'));
    expect(page.session.comparison.before.value?.info.fileName).toBe('before.tif');
    const other = await open();
    expect(shown(other)).toEqual([]);
    await kept();
    expect((await storage.keys('')).filter((key) => !key.startsWith('tab/'))).toEqual([]);
    const again = await reload(page);
    expect(shown(again)).toEqual(workOf('old.tif', 'accepted'));
    expect(again.session.comparison.before.value?.info.fileName).toBe('before.tif');
  });

  it('stays where it is while there is no space for a copy', async () => {
    const old = await oldStorage();
    const full: KeyValueStore = {
      ...old,
      set: async (key, value) => (value instanceof Blob ? 'full' : old.set(key, value)),
    };
    const { open } = browser({}, full);
    const page = await open();
    expect(shown(page)).toEqual(workOf('old.tif', 'accepted'));
    await kept();
    expect(await old.get('session')).toBeDefined();
    expect((await old.keys('file:')).length).toBe(1);
  });
});
