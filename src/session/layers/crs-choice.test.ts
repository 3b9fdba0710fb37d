import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SceneInfo } from '../../imagery/image.ts';
import { createMemoryStore } from '../../storage/key-value-store.ts';
import { fakeWorkers, keptBySession, sceneInfo } from '../fakes.ts';
import { createSession } from '../session.ts';

const PLACED: SceneInfo['georeference'] = {
  kind: 'affine',
  geotransform: [10, 0.001, 0, 50, 0, -0.001],
  crs: null,
  crsName: null,
  proj4: null,
  units: 'unknown',
  pixelIsPoint: false,
};

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const until = (test: () => boolean | Promise<boolean>) => vi.waitFor(async () => expect(await test()).toBe(true));
const file = (name: string) => new File(['x'], name);

describe('choosing a CRS', () => {
  it('places the image, can be undone, and survives a reload', async () => {
    const storage = createMemoryStore();
    const workers = fakeWorkers({ info: { georeference: PLACED } });
    const session = createSession({ ...workers, storage });
    await session.opening.openFile(file('a.tif'));
    expect(session.ground.toLonLat(0, 0)).toBeNull();
    expect(session.layers.active.value?.info.gsdMetres).toBeNull();

    await session.crs.choose('EPSG:4326');
    expect(session.ground.toLonLat(0, 0)).toEqual([10, 50]);
    expect(session.layers.active.value?.info.georeference).toMatchObject({
      crs: 'EPSG:4326',
      chosenOver: { crs: null },
    });
    expect(session.layers.active.value?.info.gsdMetres?.y).toBeCloseTo(111.2, 0);
    session.history.undo();
    expect(session.ground.toLonLat(0, 0)).toBeNull();
    expect(session.layers.active.value?.info.georeference).toEqual({ ...PLACED, notes: [] });
    session.history.redo();
    await until(async () => JSON.stringify(await keptBySession(storage, 'session'))?.includes('EPSG:4326') === true);

    const later = createSession({ ...fakeWorkers({ info: { georeference: PLACED } }), storage });
    await until(() => later.layers.active.value !== null);
    expect(later.ground.toLonLat(0, 0)).toEqual([10, 50]);
    await later.crs.choose(null);
    expect(later.layers.active.value?.info.georeference).toEqual({ ...PLACED, notes: [] });
  });

  it('is refused for text that is no CRS, and for an image without a transform', async () => {
    const session = createSession(fakeWorkers({ info: { georeference: PLACED } }));
    await session.opening.openFile(file('a.tif'));
    await expect(session.crs.choose('nonsense')).rejects.toMatchObject({ code: 'CRS_UNSUPPORTED' });
    const bare = createSession(fakeWorkers());
    await bare.opening.openFile(file('a.png'));
    await expect(bare.crs.choose('EPSG:4326')).rejects.toThrow(/no transform/);
  });
});

describe('files dropped with an image', () => {
  const opening = () => {
    const seen: string[][] = [];
    const open = async (image: File | string, sidecars: File[] = []) => {
      const name = typeof image === 'string' ? image : image.name;
      seen.push([name, ...sidecars.map((each) => each.name)]);
      return sceneInfo({ id: `s${seen.length}`, fileName: name });
    };
    return { seen, open };
  };

  it('go to the reader with it, and again after a reload', async () => {
    const storage = createMemoryStore();
    const { seen, open } = opening();
    const session = createSession({ ...fakeWorkers({ open }), storage });
    await session.opening.openFiles([file('a.tfw'), file('a.tif'), file('notes.txt')]);
    expect(seen).toEqual([['a.tif', 'a.tfw']]);
    expect(session.notices.shown.value.map(({ title }) => title)).toEqual([
      'notes.txt was left aside',
      'a.tif was opened with a.tfw',
    ]);
    await until(async () => (await keptBySession(storage, 'session')) !== undefined);
    const later = opening();
    const reloaded = createSession({ ...fakeWorkers({ open: later.open }), storage });
    await until(() => reloaded.layers.active.value !== null);
    expect(later.seen).toEqual([['a.tif', 'a.tfw']]);
  });

  it('may come later; without their image they are named', async () => {
    const { seen, open } = opening();
    const session = createSession(fakeWorkers({ open }));
    await session.opening.openFiles([file('a.tif')]);
    await session.opening.addFiles([file('a.prj'), file('other.tfw')]);
    expect(seen).toEqual([['a.tif'], ['a.tif', 'a.prj']]);
    expect(session.layers.all.value).toHaveLength(1);
    expect(session.layers.active.value?.info.id).toBe('s2');
    expect(session.notices.shown.value.some(({ title }) => title === 'other.tfw was left aside')).toBe(true);
  });

  it('are given to no layer if two have the name', async () => {
    const { seen, open } = opening();
    const session = createSession(fakeWorkers({ open }));
    await session.opening.openFiles([file('tile.tif')]);
    await session.opening.addFiles([file('tile.tif')]);
    await session.opening.addFiles([file('tile.tfw')]);
    expect(seen).toEqual([['tile.tif'], ['tile.tif']]);
    expect(session.notices.shown.value.at(-1)).toMatchObject({
      title: 'tile.tfw was left aside',
      message: expect.stringContaining('More than one image'),
    });
  });

  it('an address is opened as it is, and again after a reload', async () => {
    const storage = createMemoryStore();
    const { seen, open } = opening();
    const session = createSession({ ...fakeWorkers({ open }), storage });
    await session.opening.openUrl(' https://imagery.test/a.tif ');
    await until(async () => (await keptBySession(storage, 'session')) !== undefined);
    const reloaded = createSession({ ...fakeWorkers({ open }), storage });
    await until(() => reloaded.layers.active.value !== null);
    expect(seen).toEqual([['https://imagery.test/a.tif'], ['https://imagery.test/a.tif']]);
  });
});
