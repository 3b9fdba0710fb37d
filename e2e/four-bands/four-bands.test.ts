import { expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';
import { asTiff, writeTiff } from '../harness/tiff.ts';

const browser = useBrowser({ webgpu: 'off' });

it('opens a four-band 16-bit file, names its facts, and asks with near infrared', async () => {
  const app = await browser.open();
  const file = writeTiff({
    width: 300,
    height: 200,
    bands: 4,
    bits: 16,
    utm: { east: 500_000, north: 4_000_000, pixel: 0.3 },
  });
  await app.openFile(asTiff('four-bands.tif', file));
  await app.map.waitFor();
  const facts = app.page.getByRole('region', { name: 'Image' });
  const text = (await facts.textContent()) ?? '';
  expect(text).toContain('300 × 200 px');
  expect(text).toContain('uint16');
  expect(text).toContain('EPSG:32611');
  const info = await app.page.evaluate(() => globalThis.nadir?.session.layers.active.value?.info);
  expect(info?.bands).toHaveLength(4);
  expect(info?.gsdMetres?.x).toBeCloseTo(0.3, 2);

  // The upper-left corner lies on the zone's central meridian.
  const corner = await app.page.evaluate(() => globalThis.nadir?.session.ground.toLonLat(0, 0));
  expect(corner?.[0]).toBeCloseTo(-117, 6);

  await app.modelReady();
  await app.startTask('Describe', null);
  await app.answered();
  const [answer] = await app.answers();
  expect(answer?.status).toBe('done');
  expect(answer?.text.length).toBeGreaterThan(0);
  expect(answer?.inputBands).toEqual([
    { name: 'red', source: 0 },
    { name: 'green', source: 1 },
    { name: 'blue', source: 2 },
    { name: 'nir', source: 3 },
  ]);

  await app.page.getByRole('button', { name: 'Details' }).click();
  await app.page.getByRole('button', { name: 'What the model saw' }).click();
  const dialog = app.page.getByRole('dialog', { name: 'What the model saw' });
  await dialog.getByRole('img', { name: 'Slice 1, red, green, blue' }).waitFor();
  await dialog.getByRole('img', { name: 'Slice 1, near infrared' }).waitFor();
});
