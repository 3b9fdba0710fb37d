import { expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';

const browser = useBrowser({ webgpu: 'off' });

it('works on a picture without georeferencing, and says so on screen and in the export', async () => {
  const app = await browser.open();
  await app.openSampleNamed(/Suburb/);
  expect((await app.status.textContent()) ?? '').toContain('Not georeferenced');
  await app.modelReady();
  await app.startTask('Count', 'building');
  await app.answered();
  const [answer] = await app.answers();
  expect(answer?.status).toBe('done');
  const collection = JSON.parse((await app.exportGeoJson()).text);
  expect(collection.nadir).toMatchObject({ coordinates: 'pixel' });
  expect(collection.nadir.note).toMatch(/pixels/);
  expect(collection.features.length).toBeGreaterThan(0);
  for (const feature of collection.features) expect(feature.properties.lonLatCorners).toBeNull();
});
