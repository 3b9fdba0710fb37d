import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';
import { writeTiff } from '../harness/tiff.ts';

const browser = useBrowser({ webgpu: 'off' });
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const tiff = (utm?: { east: number; north: number; pixel: number }) =>
  writeTiff({ width: 96, height: 64, bands: 3, bits: 8, ...(utm ? { utm } : {}) });
const asFile = (name: string, content: Buffer | string) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(content),
});
const WORLD_FILE = '0.5\n0\n0\n-0.5\n500000.25\n3762155.25\n';
const UTM_11N =
  'PROJCS["WGS_1984_UTM_Zone_11N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",-117.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]';

/** Drops files onto the window, as a file manager does. */
async function drop({ page }: AppPage, files: ReturnType<typeof asFile>[]): Promise<void> {
  const given = files.map(({ name, buffer }) => ({ name, bytes: [...buffer] }));
  await page.evaluate((all) => {
    const transfer = new DataTransfer();
    for (const { name, bytes } of all) transfer.items.add(new File([new Uint8Array(bytes)], name));
    for (const type of ['dragover', 'drop']) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }
  }, given);
  await page.getByRole('region', { name: 'Map' }).waitFor();
}

const lonLatAt = ({ page }: AppPage, col: number, row: number) =>
  page.evaluate(([c, r]) => globalThis.nadir?.session.ground.toLonLat(c!, r!) ?? null, [col, row]);

it('places an image by the files dropped with it, and keeps them over a reload', async () => {
  const app = await browser.open();
  const files = [asFile('field.tfw', WORLD_FILE), asFile('field.prj', UTM_11N), asFile('notes.txt', 'x')];
  await drop(app, [...files, asFile('field.tif', tiff())]);
  await expect.poll(() => app.status.textContent()).toContain('WGS_1984_UTM_Zone_11N');
  const [lon, lat] = (await lonLatAt(app, 0, 0))!;
  expect(lon).toBeCloseTo(-117, 9);
  expect(lat).toBeCloseTo(34, 3);
  const notices = app.page.getByRole('region', { name: 'Map' }).or(app.page.locator('.notices'));
  await expect.poll(() => app.page.textContent('body')).toContain('field.tif was opened with field.tfw, field.prj');
  await expect.poll(() => app.page.textContent('body')).toContain('notes.txt was left aside');
  expect(await notices.count()).toBeGreaterThan(0);

  await app.page.waitForTimeout(800);
  await app.page.reload();
  await app.map.waitFor();
  await expect.poll(() => app.status.textContent()).toContain('WGS_1984_UTM_Zone_11N');
  expect(await lonLatAt(app, 0, 0)).toEqual([lon, lat]);
});

it('lets the user choose a missing CRS, undo it, and keeps it after a reload', async () => {
  const app = await browser.open();
  await drop(app, [asFile('field.tif', tiff()), asFile('field.tfw', WORLD_FILE)]);
  expect(await lonLatAt(app, 0, 0)).toBeNull();
  await app.status.getByRole('button', { name: 'CRS not stated' }).click();
  const dialog = app.page.getByRole('dialog', { name: 'Coordinate system' });
  await dialog.getByRole('combobox').fill('utm zone 11n wgs 84');
  await dialog.getByRole('option', { name: /^32611/ }).waitFor();
  await app.page.keyboard.press('Enter');
  await expect.poll(() => dialog.textContent()).toMatch(/The middle of the image would lie at .*33\.99|34\.0/);
  await app.page.screenshot({ path: 'test-results/crs-dialog.png' });
  await dialog.getByRole('button', { name: 'Use this one' }).click();
  await dialog.waitFor({ state: 'hidden' });
  expect(await app.status.textContent()).toContain('EPSG:32611 (chosen)');
  expect((await lonLatAt(app, 0, 0))![0]).toBeCloseTo(-117, 9);

  await app.page.getByRole('button', { name: 'Undo' }).click();
  expect(await lonLatAt(app, 0, 0)).toBeNull();
  await app.page.getByRole('button', { name: 'Redo' }).click();
  await app.page.waitForTimeout(800);
  await app.page.reload();
  await app.map.waitFor();
  await expect.poll(() => app.status.textContent()).toContain('EPSG:32611 (chosen)');
  const exported = await app.geoJsonOfAll();
  expect(exported.nadir.scene).toMatchObject({ crs: 'EPSG:32611', crsChosenByUser: true });

  await app.status.getByRole('button', { name: /EPSG:32611/ }).click();
  await dialog.getByText('Paste a definition').click();
  await dialog.getByRole('textbox', { name: 'proj4 definition or WKT' }).fill('+proj=utm +zone=12 +datum=WGS84');
  await dialog.getByRole('button', { name: 'Use this one' }).click();
  await dialog.waitFor({ state: 'hidden' });
  expect((await lonLatAt(app, 0, 0))![0]).toBeCloseTo(-111, 9);
});

it('opens a file by the address that the user typed, by range and from that host only', async () => {
  const bytes = tiff({ east: 500_000, north: 3_762_155, pixel: 0.5 });
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', 'Range');
    response.setHeader('Access-Control-Expose-Headers', 'Content-Range, ETag');
    if (request.method === 'OPTIONS') return response.writeHead(204).end();
    if (request.url !== '/scene.tif') return response.writeHead(404).end();
    ranges.push(request.headers.range);
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
    const end = Math.min(Number(to), bytes.length - 1);
    response.setHeader('Content-Range', `bytes ${from}-${end}/${bytes.length}`);
    return response.writeHead(206).end(bytes.subarray(Number(from), end + 1));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const app = await browser.open();
  await app.page.getByRole('button', { name: 'Open address…' }).click();
  const dialog = app.page.getByRole('dialog', { name: 'Open an address' });
  await dialog.getByRole('textbox').fill(`http://127.0.0.1:${port}/missing.tif`);
  await app.page.keyboard.press('Enter');
  await expect.poll(() => dialog.getByRole('alert').textContent()).toContain('has no file at this address');
  await dialog.getByRole('textbox').fill(`http://127.0.0.1:${port}/scene.tif`);
  await app.page.keyboard.press('Enter');
  await app.map.waitFor();
  expect(await app.status.textContent()).toContain('EPSG:32611');
  expect(ranges.length).toBeGreaterThan(0);
  expect(ranges.every((range) => /^bytes=\d+-\d+$/.test(range ?? ''))).toBe(true);
  const value = await app.page.evaluate(() => globalThis.nadir?.session.images.readPixel(3, 2));
  expect(value).toEqual([19, 59, 99]);
});
