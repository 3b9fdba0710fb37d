import { describe, expect, it } from 'vitest';
import type { PixelWindow } from '../../../geo/types.ts';
import type { NadirError } from '../../../lib/errors.ts';
import { createMemoryStore, type KeyValueStore } from '../../../storage/key-value-store.ts';
import type { TileEvidence } from '../tile-evidence.ts';
import type { ViewOf } from '../view-of.ts';
import { KeptTiles } from './kept-tiles.ts';

const windowAt = (x: number): PixelWindow => ({ x, y: 0, width: 256, height: 256 });
const view = (change: Partial<ViewOf> = {}): ViewOf => ({
  scene: { layerId: 'l1', stretch: { method: 'none', low: 0, high: 100, ranges: [{ min: 0, max: 255 }] } as never },
  bands: [{ name: 'red', source: 0 }],
  gsdMetres: 0.3,
  model: { hash: 'm1' },
  adapter: null,
  ...change,
});
/** Takes 2,400 bytes by the estimate. */
const tileAt = (x: number, score = 0.1 + 0.2): TileEvidence => ({
  window: windowAt(x),
  blank: null,
  validShare: 1,
  detections: [
    {
      id: `${x}`,
      label: 'car',
      box: { cx: x + 1 / 3, cy: 5, w: 4, h: 2, thetaDeg: 12.5 },
      score,
      rings: null,
      tile: windowAt(x),
    },
  ],
  outlined: new Set(['car']),
  scores: {},
  densities: [],
});

function kept(storage: KeyValueStore, limitBytes = 1e6, fingerprint: string | null = 'image') {
  const full: NadirError[] = [];
  const tiles = new KeptTiles(storage, {
    fingerprintOf: async () => fingerprint,
    onFull: (error) => full.push(error),
    limitBytes,
  });
  return { tiles, full };
}

async function readAll(tiles: KeptTiles, of: ViewOf, xs: number[]): Promise<TileEvidence[]> {
  const place = await tiles.placeOf(of);
  const found: TileEvidence[] = [];
  if (place !== null) for await (const each of tiles.read(place, xs.map(windowAt))) found.push(each);
  return found;
}

async function keepAll(tiles: KeptTiles, of: ViewOf, xs: number[]): Promise<void> {
  const place = await tiles.placeOf(of);
  for (const x of xs) await tiles.keep(place!, tileAt(x));
}

