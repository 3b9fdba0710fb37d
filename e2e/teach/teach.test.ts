import { expect, it } from 'vitest';
import { hullOf } from '../../src/geo/boxes/rotated-box.ts';
import type { PixelWindow } from '../../src/geo/types.ts';
import { useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';
import { readTruth } from '../harness/truth.ts';

const browser = useBrowser({ webgpu: 'off' });
/** The model knows them by another name. */
const NAME = 'seabird';

it('learns a class from three examples, finds the rest, counts it in words, and takes it elsewhere', async () => {
  const truth = readTruth('airfield');
  const airplanes = truth.labels.airplane!.map(({ corners }) => hullOf(corners));
  airplanes.sort((a, b) => a.width - b.width);
  // Of all sizes.
  const examples = [1, 4, 7].map((index) => airplanes[index]!);
  const others = airplanes.filter((each) => !examples.includes(each));
  const app = await browser.open();
  await app.openSample();
  await app.modelReady();
  const panel = app.page.getByRole('region', { name: 'Teach', exact: true });

  await panel.getByRole('button', { name: 'Mark example' }).click();
  for (const airplane of examples) await drag(app, airplane, truth);
  await app.page.keyboard.press('Escape');
  expect(await panel.getByRole('list', { name: 'Examples' }).getByRole('listitem').count()).toBe(3);
  // Every mark can be taken back.
  await app.page.keyboard.press('Control+z');
  expect(await panel.getByRole('list', { name: 'Examples' }).getByRole('listitem').count()).toBe(2);
  await app.page.keyboard.press('Control+Shift+z');

  await panel.getByRole('textbox', { name: 'Name' }).fill(NAME);
  await panel.getByRole('button', { name: 'Teach and find' }).click();
  await panel.getByRole('button', { name: `Find ${NAME}` }).waitFor({ timeout: 300_000 });
  await app.lastAnswer.waitFor();
  const answer = await app.answered();
  const found = await app.objects();
  expect(new Set(found.map(({ label }) => label))).toEqual(new Set([NAME]));
  const isFound = ({ x, y, width, height }: PixelWindow) =>
    found.some(({ box }) => box.cx > x && box.cx < x + width && box.cy > y && box.cy < y + height);
  expect(examples.every(isFound)).toBe(true);
  expect(others.filter(isFound).length).toBeGreaterThanOrEqual(3);
  expect(await answer.textContent()).toContain('doubtful');

  await app.startQuestion(`How many ${NAME}s are there?`);
  await app.page.waitForFunction(() => globalThis.nadir?.session.asking.answers.value.length === 2);
  await app.answered();
  const counted = (await app.answers()).at(-1)!;
  expect(counted.plan).toMatchObject({ intent: 'count', subjects: [NAME] });
  expect(counted.result?.kind).toBe('count');
  // The tiles were looked at already.
  expect(counted.progress.elapsedMs).toBeLessThan(3000);

  const started = app.page.waitForEvent('download');
  await panel.getByRole('button', { name: `Export ${NAME}` }).click();
  const download = await started;
  expect(download.suggestedFilename()).toBe(`${NAME}.nadir-class.json`);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk));
  const file = Buffer.concat(chunks);

  // The class, its lesson and what was found are there after a reload.
  await app.page.waitForTimeout(1000);
  await app.page.reload();
  await app.map.waitFor();
  await panel.getByRole('button', { name: `Find ${NAME}` }).waitFor();
  expect(await panel.getByRole('list', { name: 'Examples' }).getByRole('listitem').count()).toBe(3);

  // Elsewhere: a fresh profile, which has the class from its file.
  const elsewhere = await browser.open();
  await elsewhere.openSample();
  await elsewhere.modelReady();
  const input = elsewhere.page.getByLabel('Import a class…');
  const spoilt = JSON.parse(file.toString('utf8'));
  spoilt.model.hash = 'f'.repeat(64);
  const asFile = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/json', buffer });
  await input.setInputFiles(asFile('other.nadir-class.json', Buffer.from(JSON.stringify(spoilt))));
  await elsewhere.page.getByText('CLASS_WRONG_MODEL').first().waitFor();
  await input.setInputFiles(asFile('seabird.nadir-class.json', file));
  await elsewhere.page.getByRole('button', { name: `Find ${NAME}` }).waitFor();
  await elsewhere.startQuestion(`Count the ${NAME}s`);
  await elsewhere.answered();
  const again = (await elsewhere.answers()).at(-1)!;
  expect(again.plan?.subjects).toEqual([NAME]);
  expect(again.counts.merged).toBe(counted.counts.merged);
  const exported = await elsewhere.geoJsonOfAll();
  expect(exported.features[0].properties).toMatchObject({ label: NAME });
  expect(exported.features[0].properties.scoreMeaning).toContain('doubtful');
});

/** Drags a box on the map, which shows the whole scene within its padding. */
async function drag(app: AppPage, window: PixelWindow, scene: { width: number; height: number }): Promise<void> {
  const [top, right, bottom, left] = [28, 56, 28, 28];
  const target = (await app.map.getByRole('application').boundingBox())!;
  const [wide, high] = [target.width - left - right, target.height - top - bottom];
  const scale = Math.min(wide / scene.width, high / scene.height);
  const at = (x: number, y: number) =>
    [
      target.x + left + wide / 2 + (x - scene.width / 2) * scale,
      target.y + top + high / 2 + (y - scene.height / 2) * scale,
    ] as const;
  await app.page.mouse.move(...at(window.x, window.y));
  await app.page.mouse.down();
  await app.page.mouse.move(...at(window.x + window.width / 2, window.y + window.height / 2));
  await app.page.mouse.move(...at(window.x + window.width, window.y + window.height));
  await app.page.mouse.up();
}
