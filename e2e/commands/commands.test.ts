import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';

const browser = useBrowser({ webgpu: 'off' });

/** Types words as a question; the answer's text. */
async function type(app: AppPage, words: string, about: 'scene' | 'auto' = 'scene'): Promise<string> {
  await app.startQuestion(words, about);
  await app.answered();
  return (await app.answers()).at(-1)!.text;
}

const view = (app: AppPage) => app.page.evaluate(() => globalThis.nadir!.session.layers.view.value!);
const layer = (app: AppPage) => app.page.evaluate(() => globalThis.nadir!.session.layers.active.value!);
const rejected = async (app: AppPage) => (await app.objects()).filter(({ state }) => state === 'rejected').length;

it('knows the country, and what the file states', async () => {
  const app = await browser.open();
  await app.openSample();
  await app.modelReady();
  // By gdalinfo the sample lies at 34.21° N 117.57° W, in California.
  expect(await type(app, '这是哪个国家？')).toBe('按粗略轮廓，它位于美国。');
  expect(await type(app, 'Which country is this?')).toBe('By coarse outlines it lies in the United States.');
  expect(await type(app, 'When was this image taken?')).toBe("The file doesn't state a date.");
});

it('answers the question in a command first, where nothing is known yet', async () => {
  const app = await browser.open();
  await app.openSample();
  await app.modelReady();
  const whole = await view(app);
  // A word for airplanes that only the model's reader knows.
  expect(await type(app, 'zoom to the largest jetliner')).toMatch(/^The largest of \d+ airplanes measures \d+ m²/);
  await expect.poll(async () => (await view(app)).width).toBeLessThan(whole.width * 0.8);
  await app.page.screenshot({ path: 'test-results/commands-asked.png' });
  await app.lastAnswer.getByRole('button', { name: 'Back to the view before' }).click();
  await expect.poll(async () => (await view(app)).width).toBeGreaterThan(whole.width * 0.9);
});

it('does what is typed, in both languages, and takes it back', async () => {
  const app = await browser.open();
  await app.openSample();
  await app.modelReady();
  await app.startTask('Find', 'airplane');
  await app.answered();
  const scores = (await app.objects()).map(({ score }) => score!).sort((a, b) => a - b);
  expect(scores.length).toBeGreaterThan(3);
  // Between the second and the third.
  const limit = Number(((scores[1]! + scores[2]!) / 2).toFixed(4));
  const below = scores.filter((score) => score < limit).length;

  expect(await type(app, `Please delete boxes below ${limit}.`)).toBe(
    `Rejected ${below} objects with a score below ${limit}.`,
  );
  expect(await rejected(app)).toBe(below);
  await app.lastAnswer.getByRole('button', { name: 'Undo' }).click();
  expect(await rejected(app)).toBe(0);
  await app.lastAnswer.getByRole('button', { name: 'Redo' }).click();
  expect(await rejected(app)).toBe(below);
  expect(await type(app, '撤销')).toMatch(/^已撤销：拒绝 \d+ 个对象。$/);
  expect(await rejected(app)).toBe(0);

  const whole = await view(app);
  expect(await type(app, '缩放到最大的飞机')).toMatch(/^已缩放到飞机 \d+，即目前框出的 \d+ 架飞机中最大的一个。$/);
  await expect.poll(async () => (await view(app)).width).toBeLessThan(whole.width * 0.8);
  await app.page.screenshot({ path: 'test-results/commands-zoom.png' });
  await app.lastAnswer.getByRole('button', { name: 'Back to the view before' }).click();
  await expect.poll(async () => (await view(app)).width).toBeGreaterThan(whole.width * 0.9);

  expect(await type(app, 'hide boxes')).toBe('Boxes are hidden.');
  await expect.poll(() => app.page.getByRole('checkbox', { name: /^Boxes/ }).isChecked()).toBe(false);
  await app.lastAnswer.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => app.page.getByRole('checkbox', { name: /^Boxes/ }).isChecked()).toBe(true);

  const { bands } = await layer(app);
  expect(await type(app, 'show in infrared')).toMatch(/^The map shows colour-infrared/);
  expect((await layer(app)).bands.red).toBe(bands.nir);
  expect(await type(app, '显示NDVI')).toMatch(/^地图显示 NDVI/);
  expect((await layer(app)).display).toMatchObject({ kind: 'index', name: 'NDVI' });
  await app.page.screenshot({ path: 'test-results/commands.png' });

  expect(await type(app, 'hide the airplanes')).toBe('Airplanes are hidden.');
  await app.page.getByRole('button', { name: 'Show airplane', exact: true }).waitFor();
  expect(await type(app, '显示飞机')).toBe('已重新显示飞机。');
  expect(await type(app, 'delete airplanes smaller than 1 m²')).toBe(
    'There is no undecided airplane smaller than 1 m²; nothing was changed.',
  );
  expect(await type(app, 'delete everything larger than 1 m²')).toMatch(/^Rejected \d+ objects larger than 1 m²\./);
  expect(await rejected(app)).toBe(scores.length);
  await app.lastAnswer.getByRole('button', { name: 'Undo' }).click();
  expect(await rejected(app)).toBe(0);

  const only = app.page.waitForEvent('download');
  expect(await type(app, 'export only the airplanes as GeoJSON')).toMatch(/^Saved .*\.geojson with \d+ airplanes\.$/);
  expect((await only).suggestedFilename()).toMatch(/\.geojson$/);

  const download = app.page.waitForEvent('download');
  expect(await type(app, 'export as GeoJSON')).toMatch(/^Saved .*\.geojson with \d+ objects\.$/);
  expect((await download).suggestedFilename()).toMatch(/\.geojson$/);

  expect(await type(app, 'clear the conversation')).toMatch(/^Removed \d+ answers and \d+ objects\.$/);
  expect(await app.objects()).toEqual([]);
  await app.lastAnswer.getByRole('button', { name: 'Undo' }).click();
  expect(await app.objects()).toHaveLength(scores.length);
});

