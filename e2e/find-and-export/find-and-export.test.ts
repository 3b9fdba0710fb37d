import { expect, it } from 'vitest';
import type { PixelWindow } from '../../src/geo/types.ts';
import type { BackendChoice } from '../../src/vlm/types.ts';
import { useBrowser } from '../harness/app.ts';
import { readTruth } from '../harness/truth.ts';

const browser = useBrowser({ webgpu: 'software' });

/** A newcomer's path: sample, question, boxes on the map, linked words, export. */
async function story(backend: BackendChoice, region: PixelWindow | null) {
  const app = await browser.open({ backend });
  await app.openSample();
  await app.modelReady();
  const { width, height } = readTruth('airfield');

  if (region) await app.markRegion(region);
  await app.startTask('Find', 'airplane', region ? 'auto' : 'scene');
  const answer = await app.answered();
  const objects = await app.objects();
  expect(objects.length).toBeGreaterThan(0);
  for (const object of objects) {
    expect(object.label).toBe('airplane');
    expect(object.box.cx).toBeGreaterThan(0);
    expect(object.box.cx).toBeLessThan(width);
    expect(object.box.cy).toBeGreaterThan(0);
    expect(object.box.cy).toBeLessThan(height);
  }

  // Every box is a link in the answer and a row beside the map; hovering one highlights the other.
  const links = answer.getByRole('button', { name: /^airplane \d+$/ });
  expect(await links.count()).toBe(objects.length);
  const rows = app.page.getByRole('listbox', { name: 'Objects' }).getByRole('option');
  expect(await rows.count()).toBe(objects.length);
  await links.first().hover();
  const hovered = await app.page.evaluate(() => globalThis.nadir?.session.review.hovered.value);
  expect(objects.some((object) => object.id === hovered)).toBe(true);
  await links.first().click();
  expect(await app.page.evaluate(() => globalThis.nadir?.session.review.selected.value)).toBe(hovered);

  const { fileName, text } = await app.exportGeoJson();
  expect(fileName).toMatch(/\.geojson$/);
  const collection = JSON.parse(text);
  expect(collection.type).toBe('FeatureCollection');
  expect(collection.features).toHaveLength(objects.length);
  for (const feature of collection.features) {
    expect(feature.properties).toMatchObject({ label: 'airplane', task: 'find', backend });
    expect(feature.properties.modelHash).toMatch(/^[0-9a-f]{64}$/);
    // The heads find them; the language model isn't asked.
    expect(feature.properties).toMatchObject({ prompt: '', plan: { intent: 'find', subjects: ['airplane'] } });
    expect(feature.properties.pixelCorners).toHaveLength(4);
    for (const [lon, lat] of feature.geometry.coordinates[0]) {
      // Somewhere in UTM zone 11N.
      expect(lon).toBeGreaterThan(-120);
      expect(lon).toBeLessThan(-114);
      expect(lat).toBeGreaterThan(0);
      expect(lat).toBeLessThan(84);
    }
  }
  return app;
}

it('finds airplanes in the sample scene, links them and exports them, on WebAssembly', async () => {
  const app = await story('wasm', null);
  expect(await app.status.textContent()).toContain('WebAssembly');

  // A rejected box is missing in the next export; undo restores it.
  const before = (await app.objects()).length;
  await app.page.getByRole('button', { name: 'Reject object' }).click();
  expect(JSON.parse((await app.exportGeoJson()).text).features).toHaveLength(before - 1);
  await app.page.getByRole('button', { name: 'Undo' }).click();
  expect(JSON.parse((await app.exportGeoJson()).text).features).toHaveLength(before);
});

it('does the same on WebGPU', { timeout: 800_000 }, async () => {
  // One slice around the true second airplane, because a software adapter takes a minute per slice.
  const centre = readTruth('airfield').labels.airplane?.[1]?.corners ?? [];
  const x = centre.reduce((sum, corner) => sum + corner[0], 0) / 4 - 128;
  const y = centre.reduce((sum, corner) => sum + corner[1], 0) / 4 - 128;
  const app = await story('webgpu', {
    x: Math.max(0, Math.round(x)),
    y: Math.max(0, Math.round(y)),
    width: 256,
    height: 256,
  });
  expect(await app.status.textContent()).toContain('WebGPU');
});
