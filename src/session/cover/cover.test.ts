import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { classesOf, NO_CLASS } from '../../cover/cover-raster.ts';
import { createMemoryStore } from '../../storage/key-value-store.ts';
import { opened, plan, seenIn, WIDE } from '../evidence/testing.ts';
import { fakeWorkers, LOADED } from '../fakes.ts';
import type { Session } from '../port.ts';
import { createSession } from '../session.ts';

/** The land cover of a scene whose left 220 columns are water and whose rest is trees, from a question to a reload. */

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const shareOf = (session: Session, label: string) => {
  const { raster, classes } = session.cover.layer.value!;
  const k = classes.findIndex((each) => each.label === label);
  const all = classesOf(raster);
  return all.filter((each) => each === k).length / all.length;
};

/** In tiles, as a scene of a known scale is. */
const mapped = (session: Session) => session.asking.ask({ task: 'cover', region: 'scene', slicing: 'tiles' });

describe('mapping land cover', () => {
  it('makes one raster of overlapping tiles, and shows it', async () => {
    const { session, looks } = await opened();
    expect(session.cover.isOffered.value).toBe(true);
    expect(session.cover.layer.value).toBeNull();
    const answer = await mapped(session);
    expect(answer).toMatchObject({
      status: 'done',
      coverage: { total: 2, answered: 2 },
      plan: { subjects: ['land cover'] },
    });
    expect(answer.text).toMatch(/^Land cover: trees 51 % \(58,400 px²\) and water 49 % \(56,300 px²\)\./);
    expect(looks).toHaveLength(2);
    const layer = session.cover.layer.value!;
    expect(layer.raster).toMatchObject({ x: 0, y: 0, cellWidth: 4, cols: 112, rows: 64 });
    expect(layer.shown).toEqual({ visible: true, opacity: 0.6, hidden: [] });
    expect(shareOf(session, 'water')).toBe(55 / 112);
    expect(session.cover.at(10, 10)).toEqual({ label: 'water', probability: 1 });
    expect(session.cover.at(300, 10)?.label).toBe('trees');
    expect(session.cover.at(-1, 10)).toBeNull();
  });

  it('is the same by the task and by words, and looks at nothing twice', async () => {
    const { session, looks } = await opened();
    await session.asking.ask({ task: 'count', label: 'car', region: 'scene', slicing: 'tiles' });
    expect(looks).toHaveLength(2);
    const { text, plan: by } = await mapped(session);
    expect(by).toMatchObject({ intent: 'find', subjects: ['land cover'] });
    expect(text).toMatch(/^Land cover: /);
    expect(looks).toHaveLength(2);
  });

  it('leaves out what has no valid pixels', async () => {
    const { session } = await opened({
      // The right part of each tile is nodata.
      read: (_, { outWidth, outHeight }) => {
        const valid = Uint8Array.from({ length: outWidth * outHeight }, (_, i) => Number(i % outWidth < 128));
        return { valid, validFraction: 0.5 };
      },
    });
    await mapped(session);
    const { raster } = session.cover.layer.value!;
    const first = [...classesOf(raster).subarray(0, raster.cols)];
    // Tiles at 0 and 192: columns 0–127 and 192–319 have values.
    expect(first.slice(0, 32).every((k) => k === 0)).toBe(true);
    expect(first.slice(32, 48).every((k) => k === NO_CLASS)).toBe(true);
    expect(first.slice(48, 80).every((k) => k !== NO_CLASS)).toBe(true);
    expect(first.slice(80).every((k) => k === NO_CLASS)).toBe(true);
  });

  it('answers how much, where and in which half, and says so', async () => {
    const { session, ask } = await opened();
    const much = await ask({ intent: 'measure', subjects: ['water'], quantity: 'share' });
    expect(much.text).toMatch(
      /^Water covers 49 % of the ground \(25 to 98 % by the map's usual errors\): 56,300 px² of 115,000 px²\./,
    );
    expect(much.text).toMatch(/By land cover in cells of 4 px, with an IoU of 0.5 on held-out images\./);
    // A number alone shows nothing that wasn't shown.
    expect(session.cover.layer.value?.shown.visible).toBe(false);
    const left = await ask({ intent: 'measure', subjects: ['water'], quantity: 'share', where: 'left half' });
    expect(left.text).toMatch(/^Water covers 98 % of the ground in the left half/);
    const where = await ask({ intent: 'find', subjects: ['water'] });
    expect(where.text).toMatch(/^The map shows: water, 49 % of the ground/);
    expect(session.cover.layer.value?.shown).toMatchObject({ visible: true, hidden: ['trees', 'roads and pavement'] });
    expect((await ask({ intent: 'find', subjects: ['tree'] })).text).toMatch(/^The map shows: trees/);
    expect((await ask({ intent: 'count', subjects: ['tree'] })).text).toMatch(/^There are about/);
  });

  it('keeps a map of the whole scene where a part is asked about', async () => {
    const { session } = await opened();
    await mapped(session);
    const whole = session.cover.layer.value!.raster;
    await session.asking.ask({
      task: 'ask',
      plan: plan({ intent: 'find', subjects: ['water'] }),
      region: { x: 8, y: 8, width: 256, height: 240 },
    });
    expect(session.cover.layer.value!.raster).toBe(whole);
    expect(session.cover.layer.value!.shown.hidden).toContain('trees');
  });

  it('says which tiles failed, and maps them when they are tried again', async () => {
    let fails = true;
    const { session } = await opened({
      look: async (request) => {
        if (fails && request.view.window.x > 0) throw new Error('No luck.');
        return seenIn(request);
      },
    });
    const answer = await mapped(session);
    expect(answer.failedTiles).toHaveLength(1);
    expect(session.cover.layer.value!.coverage).toMatchObject({ total: 2, answered: 1, failed: 1 });
    fails = false;
    await session.asking.retryFailed(answer.id);
    expect(session.cover.layer.value!.coverage).toMatchObject({ answered: 2, failed: 0 });
    expect(shareOf(session, 'water')).toBe(55 / 112);
  });

  it('is stopped as any question, with what is known by then', async () => {
    const { session } = await opened({
      look: async (request, signal) => {
        if (request.view.window.x === 0) return seenIn(request);
        session.asking.stop(session.asking.running.value!);
        await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));
        throw new Error('unreachable');
      },
    });
    const answer = await mapped(session);
    expect(answer).toMatchObject({ status: 'stopped', coverage: { total: 2, answered: 1 } });
    expect(session.cover.at(10, 10)?.label).toBe('water');
    expect(session.cover.at(440, 10)).toBeNull();
  });

  it('is judged at the scales that it was learned at', async () => {
    const at = async (gsd: number) => {
      const { ask } = await opened({ info: { ...WIDE, gsdMetres: { x: gsd, y: gsd } } });
      return (await ask({ intent: 'measure', subjects: ['water'], quantity: 'share' })).text;
    };
    expect(await at(0.5)).not.toMatch(/made for/);
    // Boxes are known up to 1 m, land cover up to 10 m.
    expect(await at(8)).toMatch(/^Water covers 49 %/);
    expect(await at(20)).toMatch(/A pixel covers 20 m, and Test is made for 0\.3 to 10 m: this is uncertain\.$/);
    expect(await at(60)).toBe(
      "Whether there is water can't be judged at this scale: a pixel covers 60 m, and Test is made for 0.3 to 10 m.",
    );
  });

  it('isn’t offered by a model without it, and its words mean what they did', async () => {
    const { cover: _, ...model } = LOADED.model;
    const { session, ask } = await opened({
      load: async () => ({
        ...LOADED,
        model: { ...model, tasks: model.tasks.filter((task) => task !== 'cover'), looks: true },
      }),
      look: async (request) => {
        const { cover: _, ...seen } = seenIn(request);
        return seen;
      },
    });
    expect(session.cover.isOffered.value).toBe(false);
    await expect(session.asking.ask({ task: 'cover', region: 'scene' })).rejects.toMatchObject({
      code: 'MODEL_LACKS_TASK',
    });
    expect((await ask({ intent: 'measure', subjects: ['land cover'], quantity: 'share' })).text).toMatch(
      /^I have no class for land cover/,
    );
    expect((await ask({ intent: 'count', subjects: ['pavement'] })).text).toMatch(
      /^I can only tell whether there is pavement/,
    );
    expect(session.cover.layer.value).toBeNull();
    expect(() => session.cover.remove()).toThrow(/No land cover is mapped/);
  });
});

