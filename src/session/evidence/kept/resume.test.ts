import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NadirError } from '../../../lib/errors.ts';
import { createMemoryStore, type KeyValueStore } from '../../../storage/key-value-store.ts';
import { createMemoryTabs, type MemoryTab } from '../../../storage/tab.ts';
import type { LookRequest, LookResult, Thing } from '../../../vlm/types.ts';
import { exportedGeoJson, type FakeWorkers, fakeWorkers, LOADED } from '../../fakes.ts';
import type { Session } from '../../port.ts';
import { createSession } from '../../session.ts';
import { plan } from '../testing.ts';

/** A run that is disturbed loses no finished tile, and goes on to what an undisturbed run gives. */

/** 5 × 4 tiles of 256 px, and some too far apart to divide evenly. */
const IMAGE = { width: 1000, height: 800 };
const TILES = 20;
const ticks = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));

/** Cars in source pixels, two in five across a seam; a fixed sequence without pattern. */
const CARS = Array.from({ length: 120 }, (_, i) => {
  const at = (step: number) => (i * step * 0.618_033_988_75) % 1;
  return { x: 960 * at(1) + 20, y: 760 * at(7.3) + 20, w: 24 + 12 * at(3.1), h: 14 + 4 * at(5.7), thetaDeg: 0 };
});

/** As a detector sees them: those whose box meets the tile, cut by its edges, with scores that depend on how much is seen. */
function seenIn({ view: { window } }: LookRequest): LookResult {
  const proposals = CARS.flatMap(({ x, y, w, h }, i): Thing[] => {
    const [left, right] = [Math.max(0, x - w / 2 - window.x), Math.min(256, x + w / 2 - window.x)];
    const [top, bottom] = [Math.max(0, y - h / 2 - window.y), Math.min(256, y + h / 2 - window.y)];
    const share = Math.max(0, right - left) * Math.max(0, bottom - top) * (1 / (w * h));
    if (share < 0.3) return [];
    const box = { cx: (left + right) / 2, cy: (top + bottom) / 2, w: right - left, h: bottom - top, thetaDeg: 0 };
    return [{ label: 'car', box, score: share * (0.55 + 0.4 * ((i * 0.137) % 1)), rings: null }];
  });
  const presence = [{ label: 'trees', probability: ((window.x + 3 * window.y) % 97) / 97 }];
  return {
    masks: [],
    proposals,
    scores: { scene: [{ label: 'airport', probability: 0.1 + 0.2 }], presence },
    densities: [],
  };
}

interface Page {
  session: Session;
  workers: FakeWorkers;
  tab: MemoryTab;
  /** Tiles that this page's model looked at, failed tries included. */
  looks: LookRequest[];
}

/** One browser; `at` is called before each look with how many came before it on that page. */
function browser(storage: KeyValueStore = createMemoryStore()) {
  const openTab = createMemoryTabs();
  const load = async (tab: MemoryTab, at: (look: number, page: Page) => unknown = () => undefined): Promise<Page> => {
    const looks: LookRequest[] = [];
    const workers = fakeWorkers({
      info: IMAGE,
      load: async () => ({ ...LOADED, model: { ...LOADED.model, looks: true } }),
      look: async (request) => {
        looks.push(request);
        await ticks();
        await at(looks.length - 1, page);
        return seenIn(request);
      },
    });
    const session = createSession({ ...workers, storage, tab });
    const page: Page = { session, workers, tab, looks };
    await session.model.load('wasm');
    await ticks(20);
    return page;
  };
  return {
    open: (at?: (look: number, page: Page) => unknown) => load(openTab(), at),
    reload: ({ tab }: Page) => {
      tab.close();
      return load(openTab({ from: tab, reloaded: true }));
    },
  };
}

const openImage = ({ session }: Page) =>
  session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif', { lastModified: 1 }));
const ask = ({ session }: Page) =>
  session.asking.ask({ task: 'ask', plan: plan({ intent: 'find' }), region: 'scene', slicing: 'tiles' });
const goOn = ({ session }: Page) =>
  session.asking.runPlan(session.asking.answers.value[0]!.id, plan({ intent: 'find' }));

/** Every feature with all that it says, but for the answer's name and the time. */
async function featuresOf({ session }: Page): Promise<string[]> {
  const { features } = await exportedGeoJson(session);
  const id = session.asking.answers.value.at(-1)!.id;
  return features.map((each: { properties: Record<string, unknown> }) => {
    const { createdAt: _, ...properties } = each.properties;
    return JSON.stringify({ ...each, properties }).replaceAll(id, 'answer');
  });
}

let known: Promise<{ features: string[]; scores: unknown; text: string }> | null = null;
/** What an undisturbed run gives. */
async function undisturbed() {
  const page = await browser().open();
  await openImage(page);
  expect(await ask(page)).toMatchObject({ status: 'done', coverage: { total: TILES, answered: TILES } });
  expect(page.looks).toHaveLength(TILES);
  return givenBy(page);
}

