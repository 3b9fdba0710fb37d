import { expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';

const browser = useBrowser({ webgpu: 'off' });

it('keeps the image, the answers and the review over a reload, and forgets them when the scene is closed', async () => {
  const app = await browser.open();
  await app.openSample();
  await app.modelReady();
  await app.startTask('Find', 'airplane');
  await app.answered();
  const before = await app.objects();
  expect(before.length).toBeGreaterThan(0);
  await app.page.getByRole('listbox', { name: 'Objects' }).getByRole('option').first().click();
  await app.page.getByRole('button', { name: 'Accept object' }).click();
  const accepted = (await app.objects()).filter((object) => object.state === 'accepted').map((object) => object.id);
  expect(accepted).toHaveLength(1);
  // Changes are stored a moment after they are made.
  await app.page.waitForTimeout(1000);

  await app.page.reload();
  await app.map.waitFor();
  await app.lastAnswer.waitFor();
  const after = await app.objects();
  expect(after.map((object) => object.id)).toEqual(before.map((object) => object.id));
  expect(after.filter((object) => object.state === 'accepted').map((object) => object.id)).toEqual(accepted);

  await app.page.getByRole('button', { name: 'Close scene' }).click();
  await app.page.getByRole('button', { name: 'Sample scene' }).waitFor();
  await app.page.waitForTimeout(2000);
  await app.page.reload();
  await app.page.getByRole('button', { name: 'Sample scene' }).waitFor();
  await app.page.waitForTimeout(500);
  expect(await app.map.count()).toBe(0);
});
