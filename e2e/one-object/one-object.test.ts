import { expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';

const browser = useBrowser({ webgpu: 'off' });

it('keeps one object per thing on the ground for repeated questions and different tasks', async () => {
  const app = await browser.open();
  await app.openSample();
  await app.modelReady();
  await app.startTask('Find', 'airplane');
  await app.answered();
  const once = await app.objects();
  expect(once.length).toBeGreaterThan(3);
  await app.page.getByRole('listbox', { name: 'Objects' }).getByRole('option').first().click();
  await app.page.getByRole('button', { name: 'Accept object' }).click();
  await app.startTask('Find', 'airplane');
  await app.answered();
  expect(await app.answers()).toHaveLength(1);
  const twice = await app.objects();
  expect(twice.map(({ id }) => id)).toEqual(once.map(({ id }) => id));
  expect(twice.filter(({ state }) => state === 'accepted')).toHaveLength(1);

  await app.startTask('Segment', 'airplane');
  await app.answered();
  const segmented = await app.objects();
  expect(await app.answers()).toHaveLength(2);
  expect(segmented.map(({ id }) => id).sort()).toEqual(once.map(({ id }) => id).sort());
  expect(segmented.every(({ rings }) => rings !== null)).toBe(true);
  const { features } = await app.geoJsonOfAll();
  expect(features).toHaveLength(once.length);
  for (const { properties } of features) {
    expect(properties.answers.map(({ task }: { task: string }) => task).sort()).toEqual(['find', 'segment']);
  }
});

/** How many pixels of the map have exactly this colour, which fills the number chips of a class. */
async function pixelsOf(app: AppPage, colours: readonly string[]): Promise<number[]> {
  const shot = await app.map.screenshot();
  return app.page.evaluate(
    async ({ base64, colours }) => {
      const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      const counts = new Map<string, number>();
      for (let at = 0; at < data.length; at += 4) {
        const colour = `rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`;
        counts.set(colour, (counts.get(colour) ?? 0) + 1);
      }
      return colours.map((colour) => counts.get(colour) ?? 0);
    },
    { base64: shot.toString('base64'), colours },
  );
}

/** Background colours of the number chips under `selector`, by the class of their object. */
const chipColours = (app: AppPage, selector: string, nameSelector: string) =>
  app.page.evaluate(
    ({ selector, nameSelector }) => {
      const entries = [...document.querySelectorAll(selector)].map((row) => {
        const name = (row.querySelector(nameSelector)?.textContent ?? '').trim();
        return [name, getComputedStyle(row.querySelector('.number-chip')!).backgroundColor] as const;
      });
      return Object.fromEntries([...new Map(entries)].sort());
    },
    { selector, nameSelector },
  );

const inList = (app: AppPage) => chipColours(app, '.object-row', '.object-label');
const inAnswers = (app: AppPage) => chipColours(app, '.object-link', '.phrase, .sr-only');
const OKABE_ITO = [
  'rgb(230, 159, 0)',
  'rgb(86, 180, 233)',
  'rgb(204, 121, 167)',
  'rgb(240, 228, 66)',
  'rgb(0, 158, 115)',
  'rgb(213, 94, 0)',
  'rgb(0, 114, 178)',
];
/** Fewer pixels than this may belong to the image. */
const CHIP_PIXELS = 60;

it('shows a class in one colour on the map, in the list and in answers, before and after a reload', async () => {
  const app = await browser.open();
  await app.openSampleNamed(/Tank farm/);
  await app.modelReady();
  for (const label of ['storage tank', 'car']) {
    await app.startTask('Find', label);
    await app.answered();
  }
  const onMap = async () => {
    await app.page.mouse.move(5, 5);
    await app.page.waitForTimeout(500);
    const counts = await pixelsOf(app, OKABE_ITO);
    return OKABE_ITO.filter((_, index) => counts[index]! >= CHIP_PIXELS).sort();
  };
  const before = await inList(app);
  expect(Object.keys(before)).toContain('storage tank');
  expect(await inAnswers(app)).toEqual(before);
  expect(await onMap()).toEqual(Object.values(before).sort());

  await app.page.waitForTimeout(1000);
  await app.page.reload();
  await app.map.waitFor();
  await app.lastAnswer.waitFor();
  expect(await inList(app)).toEqual(before);
  expect(await onMap()).toEqual(Object.values(before).sort());
  // The model is ready later than the objects.
  await app.modelReady();
  expect(await inList(app)).toEqual(before);
  expect(await inAnswers(app)).toEqual(before);
  expect(await onMap()).toEqual(Object.values(before).sort());
});
