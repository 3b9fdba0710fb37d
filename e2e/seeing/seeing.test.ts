import { describe, expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';
import { asTiff, writeTiff } from '../harness/tiff.ts';
import { coloursAt, countReads, type Rgb, settled, withoutModel } from './map-picture.ts';

const browser = useBrowser({ webgpu: 'off', webgl: 'software' });

/** Forest left, water right: red, green, blue, near infrared. */
const FOREST = [600, 900, 500, 3000];
const WATER = [500, 800, 1000, 100];
const utm = { east: 500_000, north: 4_000_000, pixel: 1 };

/** Only along the upper edge: percentiles need some variation, and colours are compared below it. */
const noiseAt = (col: number, row: number) => (row < 60 ? (col * 7 + row * 13) % 40 : 0);

const fourBands = (name: string, shift = 0) =>
  asTiff(
    name,
    writeTiff({
      width: 400,
      height: 300,
      bands: 4,
      bits: 16,
      utm,
      sample: (col, row, band) => (col < 200 ? FOREST : WATER)[band]! + shift + noiseAt(col, row),
    }),
  );

async function opened(app: AppPage, ...files: ReturnType<typeof fourBands>[]): Promise<void> {
  await app.page.locator('#scene-file').setInputFiles(files);
  await app.page.waitForFunction((count) => globalThis.nadir?.session.layers.all.value.length === count, files.length, {
    timeout: 120_000,
  });
  await app.map.waitFor();
  for (const button of await app.page.getByRole('button', { name: 'Dismiss' }).all()) await button.click();
  await settled(app.page);
}

/** On a busy machine, WebGL on the processor takes a second per frame for a large window. */
const SMALL = { width: 1100, height: 700 };
/** The longest story loads the page twice. */
const STORY_MS = 300_000;

/** An 8 × 8 PNG of one colour, 200 40 160. */
const PINK = 'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGM4obEAK2IYWhIAHRFkAW4hPqoAAAAASUVORK5CYII=';

const left = [0.3, 0.5] as const;
const right = [0.6, 0.5] as const;
const isGreenish = ([red, green, blue]: Rgb) => green > red && green > blue;
const difference = (a: Rgb, b: Rgb) => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

describe('band presets', { timeout: STORY_MS }, () => {
  it('show natural, infrared, NDVI and a typed expression, on the GPU as on the processor, without reading again', async () => {
    const pictures: Record<string, Rgb[]>[] = [];
    for (const draw of ['gpu', 'cpu'] as const) {
      const app = await browser.open({ draw, prepare: withoutModel, viewport: SMALL });
      await opened(app, fourBands('four.tif'));
      const reads = await countReads(app.page);
      const seen: Record<string, Rgb[]> = { natural: await coloursAt(app, [left, right]) };
      for (const preset of ['Colour-infrared', 'NDVI', 'NDWI']) {
        await app.page.getByRole('button', { name: preset, exact: true }).click();
        await settled(app.page);
        seen[preset] = await coloursAt(app, [left, right]);
      }
      const field = app.page.getByRole('textbox', { name: 'Band expression' });
      await field.fill('(b4 - b1) / (b4 + ');
      await field.press('Enter');
      await app.page.getByText('is expected').waitFor();
      await field.fill('sqrt(b4) / 60');
      await field.press('Enter');
      await settled(app.page);
      seen.typed = await coloursAt(app, [left, right]);
      expect(await reads()).toBe(0);
      // Vegetation is red in infrared and green in NDVI; water isn't.
      expect(seen['Colour-infrared']![0]![0]).toBeGreaterThan(200);
      expect(isGreenish(seen.NDVI![0]!)).toBe(true);
      expect(isGreenish(seen.NDVI![1]!)).toBe(false);
      expect(seen.NDWI![1]![2]).toBeGreaterThan(seen.NDWI![1]![0]);
      // The screen shows an index; the model still gets the file's bands.
      const scene = await app.page.evaluate(() => globalThis.nadir?.session.layers.active.value);
      expect(scene?.display).toMatchObject({ kind: 'index', expression: 'sqrt(b4) / 60' });
      await app.page.getByText(/model still gets/).waitFor();
      await app.page.keyboard.press('Escape');
      pictures.push(seen);
    }
    const [gpu, cpu] = pictures;
    for (const look of Object.keys(gpu!)) {
      for (const i of [0, 1])
        expect(difference(gpu![look]![i]!, cpu![look]![i]!), `${look} ${i}`).toBeLessThanOrEqual(3);
    }
  });

  it('follow the stretch by the handles of the histogram and by gamma, all undone', async () => {
    const app = await browser.open({ draw: 'gpu', prepare: withoutModel, viewport: SMALL });
    await opened(app, fourBands('four.tif'));
    const before = await coloursAt(app, [left]);
    const reads = await countReads(app.page);
    const white = app.page.getByRole('slider', { name: 'Red, white' });
    await white.focus();
    for (let i = 0; i < 20; i++) await white.press('PageUp');
    await app.page.evaluate(() => globalThis.nadir?.session.images.adjustStretch({ gamma: 2.5 }));
    await settled(app.page);
    const after = await coloursAt(app, [left]);
    expect(difference(before[0]!, after[0]!)).toBeGreaterThan(20);
    expect(await reads()).toBe(0);
    const stretch = await app.page.evaluate(() => globalThis.nadir?.session.layers.active.value?.stretch);
    expect(stretch).toMatchObject({ method: 'manual', gamma: 2.5 });
    for (let i = 0; i < 30; i++) {
      if (!(await app.page.getByRole('button', { name: 'Undo' }).isEnabled())) break;
      await app.page.keyboard.press('Control+z');
    }
    await settled(app.page);
    expect(difference(before[0]!, (await coloursAt(app, [left]))[0]!)).toBeLessThanOrEqual(2);
  });
});

describe('layers', { timeout: STORY_MS }, () => {
  it('are swiped, hidden, reordered and kept over a reload', async () => {
    const app = await browser.open({ draw: 'gpu', prepare: withoutModel, viewport: SMALL });
    await opened(app, fourBands('below.tif'), fourBands('above.tif', 500));
    const names = () =>
      app.page.evaluate(() => globalThis.nadir?.session.layers.all.value.map((layer) => layer.name) ?? []);
    expect(await names()).toEqual(['above.tif', 'below.tif']);
    // The upper layer in vegetation colours, to distinguish the two.
    await app.page.getByRole('button', { name: 'NDVI', exact: true }).click();
    await app.page.locator('.map-target').focus();
    await app.page.keyboard.press('s');
    const line = app.page.getByRole('slider', { name: /Swipe: above/ });
    await line.waitFor();
    await settled(app.page);
    const forest = [
      [0.3, 0.5],
      [0.45, 0.5],
    ] as const;
    const [index, same] = await coloursAt(app, forest);
    expect(difference(index!, same!)).toBeLessThan(40);
    // Forest is left of the middle. With the line at 0.38, one of the two places shows the layer below.
    await line.focus();
    for (let i = 0; i < 6; i++) await line.press('ArrowLeft');
    await settled(app.page);
    const [stillIndex, below] = await coloursAt(app, forest);
    expect(difference(stillIndex!, index!)).toBeLessThanOrEqual(2);
    expect(difference(below!, same!)).toBeGreaterThan(40);
    await app.page.keyboard.press('Escape');

    await app.page.getByRole('button', { name: 'Move above.tif down' }).click();
    expect(await names()).toEqual(['below.tif', 'above.tif']);
    await app.page.getByRole('slider', { name: 'Opacity of below.tif' }).fill('40');
    await app.page.keyboard.press('Escape');
    await app.page.waitForTimeout(1200);
    await app.page.reload();
    await app.page.waitForFunction(() => globalThis.nadir?.session.layers.all.value.length === 2, undefined, {
      timeout: 120_000,
    });
    const layers = await app.page.evaluate(() => globalThis.nadir?.session.layers.all.value);
    expect(layers?.map(({ name, opacity }) => [name, opacity])).toEqual([
      ['below.tif', 0.4],
      ['above.tif', 1],
    ]);
    expect(layers?.[1]?.display).toMatchObject({ name: 'NDVI' });
    await app.page.getByRole('button', { name: 'Remove below.tif' }).click();
    expect(await names()).toEqual(['above.tif']);
    await app.page.getByRole('button', { name: 'Undo' }).click();
    expect(await names()).toEqual(['below.tif', 'above.tif']);
  });
});

describe('tools', () => {
  it('read all bands at a click, measure on the ground, and go to coordinates', async () => {
    const app = await browser.open({ draw: 'cpu', prepare: withoutModel });
    await opened(app, fourBands('four.tif'));
    const box = (await app.page.locator('.map-target').boundingBox())!;
    const at = (x: number, y: number) => [box.x + box.width * x, box.y + box.height * y] as const;
    await app.page.locator('.map-target').focus();
    await app.page.keyboard.press('i');
    await app.page.mouse.click(...at(0.3, 0.2));
    const card = app.page.getByRole('region', { name: 'Pixel values' });
    await card.getByRole('table').waitFor();
    const shown = (await card.textContent()) ?? '';
    const pixel = /column (\d+), row (\d+)/.exec(shown)!;
    const [col, row] = [Number(pixel[1]), Number(pixel[2])];
    const noise = noiseAt(col, row);
    const values = await card.getByRole('cell').allTextContents();
    expect(values.map((text) => Number(text.replace(/\D/g, '')))).toEqual(FOREST.map((value) => value + noise));
    // CRS metres, grouped by thin spaces.
    expect(shown.replace(/\u202f/g, '')).toContain(`${500_000 + col}`);
    expect(shown).toContain('EPSG:32611');

    await app.page.keyboard.press('m');
    await app.page.mouse.click(...at(0.3, 0.4));
    await app.page.mouse.click(...at(0.6, 0.4));
    const result = app.page.getByRole('region', { name: 'Measurement' });
    await result.waitFor();
    const resolution = await app.page.evaluate(() => {
      const view = globalThis.nadir!.session.layers.view.value!;
      return view.width;
    });
    const text = (await result.textContent()) ?? '';
    const metres = Number(/([\d.]+) m/.exec(text)![1]);
    // 0.3 of the map's width. The view may end at the scene, so the scale comes from the scale bar's own source.
    expect(metres).toBeGreaterThan(20);
    expect(metres).toBeLessThan(resolution * 2);
    expect(text).toContain('geodesic on WGS 84');
    await app.page.keyboard.press('Escape');

    await app.page.keyboard.press('g');
    const dialog = app.page.getByRole('dialog', { name: 'Go to coordinates' });
    await dialog.getByRole('combobox').selectOption('crs');
    await dialog.getByRole('textbox').fill('500100.5, 3999949.5');
    await dialog.getByRole('button', { name: 'Go', exact: true }).click();
    await app.page.waitForTimeout(600);
    await app.page.keyboard.press('i');
    await app.page.locator('.map-target').focus();
    await app.page.keyboard.press('Enter');
    await card.getByText('column 100, row 50').first().waitFor();
  });
});

describe('a basemap', () => {
  it('is asked for only from the host that the user named, and only once it was named', async () => {
    const tiles: string[] = [];
    const app = await browser.open({
      draw: 'cpu',
      prepare: async (context) => {
        await withoutModel(context);
        // No other machine is contacted: answers come from a port of this one.
        await context.route('http://127.0.0.1:4455/**', (route) => {
          tiles.push(route.request().url());
          return route.fulfill({
            contentType: 'image/png',
            headers: { 'access-control-allow-origin': '*' },
            body: Buffer.from(PINK, 'base64'),
          });
        });
      },
    });
    await opened(app, fourBands('four.tif'));
    const beside = [0.5, 0.03] as const;
    const [before] = await coloursAt(app, [beside]);
    expect(tiles).toEqual([]);
    await app.page.getByRole('button', { name: 'Basemap…' }).click();
    const field = app.page.getByRole('textbox', { name: 'Tile URL of the basemap' });
    await field.fill('http://{z}.example.org/{x}/{y}');
    await field.press('Enter');
    await app.page.getByRole('alert').waitFor();
    expect(tiles).toEqual([]);
    await field.fill('http://127.0.0.1:4455/{z}/{x}/{y}.png');
    await field.press('Enter');
    await app.page.getByText('Basemap from 127.0.0.1:4455').waitFor();
    await expect.poll(() => tiles.length, { timeout: 20_000 }).toBeGreaterThan(0);
    await app.page.waitForTimeout(1500);
    await settled(app.page);
    const [pink] = await coloursAt(app, [beside]);
    expect(difference(pink!, [200, 40, 160])).toBeLessThanOrEqual(3);
    expect(difference(pink!, before!)).toBeGreaterThan(50);
    // Places near 36° N, 117° W.
    const [, z, x, y] = /(\d+)\/(\d+)\/(\d+)\.png$/.exec(tiles[0]!)!.map(Number);
    expect((x! / 2 ** z!) * 360 - 180).toBeCloseTo(-117, 0);
    expect(Math.round((y! / 2 ** z!) * 100)).toBe(39);
    await app.page.getByRole('button', { name: 'Remove basemap' }).click();
    await settled(app.page);
    expect(difference((await coloursAt(app, [beside]))[0]!, before!)).toBeLessThanOrEqual(2);
  });
});