async function givenBy(page: Page) {
  const { scores, text } = page.session.asking.answers.value.at(-1)!;
  return { features: await featuresOf(page), scores, text };
}

async function expectUndisturbed(page: Page): Promise<void> {
  known ??= undisturbed();
  const expected = await known;
  expect(expected.features.length).toBeGreaterThan(100);
  expect(await givenBy(page)).toEqual(expected);
}

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a disturbed run', () => {
  it.each([1, 7, 19])('goes on after Stop, %i tiles in', async (stopAt) => {
    const page = await browser().open((look, { session }) => {
      if (look === stopAt - 1) session.asking.stop(session.asking.running.value ?? '');
    });
    await openImage(page);
    expect(await ask(page)).toMatchObject({ status: 'stopped', coverage: { answered: stopAt } });
    expect(await goOn(page)).toMatchObject({ status: 'done', failedTiles: [] });
    expect(page.looks).toHaveLength(TILES);
    await expectUndisturbed(page);
  });

  it('goes on after a reload in mid-run, in the interrupted answer', async () => {
    const { open, reload } = browser();
    let dies: () => void = () => {};
    const dying = new Promise<void>((resolve) => {
      dies = resolve;
    });
    // A killed page does nothing more: its ninth look never ends.
    const page = await open(async (look) => {
      if (look < 8) return;
      dies();
      await new Promise(() => {});
    });
    await openImage(page);
    void ask(page);
    await dying;
    // The answer itself is stored a moment after it was asked.
    await ticks(400);
    const again = await reload(page);
    await ticks(50);
    const [answer] = again.session.asking.answers.value;
    expect(answer).toMatchObject({ status: 'stopped', progress: { done: 8, total: TILES } });
    expect(await goOn(again)).toMatchObject({ id: answer!.id, status: 'done' });
    expect(again.looks).toHaveLength(TILES - 8);
    await expectUndisturbed(again);
  });

  it('goes on when the session is gone and the file is opened and asked about again', async () => {
    const storage = createMemoryStore();
    const first = await browser(storage).open((look, { session }) => {
      if (look === 11) session.asking.stop(session.asking.running.value ?? '');
    });
    await openImage(first);
    await ask(first);
    first.tab.close();
    for (const key of await storage.keys('tab/')) await storage.delete(key);
    const later = await browser(storage).open();
    await openImage(later);
    expect(await ask(later)).toMatchObject({ status: 'done' });
    expect(later.looks).toHaveLength(TILES - 12);
    await expectUndisturbed(later);
  });

  it.each(['vlm', 'raster'] as const)('goes on by itself after the %s worker crashed', async (which) => {
    const page = await browser().open((look, { workers }) => {
      if (look === 6) workers.crash(which);
    });
    await openImage(page);
    expect(await ask(page)).toMatchObject({ status: 'done', failedTiles: [] });
    expect(new Set(page.looks.map(({ view }) => JSON.stringify(view.window))).size).toBe(TILES);
    await expectUndisturbed(page);
  });

  it('goes on by itself after the device was lost', async () => {
    const page = await browser().open((look) => {
      if (look === 6) throw new NadirError('DEVICE_LOST', 'The device was lost.');
    });
    await openImage(page);
    expect(await ask(page)).toMatchObject({ status: 'done', failedTiles: [] });
    expect(page.looks).toHaveLength(TILES + 1);
    await expectUndisturbed(page);
  });

  it('answers in full, and says what will be lost, when the storage is full', async () => {
    const memory = createMemoryStore();
    const storage: KeyValueStore = {
      ...memory,
      set: async (key, value) => {
        const held = (await memory.keys('tiles/')).filter((each) => each.includes('~')).length;
        return key.includes('~') && held >= 5 ? 'full' : memory.set(key, value);
      },
    };
    const { open, reload } = browser(storage);
    const page = await open();
    await openImage(page);
    expect(await ask(page)).toMatchObject({ status: 'done', failedTiles: [] });
    const said = page.session.notices.shown.value.filter(({ topic }) => topic === 'keep-tiles');
    expect(said).toMatchObject([{ code: 'STORAGE_FULL', kind: 'error' }]);
    await ticks(400);
    const again = await reload(page);
    await goOn(again);
    expect(again.looks).toHaveLength(TILES - 5);
    await expectUndisturbed(again);
  });

  it('looks at everything again once the image is closed, or what was kept is deleted', async () => {
    const storage = createMemoryStore();
    const page = await browser(storage).open();
    await openImage(page);
    await ask(page);
    expect((await page.session.keeping.tilesUse()).tiles).toBe(TILES);
    await page.session.keeping.clearTiles();
    expect(await storage.keys('tiles/')).toEqual([]);
    await ask(page);
    expect(page.looks).toHaveLength(2 * TILES);
    await page.session.opening.closeAll();
    expect(await storage.keys('tiles/')).toEqual([]);
  });
});
