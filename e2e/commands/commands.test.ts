import { expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';

const browser = useBrowser({ webgpu: 'off' });

/** Types words as a question; the answer's text. */
async function type(app: AppPage, words: string): Promise<string> {
  await app.startQuestion(words);
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
  expect(await type(app, '撤销')).toBe('已撤销上一步。');
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

  const download = app.page.waitForEvent('download');
  expect(await type(app, 'export as GeoJSON')).toMatch(/^Saved .*\.geojson with \d+ objects\.$/);
  expect((await download).suggestedFilename()).toMatch(/\.geojson$/);

  expect(await type(app, 'clear the conversation')).toMatch(/^Removed \d+ answers and \d+ objects\.$/);
  expect(await app.objects()).toEqual([]);
  await app.lastAnswer.getByRole('button', { name: 'Undo' }).click();
  expect(await app.objects()).toHaveLength(scores.length);
});
