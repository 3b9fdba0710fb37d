import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';

const browser = useBrowser({ webgpu: 'off' });
const FIXTURES = new URL('../fixtures/pictures/', import.meta.url);
const WORLD_FILE = '0.5\n0\n0\n-0.5\n500000.25\n4999999.75\n';
const TAB = `!table
!version 300

Definition Table
  File "wide16.png"
  Type "RASTER"
  (500000,5000000) (0,0) Label "Pt 1",
  (501400,5000000) (700,0) Label "Pt 2",
  (500000,4999994) (0,3) Label "Pt 3"
  CoordSys Earth Projection 8, 104, "m", 9, 0, 0.9996, 500000, 0
  Units "m"
`;

const asFile = (name: string, content: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });
const fixture = (name: string) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: readFileSync(new URL(name, FIXTURES)),
});

async function open(name: string, ...beside: ReturnType<typeof asFile>[]): Promise<AppPage> {
  const app = await browser.open();
  await app.page.locator('#scene-file').setInputFiles([fixture(name), ...beside]);
  await app.map.waitFor();
  return app;
}

const infoOf = ({ page }: AppPage) => page.evaluate(() => globalThis.nadir?.session.layers.active.value?.info ?? null);
const pixelOf = ({ page }: AppPage, col: number, row: number) =>
  page.evaluate(([c, r]) => globalThis.nadir?.session.images.readPixel(c!, r!) ?? null, [col, row]);
const near = (values: number[] | null, expected: number[]) =>
  expect(Math.max(...expected.map((value, i) => Math.abs(value - values![i]!)))).toBeLessThanOrEqual(4);

it('shows a turned JPEG and WebP as stored, under their world files, and says so', async () => {
  const app = await open('turned.jpg', asFile('turned.jgw', WORLD_FILE));
  const info = (await infoOf(app))!;
  expect([info.width, info.height]).toEqual([48, 32]);
  expect(info.georeference).toMatchObject({ geotransform: [500000, 0.5, 0, 5000000, 0, -0.5], source: 'turned.jgw' });
  near(await pixelOf(app, 5, 5), [200, 30, 30]);
  near(await pixelOf(app, 40, 5), [30, 200, 30]);
  near(await pixelOf(app, 5, 28), [30, 30, 200]);
  await expect.poll(() => app.page.textContent('body')).toContain('turned by 90° clockwise (orientation 6)');
  await app.page.screenshot({ path: 'test-results/turned-jpeg.png' });

  const webp = await open('turned.webp');
  const { width, height, georeference } = (await infoOf(webp))!;
  expect([width, height, await pixelOf(webp, 40, 5)]).toEqual([48, 32, [30, 200, 30]]);
  expect(georeference.notes?.[0]).toContain('orientation 6');
});

it('reads a faint WebP exactly, and a grey JPEG as one band', async () => {
  const faint = await open('faint.webp');
  expect((await infoOf(faint))!.bands.map(({ role }) => role)).toEqual(['red', 'green', 'blue', 'alpha']);
  expect(await pixelOf(faint, 5, 5)).toEqual([200, 30, 30, 3]);
  const grey = await open('grey.jpg');
  expect((await infoOf(grey))!.bands.map(({ role }) => role)).toEqual(['grey']);
  near(await pixelOf(grey, 5, 5), [200]);
});

it('shows a 16-bit PNG as one, placed by a MapInfo table', async () => {
  const app = await open('wide16.png', asFile('wide16.tab', TAB));
  const info = (await infoOf(app))!;
  expect([info.sampleType, info.defaultStretch?.method]).toEqual(['uint16', 'percentile']);
  expect((await pixelOf(app, 5, 1))![0]).toBeGreaterThan(255);
  expect(info.georeference).toMatchObject({ crs: 'EPSG:32632', source: 'wide16.tab' });
  await expect.poll(() => app.page.textContent('body')).toContain('wide16.png was opened with wide16.tab');
  await app.page.screenshot({ path: 'test-results/png-16-bit.png' });
});