describe('a mapped land cover', () => {
  it('is measured in the whole and in a marked region', async () => {
    const { session } = await opened();
    await mapped(session);
    const all = await session.cover.areas({ by: 'all' });
    expect(all?.rows.map(({ label, amount, confidence }) => [label, amount.value, confidence])).toEqual([
      ['trees', 228 * 256, 1],
      ['water', 220 * 256, 1],
      ['roads and pavement', 0, null],
    ]);
    session.layers.region.value = { x: 200, y: 10, width: 100, height: 10 };
    const marked = await session.cover.areas({ by: 'marked' });
    expect(marked?.rows.map(({ label, amount }) => [label, amount.value]).slice(0, 2)).toEqual([
      ['trees', 800],
      ['water', 200],
    ]);
    expect(marked?.whole).toEqual({ value: 1000, unit: 'px2' });
    session.layers.region.value = null;
    expect(await session.cover.areas({ by: 'marked' })).toBeNull();
  });

  it('is measured in the polygons of a vector layer, by the legend and by words', async () => {
    const georeference = {
      kind: 'affine' as const,
      geotransform: [10, 1e-5, 0, 50, 0, -1e-5] as const,
      crs: 'EPSG:4326',
      crsName: 'WGS 84',
      proj4: '+proj=longlat +datum=WGS84',
      units: 'degree' as const,
      pixelIsPoint: false,
    };
    const { session } = await opened({
      info: { ...WIDE, georeference },
      readQuestion: async () => ({
        ...plan({ intent: 'measure', subjects: ['water'], quantity: 'share' }),
        alternatives: [],
      }),
    });
    await mapped(session);
    const square = (x: number, y: number) => [
      [10 + x * 1e-5, 50 - y * 1e-5],
      [10 + (x + 40) * 1e-5, 50 - y * 1e-5],
      [10 + (x + 40) * 1e-5, 50 - (y + 20) * 1e-5],
      [10 + x * 1e-5, 50 - (y + 20) * 1e-5],
      [10 + x * 1e-5, 50 - y * 1e-5],
    ];
    const add = (name: string, ...polygons: number[][][]) =>
      session.opening.addFiles([
        new File([JSON.stringify({ type: 'MultiPolygon', coordinates: polygons.map((ring) => [ring]) })], name),
      ]);
    // One is water, of the other one a half.
    await add('Parcels, south.geojson', square(40, 200), square(200, 200));
    const [overlay] = session.vectors.overlays.value;
    const areas = await session.cover.areas({ by: 'vectors', id: overlay!.layer.id });
    expect(areas?.rows.map(({ label, share }) => [label, Number(share.toFixed(6))]).slice(0, 2)).toEqual([
      ['water', 0.75],
      ['trees', 0.25],
    ]);
    const answer = await session.asking.ask({ task: 'ask', text: 'How much of parcels south is water?' });
    expect(answer.plan?.where).toBe('layer:parcels south');
    expect(answer.text).toMatch(/^Water covers 7[5-7] % of the ground in the polygons of parcels south \(/);
    await add('twice.geojson', square(40, 20), square(60, 20));
    const twice = session.vectors.overlays.value.find(({ layer }) => layer.name === 'twice.geojson')!.layer.id;
    await expect(session.cover.areas({ by: 'vectors', id: twice })).rejects.toMatchObject({ code: 'VECTOR_INVALID' });
    const none = { ...plan({ intent: 'measure', subjects: ['water'], quantity: 'share', where: 'layer:roads' }) };
    expect((await session.asking.ask({ task: 'ask', plan: none, region: 'scene' })).text).toMatch(
      /^There is no vector layer “roads”/,
    );
  });

  it('is shown, hidden and removed in steps that can be undone', async () => {
    const { session } = await opened();
    await mapped(session);
    const { cover, history } = session;
    cover.look({ opacity: 0.3 });
    cover.look({ hidden: ['water'] });
    expect(history.canUndo.value?.label).toBe('land cover of scene.tif');
    history.undo();
    expect(cover.layer.value?.shown).toMatchObject({ opacity: 0.3, hidden: [] });
    cover.remove();
    expect(cover.layer.value).toBeNull();
    history.undo();
    expect(cover.layer.value?.shown.opacity).toBe(0.3);
  });

  it('is saved alone, and with the answers that are about it', async () => {
    const { session, ask } = await opened();
    const cars = await ask({ intent: 'count', subjects: ['car'] });
    const water = await ask({ intent: 'measure', subjects: ['water'], quantity: 'share' });
    const tif = await session.cover.exportAs('cover-geotiff');
    expect([tif.fileName, tif.blob.type]).toEqual(['scene.land-cover.tif', 'image/tiff']);
    const alone = JSON.parse(await (await session.cover.exportAs('geojson')).blob.text());
    expect(
      alone.features.map(({ properties }: { properties: { landCover: string; areaPixels: number } }) => [
        properties.landCover,
        properties.areaPixels,
      ]),
    ).toEqual([
      ['water', 220 * 256],
      ['trees', 228 * 256],
    ]);
    const featuresOf = async (id: string) =>
      JSON.parse(await (await session.exporting.exportAs('geojson', [id])).blob.text()).features as {
        properties: { landCover?: string };
      }[];
    expect((await featuresOf(water.id)).filter(({ properties }) => properties.landCover)).toHaveLength(2);
    expect((await featuresOf(cars.id)).filter(({ properties }) => properties.landCover)).toHaveLength(0);
    await expect(session.exporting.exportAs('cover-geotiff', [cars.id])).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
  });

  it('survives a reload, and goes with its image', async () => {
    const storage = createMemoryStore();
    const start = async () => {
      const session = createSession({
        ...fakeWorkers({
          info: WIDE,
          load: async () => ({ ...LOADED, model: { ...LOADED.model, looks: true } }),
          look: async (request) => seenIn(request),
        }),
        storage,
      });
      await session.model.load('wasm');
      return session;
    };
    const settled = () => new Promise((resolve) => setTimeout(resolve, 700));
    const first = await start();
    await first.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
    await mapped(first);
    first.cover.look({ opacity: 0.25, hidden: ['trees'] });
    await settled();
    const again = await start();
    await settled();
    expect(again.layers.active.value?.name).toBe('scene.tif');
    const { raster, shown, classes } = again.cover.layer.value!;
    expect(shown).toEqual({ visible: true, opacity: 0.25, hidden: ['trees'] });
    expect(classes.map(({ label }) => label)).toEqual(['water', 'trees', 'roads and pavement']);
    expect(raster.probabilities).toEqual(first.cover.layer.value!.raster.probabilities);
    expect((await again.cover.areas({ by: 'all' }))?.rows[1]).toMatchObject({ label: 'water', share: 55 / 112 });
    again.cover.remove();
    await settled();
    expect((await storage.keys('')).filter((key) => key.includes('cover:'))).toEqual([]);
  });
});
