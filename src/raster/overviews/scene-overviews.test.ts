import { describe, expect, it } from 'vitest';
import type { OverviewStatus } from '../../imagery/overviews.ts';
import { ByteLru } from '../cache/lru.ts';
import { overviewsOf } from '../read/pyramid.ts';
import { readPlanes } from '../read/window.ts';
import type { RasterLevel, RasterScene } from '../scene.ts';
import { OverviewDisk } from './disk.ts';
import { FakeFolder } from './fake-disk.ts';

const WIDTH = 3000;
const HEIGHT = 2600;

/** Row / 10 + column / 100 everywhere but in a corner of nodata. Counts the rows that are read, and can break off. */
function makeScene(
  disk: OverviewDisk | null,
  options: { print?: string; failAtRow?: number; cacheBytes?: number } = {},
) {
  let rowsRead = 0;
  const level: RasterLevel = {
    width: WIDTH,
    height: HEIGHT,
    factorX: 1,
    factorY: 1,
    blockCols: WIDTH,
    blockRows: 10,
    only: null,
    async read(x, y, width, height, bands, signal) {
      signal?.throwIfAborted();
      rowsRead += height;
      if (options.failAtRow !== undefined && y + height > options.failAtRow) throw new Error('the page was closed');
      return bands.map((band) => {
        const plane = new Float32Array(width * height);
        for (let at = 0, row = y; row < y + height; row++) {
          for (let col = x; col < x + width; col++, at++) {
            plane[at] = row < 100 && col < 100 ? Number.NaN : Math.floor(row / 10 + col / 100) + band;
          }
        }
        return plane;
      });
    },
  };
  const cache = new ByteLru<Float32Array>(options.cacheBytes ?? 2 ** 26);
  const scene = {
    width: WIDTH,
    height: HEIGHT,
    sampleType: 'uint16',
    defaultBands: { red: 0, green: 0, blue: 0, nir: null },
    bands: [0, 1].map((index) => ({ index, name: `Band ${index + 1}`, role: 'unknown' })),
    levels: [level],
    home: { cache, keyPrefix: 's1', disk, fingerprint: async () => options.print ?? 'abc' },
  } as unknown as RasterScene;
  const states: OverviewStatus[] = [];
  overviewsOf(scene).subscribe((status) => states.push(status));
  return { scene, states, cache, rowsRead: () => rowsRead };
}

const WHOLE = {
  window: { x: 0, y: 0, width: WIDTH, height: HEIGHT },
  outWidth: 300,
  outHeight: 260,
  resampling: 'area',
} as const;

describe('overviews on disk', () => {
  it('are built once, with progress, and used again when the scene is reopened', async () => {
    const folder = new FakeFolder();
    const disk = new OverviewDisk(folder, async () => 2 ** 32);
    const first = makeScene(disk);
    const [built] = await readPlanes(first.scene, WHOLE, [0], null);
    expect(first.rowsRead()).toBe(HEIGHT);
    expect(first.states.at(-1)).toMatchObject({ state: 'ready', fraction: 1, storage: 'disk', note: null });
    expect(first.states.map(({ fraction }) => fraction)).toEqual(first.states.map(({ fraction }) => fraction).sort());
    overviewsOf(first.scene).close();

    const second = makeScene(disk);
    const [again] = await readPlanes(second.scene, WHOLE, [0], null);
    expect(second.rowsRead()).toBe(0);
    expect(again).toEqual(built);
    // Output pixel (100, 130) covers rows 1300–1309 (130) and columns 1000–1009 (10): 140 within rounding.
    expect(Math.abs(again![130 * 300 + 100]! - 140)).toBeLessThanOrEqual(1);
    expect(again![5 * 300 + 5]).toBeNaN();
    expect(again![5 * 300 + 15]).not.toBeNaN();
  });

  it('resume where a page that died had stopped', async () => {
    const disk = new OverviewDisk(new FakeFolder(), async () => 2 ** 32);
    const dying = makeScene(disk, { failAtRow: 2000 });
    await expect(readPlanes(dying.scene, WHOLE, [0], null)).rejects.toThrow('the page was closed');
    expect(dying.states.at(-1)!.state).toBe('failed');
    overviewsOf(dying.scene).close();

    const next = makeScene(disk);
    const resumed = await readPlanes(next.scene, WHOLE, [0], null);
    expect(next.rowsRead()).toBeLessThan(HEIGHT - 1700);
    expect(next.states[0]!.fraction).toBeGreaterThan(0.5);
    const whole = await readPlanes(makeScene(null).scene, WHOLE, [0], null);
    expect(resumed[0]).toEqual(whole[0]);
  });

  it('of other content are not used for this one', async () => {
    const disk = new OverviewDisk(new FakeFolder(), async () => 2 ** 32);
    const first = makeScene(disk);
    await readPlanes(first.scene, WHOLE, [0], null);
    overviewsOf(first.scene).close();
    const other = makeScene(disk, { print: 'def' });
    await readPlanes(other.scene, WHOLE, [0], null);
    expect(other.rowsRead()).toBe(HEIGHT);
  });

  it('can be stopped and started again', async () => {
    const disk = new OverviewDisk(new FakeFolder(), async () => 2 ** 32);
    const { scene, states, rowsRead } = makeScene(disk);
    const overviews = overviewsOf(scene);
    overviews.start();
    await new Promise((resolve) => setTimeout(resolve, 0));
    overviews.stop();
    expect(states.at(-1)!.state).toBe('stopped');
    const before = rowsRead();
    // A view still gets a picture, from what can be read at once.
    const [plane] = await readPlanes(scene, WHOLE, [0], null, true);
    expect(plane![130 * 300 + 100]).toBeGreaterThan(100);
    expect(scene.levels).toHaveLength(1);
    expect(rowsRead() - before).toBeLessThan(HEIGHT);
    overviews.start();
    await overviews.build([0]);
    expect(scene.levels.length).toBeGreaterThan(1);
    expect(states.at(-1)!.state).toBe('ready');
  });

  it('give way to newer ones beyond the limit, and can be cleared', async () => {
    const folder = new FakeFolder();
    let now = 1_000_000;
    folder.now = () => now++;
    // A quarter of 24 MB holds one set of about 4.2 MB.
    const disk = new OverviewDisk(folder, async () => 24e6);
    for (const print of ['one', 'two']) {
      const { scene } = makeScene(disk, { print });
      await readPlanes(scene, WHOLE, [0], null);
      overviewsOf(scene).close();
    }
    expect([...folder.files.keys()]).toEqual(['two-0.overviews']);
    const { bytes, count } = await disk.use();
    expect([bytes, count]).toEqual([folder.heldBytes, 1]);
    expect(await disk.clear()).toBe(bytes);
    expect(folder.files.size).toBe(0);
  });
});

