import { expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';
import { asTiff, writeTiff } from '../harness/tiff.ts';
import { coloursAt, settled, withoutModel } from '../seeing/map-picture.ts';

const browser = useBrowser({ webgpu: 'off' });

/** Half dark, half light grey; 1 m pixels in UTM 11 north. */
const scene = asTiff(
  'scene.tif',
  writeTiff({
    width: 400,
    height: 300,
    bands: 3,
    bits: 8,
    utm: { east: 500_000, north: 4_000_000, pixel: 1 },
    sample: (col) => (col < 200 ? 40 : 120),
  }),
);
/** From column 40 to column 360 along row 150, by pyproj. */
const ROAD = [
  [-116.999555379, 36.143365739],
  [-116.995998409, 36.143365673],
];
const asGeoJson = (name: string, coordinates: number[][]) => ({
  name,
  mimeType: 'application/geo+json',
  buffer: Buffer.from(
    JSON.stringify({ type: 'Feature', geometry: { type: 'LineString', coordinates }, properties: {} }),
  ),
});

const onTheRoad = [0.4, 0.5] as const;
const besideIt = [0.4, 0.51] as const;

it('draws a vector file at its place over the image, hides it, and undoes its removal', async () => {
  const app = await browser.open({ prepare: withoutModel });
  await app.page.locator('#scene-file').setInputFiles([scene, asGeoJson('road.geojson', ROAD)]);
  await app.map.waitFor();
  const layers = app.page.getByRole('list', { name: 'Vector layers' });
  await layers.getByText('road.geojson').waitFor();
  await settled(app.page);
  await app.page.screenshot({ path: 'test-results/vectors.png' });
  const brightness = async () => (await coloursAt(app, [onTheRoad, besideIt])).map((rgb) => Math.min(...rgb));
  const [road, beside] = await brightness();
  expect(road).toBeGreaterThan(150);
  expect(beside).toBeLessThan(20);

  await layers.getByRole('checkbox', { name: /road\.geojson/ }).uncheck();
  await settled(app.page);
  expect((await brightness())[0]).toBe(beside);
  await app.page.getByRole('button', { name: 'Undo' }).click();
  await settled(app.page);
  expect((await brightness())[0]).toBe(road);

  await layers.getByRole('button', { name: 'Remove road.geojson' }).click();
  await layers.waitFor({ state: 'detached' });
  await app.page.getByRole('button', { name: 'Undo' }).click();
  await layers.getByText('road.geojson').waitFor();
});

it('says of a file in another coordinate system that it is, and draws nothing', async () => {
  const app = await browser.open({ prepare: withoutModel });
  await app.page.locator('#scene-file').setInputFiles(scene);
  await app.map.waitFor();
  const inMetres = asGeoJson('metres.geojson', [
    [500_040, 3_999_850],
    [500_360, 3_999_850],
  ]);
  await app.page.locator('#layer-files').setInputFiles(inMetres);
  await app.page.getByText('metres.geojson could not be read').waitFor();
  await app.page.getByText(/a longitude and latitude.*ogr2ogr -t_srs EPSG:4326/).waitFor();
  expect(await app.page.getByRole('list', { name: 'Vector layers' }).count()).toBe(0);
});