/** By e2e/fixtures/statistics/statistics.py, with numpy's numbers. */
const STATISTICS = 'e2e/fixtures/statistics/';
interface Golden {
  file: string;
  of: string;
  window: [number, number, number, number];
  count: number;
  mean: number;
}

it('tells indices, values, dates and cameras from the file before the model is there', async () => {
  const goldens: Golden[] = JSON.parse(readFileSync(`${STATISTICS}statistics-goldens.json`, 'utf8'));
  const golden = (of: string) => goldens.find((each) => each.file === 'four-bands.tif' && each.of === of)!;
  // The model's files never arrive.
  const app = await browser.open({
    colorScheme: 'dark',
    prepare: async (context) => {
      await context.route('**/models/**', () => undefined);
    },
  });
  await app.openFile(`${STATISTICS}four-bands.tif`);
  await app.map.waitFor();
  const ndvi = golden('ndvi');
  expect(await type(app, 'What is the mean NDVI here?')).toContain(
    `averages ${ndvi.mean.toFixed(2)} over the whole image`,
  );
  const picture = app.lastAnswer.getByRole('img', { name: /^Histogram of NDVI: \d+ bins/ });
  await picture.waitFor();
  await app.lastAnswer.getByText('Numbers').click();
  expect(await app.lastAnswer.getByRole('row').count()).toBeGreaterThan(10);
  const { nadir } = await app.geoJsonOfAll();
  expect(nadir.answers.at(-1).fact.statistics.count).toBe(ndvi.count);

  const { window, mean } = golden('ndwi');
  const [x, y, width, height] = window;
  await app.page.evaluate(
    (region) => {
      globalThis.nadir!.session.layers.region.value = region;
    },
    { x, y, width, height },
  );
  expect(await type(app, '标出区域的平均NDWI', 'auto')).toContain(`平均为 ${mean.toFixed(2)}`);
  expect(await type(app, 'how much of it has NDVI over 0.4', 'auto')).toMatch(
    /^\d+ % of the marked region \([\d.]+ ha\) has an NDVI above 0\.4, 90 % of the pixels with a value\./,
  );
  await app.page.screenshot({ path: 'test-results/facts-dark.png' });

  // By gdallocationinfo and gdaltransform.
  expect(await type(app, 'what are the band values at 500405 E 3799395 N')).toBe(
    'At 34.33585° N 116.99560° W (column 40, row 60): red 1,196, green 899, blue 471, nir 2,845.',
  );
  await app.lastAnswer.getByRole('button', { name: /column 40, row 60/ }).click();
  expect(await type(app, 'value at 36.2, -117.5')).toMatch(/lies outside the image, 211 km to the north of it\.$/);
  await app.page.emulateMedia({ colorScheme: 'light' });
  await app.page.screenshot({ path: 'test-results/facts-light.png' });

  await app.openFile(`${STATISTICS}dem.tif`);
  await app.map.waitFor();
  expect(await type(app, 'elevation at 100,50')).toMatch(/^The elevation at .* \(column 100, row 50\) is [\d.]+ m\.$/);
  expect(await type(app, '这里的海拔')).toMatch(/^整幅图像的高程平均为 [\d.]+ m/);
  await app.page.screenshot({ path: 'test-results/facts-elevation.png' });
  await app.openFile(`${STATISTICS}temperature.tif`);
  await app.map.waitFor();
  expect(await type(app, 'elevation at 100,50')).toMatch(/^The file doesn't state what its values mean/);
  await app.openFile('e2e/fixtures/stated/stated-exif.jpg');
  await app.map.waitFor();
  expect(await type(app, 'When was this taken?')).toBe(
    'The file states that it was taken on 2021:07:30 09:15:42 +02:00 (EXIF DateTimeOriginal).',
  );
  expect(await type(app, '用什么相机拍的')).toBe('文件注明传感器为 DJI FC6310（EXIF Make, Model）。');
  expect(await type(app, 'Where is this?')).toMatch(
    /The camera was at 33\.90840° S 18\.42014° E, 121 m \(EXIF GPS\)\.$/,
  );
});
