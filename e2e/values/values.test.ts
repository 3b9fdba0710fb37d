import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';

const browser = useBrowser({ webgpu: 'off' });
const FIXTURES = new URL('../fixtures/values/', import.meta.url);

const fixture = (name: string) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: readFileSync(new URL(name, FIXTURES)),
});

async function open(...names: string[]): Promise<AppPage> {
  const app = await browser.open();
  await app.page.locator('#scene-file').setInputFiles(names.map(fixture));
  await app.map.waitFor();
  return app;
}

/** The facts that the image panel shows. */
const facts = ({ page }: AppPage) => page.locator('dl.facts').last().textContent();

it("shows a band's own nodata in the image panel and in the pixel values", async () => {
  const app = await open('band-first-only.tif', 'band-first-only.tif.aux.xml');
  await expect.poll(() => facts(app)).toContain('band 1: 7, band 2: none, band 3: none');
  // The middle lies in a block that the file leaves out: band 1 is nodata there, the others are 0.
  await app.map.focus();
  await app.page.keyboard.press('i');
  await app.page.keyboard.press('Enter');
  const card = app.page.getByRole('region', { name: 'Pixel values' });
  await expect.poll(() => card.locator('td').allTextContents()).toEqual(['7 (nodata)', '0', '0']);
  await app.page.locator('dl.facts').last().scrollIntoViewIfNeeded();
  await app.page.screenshot({ path: 'test-results/nodata-of-one-band.png' });
});

it('says that no pixel can have a stated nodata value', async () => {
  const app = await open('nodata-uint8-300.tif');
  await expect
    .poll(() => facts(app))
    .toMatch(/300 lies outside uint8 \(0 to 255\), so no pixel can have it.*leaves out read as 255/s);
  expect(await app.page.evaluate(() => globalThis.nadir?.session.images.readPixel(3, 12))).toEqual([255]);
  await app.page.locator('dl.facts').last().scrollIntoViewIfNeeded();
  await app.page.screenshot({ path: 'test-results/nodata-out-of-type.png' });
});

it('shows what a palette’s alpha hides as empty', async () => {
  const app = await open('alpha-palette-unassociated.tif');
  const tile = await app.page.evaluate(async () => {
    const session = globalThis.nadir!.session;
    const { layerId } = session.layers.active.value!;
    const window = { x: 4, y: 2, width: 2, height: 1 };
    const request = { window, outWidth: 2, outHeight: 1, bands: [0, 1, 2], resampling: 'nearest' as const };
    return [...(await session.images.readRaw(layerId, request, new AbortController().signal)).data];
  });
  // Validity is last: column 4 is opaque, column 5 transparent.
  expect([tile[3], tile[7]]).toEqual([255, 0]);
  await app.page.screenshot({ path: 'test-results/palette-with-alpha.png' });
});
