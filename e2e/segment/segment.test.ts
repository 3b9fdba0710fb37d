import { expect, it } from 'vitest';
import { areaOf, cornersOf } from '../../src/geo/boxes/rotated-box.ts';
import { useBrowser } from '../harness/app.ts';

const browser = useBrowser({ webgpu: 'off' });

it('segments storage tanks: each mask lies on its box and is exported as its outline', async () => {
  const app = await browser.open();
  await app.openSampleNamed(/Tank farm/);
  await app.modelReady();
  await app.startTask('Segment', 'storage tank');
  await app.answered();
  const masked = (await app.objects()).filter((object) => object.rings !== null);
  expect(masked.length).toBeGreaterThan(0);
  for (const { rings, box } of masked) {
    const [ring] = rings ?? [];
    expect(ring?.length).toBeGreaterThanOrEqual(3);
    const reach = Math.hypot(box.w, box.h);
    for (const [x, y] of ring ?? []) expect(Math.hypot(x - box.cx, y - box.cy)).toBeLessThanOrEqual(reach);
    expect(areaOf(cornersOf(box))).toBeGreaterThan(0);
  }
  const { features } = JSON.parse((await app.exportGeoJson()).text);
  const outlines = features.filter(
    (feature: { properties: { geometrySource: string } }) => feature.properties.geometrySource === 'mask',
  );
  expect(outlines).toHaveLength(masked.length);
});

it('outlines what it names in a drawn region', async () => {
  const app = await browser.open();
  await app.openSampleNamed(/Tank farm/);
  await app.modelReady();
  await app.startTask('Find', 'storage tank');
  await app.answered();
  const [tank] = await app.objects();
  if (!tank) throw new Error('No tank was found.');
  const { cx, cy, w, h } = tank.box;
  const side = Math.ceil(1.3 * Math.max(w, h));
  await app.markRegion({ x: Math.round(cx - side / 2), y: Math.round(cy - side / 2), width: side, height: side });
  await app.startTask('Identify region', null, 'auto');
  await app.answered();
  const named = (await app.objects()).at(-1);
  expect(named).toMatchObject({ label: 'storage tank' });
  const ring = named?.rings?.[0] ?? [];
  expect(ring.length).toBeGreaterThanOrEqual(8);
  // The drawn square is a third larger than the tank. The outline must be the tank's, not the square's.
  const reach = Math.max(...ring.map(([x, y]) => Math.hypot(x - cx, y - cy)));
  expect(reach).toBeGreaterThan(0.35 * Math.max(w, h));
  expect(reach).toBeLessThan(0.65 * side);
});