describe('two tabs', () => {
  /** Each tab has its own worker, and therefore its own disk object over the shared folder. */
  const tab = (folder: FakeFolder, quota = 2 ** 32) => new OverviewDisk(folder, async () => quota);

  it('keep each other’s overviews when one clears or needs room', async () => {
    const folder = new FakeFolder();
    const first = makeScene(tab(folder), { print: 'first' });
    const [built] = await readPlanes(first.scene, WHOLE, [0], null);
    expect(await tab(folder).clear()).toBe(0);
    // Room for only one set: the second tab does without overviews.
    const second = makeScene(tab(folder, 4 * 1.5 * folder.heldBytes), { print: 'second' });
    await readPlanes(second.scene, WHOLE, [0], null);
    expect(second.states.at(-1)).toMatchObject({ state: 'ready', storage: 'memory' });
    const [again] = await readPlanes(first.scene, WHOLE, [0], null);
    expect(again).toEqual(built);
    expect(first.rowsRead()).toBe(HEIGHT);
  });

  it('build overviews even if the other removed the new file before it was locked', async () => {
    const folder = new FakeFolder();
    const { getFileHandle } = folder;
    let removed = false;
    folder.getFileHandle = async (name, options) => {
      const file = await getFileHandle.call(folder, name, options);
      if (options?.create && !removed) {
        removed = true;
        await folder.removeEntry(name);
      }
      return file;
    };
    const { scene, states } = makeScene(tab(folder));
    await readPlanes(scene, WHOLE, [0], null);
    expect(states.at(-1)).toMatchObject({ state: 'ready', storage: 'disk' });
  });
});

describe('without a disk', () => {
  it('overviews are kept in memory, with a note, and counted', async () => {
    const { scene, states, cache } = makeScene(null);
    await readPlanes(scene, WHOLE, [0], null);
    expect(states.at(-1)).toMatchObject({ state: 'ready', storage: 'memory' });
    expect(states.at(-1)!.note).toMatch(/no private files.*memory/);
    expect(cache.heldBytes).toBeGreaterThan(1e6);
    cache.deletePrefix('s1/');
    expect(cache.heldBytes).toBe(0);
  });

  it.each([
    ['a full limit', 4e6, Number.POSITIVE_INFINITY],
    ['a spent quota', 1e9, 1e6],
  ])('%s does the same', async (_, quota, folderQuota) => {
    const folder = new FakeFolder();
    folder.quotaBytes = folderQuota;
    const { scene, states } = makeScene(new OverviewDisk(folder, async () => quota));
    await readPlanes(scene, WHOLE, [0], null);
    expect(states.at(-1)).toMatchObject({ state: 'ready', storage: 'memory' });
    expect(states.at(-1)!.note).toMatch(/can't be kept on this device.*kept in memory/);
    expect(folder.files.size).toBe(0);
  });

  it('and without memory, the failure says so', async () => {
    const { scene, states } = makeScene(null, { cacheBytes: 1e6 });
    await expect(readPlanes(scene, WHOLE, [0], null)).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
    expect(states.at(-1)).toMatchObject({ state: 'failed' });
  });
});
