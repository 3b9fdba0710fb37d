import { expect, it } from 'vitest';
import { areaOf } from '../../src/geo/rotated-box.ts';
import { useBrowser } from '../harness/app.ts';

const browser = useBrowser({ webgpu: 'off' });

it('segments storage tanks: each mask lies on its box and is exported as its outline', async () => {
  const app = await browser.open();
  await app.openSampleNamed(/Tank farm/);
  await app.modelReady();
  await app.startTask('Segment', 'storage tank');
  await app.answered();
  const masked = (await app.objects()).filter((object) => object.mask !== null);
  expect(masked.length).toBeGreaterThan(0);
  for (const { mask, box, corners } of masked) {
    const [ring] = mask ?? [];
    expect(ring?.length).toBeGreaterThanOrEqual(3);
    const reach = Math.hypot(box.w, box.h);
    for (const [x, y] of ring ?? []) expect(Math.hypot(x - box.cx, y - box.cy)).toBeLessThanOrEqual(reach);
    expect(areaOf(corners)).toBeGreaterThan(0);
  }
  const { features } = JSON.parse((await app.exportGeoJson()).text);
  const outlines = features.filter(
    (feature: { properties: { geometrySource: string } }) => feature.properties.geometrySource === 'mask',
  );
  expect(outlines).toHaveLength(masked.length);
});