describe('kept tiles', () => {
  it('come back to the last bit on another page, those asked for and no others', async () => {
    const storage = createMemoryStore();
    const xs = Array.from({ length: 450 }, (_, i) => 256 * i);
    await keepAll(kept(storage, 1e9).tiles, view(), xs);
    const later = kept(storage, 1e9).tiles;
    expect(await readAll(later, view(), xs)).toEqual(xs.map((x) => tileAt(x)));
    expect(await readAll(later, view(), [256, 7])).toEqual([tileAt(256)]);
  });

  it.each<[string, Partial<ViewOf>]>([
    ['bands', { bands: [{ name: 'red', source: 1 }] }],
    ['stretch', { scene: { layerId: 'l1', stretch: { ranges: [{ min: 0, max: 254 }] } as never } }],
    ['gamma', { scene: { layerId: 'l1', stretch: { ranges: [{ min: 0, max: 255 }], gamma: 2 } as never } }],
    ['scale', { gsdMetres: 0.5 }],
    ['model', { model: { hash: 'm2' } }],
    ['adapter', { adapter: { hash: 'a1' } }],
    ['taught class', { taught: 'pool' }],
  ])('are not used for another view: %s', async (_, change) => {
    const storage = createMemoryStore();
    await keepAll(kept(storage).tiles, view(), [0]);
    expect(await readAll(kept(storage).tiles, view(change), [0])).toEqual([]);
    expect(await readAll(kept(storage).tiles, view(), [0])).toHaveLength(1);
  });

  it('go by the image’s content, not by its layer, and nothing is kept of an image without a name', async () => {
    const storage = createMemoryStore();
    await keepAll(kept(storage).tiles, view(), [0]);
    const elsewhere = view({ scene: { ...view().scene, layerId: 'l2' } });
    expect(await readAll(kept(storage).tiles, elsewhere, [0])).toHaveLength(1);
    expect(await readAll(kept(storage, 1e6, 'other image').tiles, view(), [0])).toEqual([]);
    expect(await kept(storage, 1e6, null).tiles.placeOf(view())).toBeNull();
  });

  it('hold one entry a window', async () => {
    const storage = createMemoryStore();
    const { tiles } = kept(storage);
    const place = (await tiles.placeOf(view()))!;
    await tiles.keep(place, { ...tileAt(0), detections: [] });
    await tiles.keep(place, tileAt(0));
    expect(await tiles.use()).toEqual({ bytes: 2400, tiles: 1, limitBytes: 1e6 });
    expect(await readAll(kept(storage).tiles, view(), [0])).toEqual([tileAt(0)]);
  });

  it('make room by dropping the view used longest ago, and say so once when there is none left to drop', async () => {
    const storage = createMemoryStore();
    const { tiles, full } = kept(storage, 10_000);
    await keepAll(tiles, view({ gsdMetres: 1 }), [0, 256]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await keepAll(tiles, view({ gsdMetres: 2 }), [0]);
    await keepAll(tiles, view({ gsdMetres: 3 }), [0, 256]);
    expect(await readAll(tiles, view({ gsdMetres: 1 }), [0, 256])).toEqual([]);
    expect(await readAll(tiles, view({ gsdMetres: 2 }), [0])).toHaveLength(1);
    await keepAll(tiles, view({ gsdMetres: 3 }), [512, 768, 1024, 1280]);
    expect(await readAll(tiles, view({ gsdMetres: 2 }), [0])).toEqual([]);
    expect(await readAll(tiles, view({ gsdMetres: 3 }), [0, 256, 512, 768, 1024])).toHaveLength(4);
    expect(full.map(({ code }) => code)).toEqual(['STORAGE_FULL']);
    expect(full[0]!.message).toMatch(/^0 MiB are set aside .* This answer lacks nothing\.$/);
    expect((await tiles.use()).bytes).toBeLessThanOrEqual(10_000);
  });

  it('make room, too, when the browser itself has none, and say what to do when that is not enough', async () => {
    const memory = createMemoryStore();
    let room = 3;
    const storage: KeyValueStore = {
      ...memory,
      set: async (key, value) => {
        const held = (await memory.keys('tiles/')).filter((each) => each.includes('~')).length;
        return key.includes('~') && held >= room ? 'full' : memory.set(key, value);
      },
    };
    const { tiles, full } = kept(storage);
    await keepAll(tiles, view({ gsdMetres: 1 }), [0, 256]);
    await keepAll(tiles, view({ gsdMetres: 2 }), [0, 256]);
    expect(await readAll(tiles, view({ gsdMetres: 2 }), [0, 256])).toHaveLength(2);
    expect(full).toEqual([]);
    room = 2;
    await keepAll(tiles, view({ gsdMetres: 2 }), [512]);
    expect(full.map(({ code }) => code)).toEqual(['STORAGE_FULL']);
    expect(full[0]!.message).toMatch(/storage for this page is full\. Delete earlier sessions/);
  });

  it('are deleted after a month without use, with their image, and all at once', async () => {
    const storage = createMemoryStore();
    await keepAll(kept(storage).tiles, view({ gsdMetres: 1 }), [0]);
    const [header] = (await storage.keys('tiles/')).filter((key) => !key.includes('~'));
    await storage.set(header!, Date.now() - 31 * 24 * 3600 * 1000);
    await keepAll(kept(storage).tiles, view({ gsdMetres: 2 }), [0]);
    expect((await kept(storage).tiles.use()).tiles).toBe(1);
    await keepAll(kept(storage, 1e6, 'other image').tiles, view(), [0]);
    await kept(storage).tiles.forget(['l1']);
    expect((await kept(storage).tiles.use()).tiles).toBe(1);
    await kept(storage).tiles.clear();
    expect(await storage.keys('tiles/')).toEqual([]);
  });
});
