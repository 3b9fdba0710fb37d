import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../cli/paths.ts';
import { useBrowser } from '../harness/app.ts';
import { asTiff, writeTiff } from '../harness/tiff.ts';

const browser = useBrowser({ webgpu: 'off' });
const manifest = JSON.parse(readFileSync(join(ROOT, 'public/models/nadir-s/nadir.json'), 'utf8'));

const side = 256;
/** Grass with a grain; on one that is `built` stands a house. */
const field = (built: boolean) =>
  writeTiff({
    width: side,
    height: side,
    bands: 3,
    bits: 8,
    sample: (col, row, band) => {
      const roof = built && col >= 110 && col < 150 && row >= 100 && row < 130;
      const grain = ((col * 7919 + row * 104729) % 23) - 11;
      return (roof ? [150, 70, 60] : [84, 110, 62])[band]! + grain;
    },
  });
const earlier = asTiff('earlier.tif', field(false));
const later = asTiff('later.tif', field(true));
const larger = asTiff('larger.tif', writeTiff({ width: 300, height: 300, bands: 3, bits: 8 }));

it('compares the scene with an earlier image, which is chosen, shown, kept and removed', async () => {
  const app = await browser.open();
  await app.openFile(later);
  await app.map.waitFor();
  await app.modelReady();
  // Without an earlier image, the task asks for one.
  const chooser = app.page.waitForEvent('filechooser');
  await app.conversation.getByRole('button', { name: 'What changed?' }).click();
  await (await chooser).setFiles(larger);
  const notice = app.page.getByText('larger.tif can’t be the earlier image');
  await notice.waitFor();
  expect(await app.conversation.getByText('Choose the earlier image to compare with.').isVisible()).toBe(true);

  const row = app.conversation.getByRole('group', { name: 'Earlier image' });
  const again = app.page.waitForEvent('filechooser');
  await row.getByRole('button', { name: 'Choose…' }).click();
  await (await again).setFiles(earlier);
  await row.getByText('earlier.tif').waitFor();
  await row.getByText('256 × 256 px').waitFor();
  await notice.waitFor({ state: 'detached' });
  await app.conversation.getByRole('button', { name: 'Ask', exact: true }).click();
  const article = await app.answered();
  const [answer] = await app.answers();
  expect(answer).toMatchObject({ status: 'done', task: 'change', before: { fileName: 'earlier.tif' } });
  expect(await article.textContent()).toContain('compared with earlier.tif');
  const labels = (await app.objects()).map(({ label }) => label);
  expect(labels.length).toBeGreaterThan(0);
  expect(new Set(labels)).toEqual(new Set(['change']));

  await app.page.reload();
  await row.getByText('earlier.tif').waitFor({ state: 'detached' });
  await app.conversation.getByRole('button', { name: 'What changed?' }).click();
  await row.getByText('earlier.tif').waitFor();
  await row.getByRole('button', { name: 'Remove the earlier image' }).click();
  await row.getByText('none', { exact: true }).waitFor();
});

it('checks the quality of the whole scene in one slice, and lists the defects it tested', async () => {
  const app = await browser.open();
  await app.openFile(later);
  await app.map.waitFor();
  await app.modelReady();
  await app.startTask('Check quality', null);
  const article = await app.answered();
  const [answer] = await app.answers();
  expect(answer).toMatchObject({ status: 'done', task: 'quality', slicing: 'resize', progress: { total: 1 } });
  expect(answer?.scores.quality?.map(({ label }) => label).sort()).toEqual(
    manifest.quality.labels.map(({ name }: { name: string }) => name).sort(),
  );
  expect(await article.getByRole('list', { name: 'Quality probabilities' }).getByRole('listitem').count()).toBe(3);
});
