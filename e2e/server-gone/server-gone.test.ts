import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DIST, ROOT } from '../../cli/paths.ts';
import { useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';
import { type StaticServer, serveStatic } from '../harness/static-server.ts';

/** Once the model is ready, the page no longer needs its server: it has fetched all parts that may be needed. */
const browser = useBrowser({ webgpu: 'off' });
const fixture = (name: string) => join(ROOT, 'e2e/fixtures/imagery', name);
let server: StaticServer;

beforeEach(async () => {
  server = await serveStatic();
});
afterEach(() => server.close());

/** A page whose server was stopped when the model was ready. `late` collects later requests. */
async function openAlone(): Promise<{ app: AppPage; late: string[] }> {
  const app = await browser.open({ url: server.url });
  await app.modelReady();
  await server.close();
  const late: string[] = [];
  app.page.on('request', (request) => request.url().startsWith(server.url) && late.push(request.url()));
  return { app, late };
}

const notices = (app: AppPage) =>
  app.page.evaluate(() =>
    globalThis.nadir?.session.notices.shown.value.map(({ title, message }) => `${title}: ${message}`),
  );

/**
 * Opens a file through the page's own chooser and reads it. Returns how many of 16 × 16 pixels are valid, and how many
 * different values they have.
 */
async function openAndRead(app: AppPage, name: string): Promise<{ shown: number; values: number }> {
  await app.openFile(fixture(name));
  await app.page.waitForFunction(
    (wanted) => {
      const session = globalThis.nadir?.session;
      return session?.opening.name.value === null && session.layers.active.value?.info.fileName === wanted;
    },
    name,
    { timeout: 20_000 },
  );
  return app.page.evaluate(async () => {
    const session = globalThis.nadir!.session;
    const { width, height } = session.layers.active.value!.info;
    const { data } = await session.images.readRaw(
      session.layers.active.value!.layerId,
      { window: { x: 0, y: 0, width, height }, outWidth: 16, outHeight: 16, bands: [0], resampling: 'area' },
      new AbortController().signal,
    );
    // One band, then validity.
    const shown = data.filter((validity, at) => at % 2 === 1 && validity > 0).length;
    return { shown, values: new Set(data.filter((_, at) => at % 2 === 0)).size };
  });
}

it('was built so: workers of one file each, and no part but those that are fetched before the model is ready', () => {
  const scripts = readdirSync(join(DIST, 'assets')).filter((name) => name.endsWith('.js'));
  const stems = scripts.map((name) => name.replace(/-[\w-]{8}\.js$/, '')).sort();
  // A new part must be added to `fetchParts` in main.tsx.
  expect(stems).toEqual([
    'countries',
    'index',
    'map-controller',
    'ort-wasm-simd-threaded.asyncify',
    'ort-wasm-simd-threaded.jspi',
    'plan.worker',
    'raster.worker',
    'vlm.worker',
  ]);
});

it('opens images of every codec, and places them, when the server is gone', async () => {
  const { app, late } = await openAlone();
  const files = [
    'strips-lzw-predictor.tif',
    'jpeg-ycbcr.tif',
    'zstd.tif',
    'lerc.tif',
    'webp.tif',
    'packbits.tif',
    'cog.tif',
    // Their places need the tables of coordinate systems and of old datums.
    'user-crs-feet.tif',
    'british.tif',
  ];
  for (const name of files) {
    const { shown, values } = await openAndRead(app, name);
    expect(shown, name).toBe(256);
    expect(values, name).toBeGreaterThan(10);
  }
  const place = await app.page.evaluate(() => globalThis.nadir?.session.ground.toLonLat(0, 0));
  expect(place?.every(Number.isFinite)).toBe(true);
  await app.page.locator('.map canvas').first().waitFor();
  expect(late).toEqual([]);
  expect(await notices(app)).toEqual([]);
});

it('does all the rest without the server: samples, CRS, questions, masks, adapter, export', async () => {
  const { app, late } = await openAlone();
  await openAndRead(app, 'no-crs.tif');
  const crs = await app.page.evaluate(async () => {
    const session = globalThis.nadir!.session;
    const { found } = await session.crs.search('NAD27 California zone V', 5);
    await session.crs.choose(`EPSG:${found[0]!.code}`);
    return found[0]!.name;
  });
  expect(crs).toContain('NAD27');

  await app.page.evaluate(() => globalThis.nadir?.session.opening.openSample('tank-farm.tif'));
  await app.startQuestion('Which country is this?');
  await app.answered();
  expect((await app.answers()).at(-1)?.text).toMatch(/^By coarse outlines it lies in the United States/);
  await app.startTask('Segment', 'storage tank');
  await app.answered();
  const masked = (await app.objects()).filter(({ rings }) => rings !== null);
  expect(masked.length).toBeGreaterThan(0);
  expect(JSON.parse((await app.exportGeoJson()).text).features.length).toBeGreaterThan(0);

  const chooser = app.page.waitForEvent('filechooser');
  await app.page.locator('.model-state').click();
  await app.page
    .getByRole('group', { name: 'Adapter' })
    .getByRole('button', { name: /Choose folder/ })
    .click();
  await (await chooser).setFiles(join(ROOT, 'public/adapters/terse'));
  await app.page.waitForFunction(() => globalThis.nadir?.session.adapter.current.value.info !== null, undefined, {
    timeout: 60_000,
  });
  await app.page.keyboard.press('Escape');
  await app.startTask('Classify', null);
  await app.answered();
  expect((await app.answers()).at(-1)).toMatchObject({ status: 'done', adapter: { partial: expect.any(Boolean) } });
  expect(late).toEqual([]);
  expect(await notices(app)).toEqual([]);
});

it('replaces workers that crash and loads the model again, without the server', async () => {
  const { app, late } = await openAlone();
  await app.openSample();
  for (const worker of app.page.workers().filter((each) => /#(vlm|raster)$/.test(each.url()))) {
    await worker.evaluate(
      () =>
        void setTimeout(() => {
          throw new Error('made to crash');
        }),
    );
  }
  await app.page.waitForFunction(() => {
    const titles = globalThis.nadir?.session.notices.shown.value.map(({ title }) => title) ?? [];
    return titles.includes('Imagery reader restarted') && titles.includes('Model restarted');
  });
  await app.modelReady();
  await app.startTask('Count', 'airplane');
  await app.answered();
  expect((await app.answers()).at(-1)).toMatchObject({ status: 'done', failedTiles: [] });
  expect(late).toEqual([]);
});
