import { expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';
import { keptAnswered } from '../harness/stored.ts';

const browser = useBrowser({ webgpu: 'off' });

async function begun(): Promise<AppPage> {
  const app = await browser.open();
  await app.openSample();
  await app.modelReady();
  await app.startTask('Find', 'airplane');
  return app;
}

const untilDone = (app: AppPage, count: number) =>
  app.page.waitForFunction(
    (least) => (globalThis.nadir?.session.asking.answers.value[0]?.progress.done ?? 0) >= least,
    count,
  );

/** Every feature with all that it says, but for the answer's name and the time. */
async function featuresOf(app: AppPage): Promise<unknown[]> {
  const { features } = await app.geoJsonOfAll();
  const [answer] = await app.answers();
  return features.map((each: { properties: Record<string, unknown> }) => {
    const { createdAt: _, ...properties } = each.properties;
    return JSON.parse(JSON.stringify({ ...each, properties }).replaceAll(answer!.id, 'answer'));
  });
}

it('goes on after a reload in mid-run to what an undisturbed run gives', async () => {
  const app = await begun();
  await untilDone(app, 3);
  // The answer is stored a moment after it was asked; its tiles are by now.
  await expect.poll(() => app.page.evaluate(keptAnswered), { timeout: 20_000 }).toBe(true);
  await app.page.reload();
  await app.modelReady();
  await app.lastAnswer.waitFor();
  expect((await app.answers())[0]).toMatchObject({ status: 'stopped' });
  const goOn = app.lastAnswer.getByRole('button', { name: 'Continue' });
  await goOn.click();
  await app.page.waitForFunction(() => globalThis.nadir?.session.asking.running.value !== null);
  // What was known counts before anything is looked at.
  await untilDone(app, 3);
  await app.answered();
  expect((await app.answers())[0]).toMatchObject({ status: 'done', failedTiles: [] });
  expect(await goOn.count()).toBe(0);
  const resumed = await featuresOf(app);

  const undisturbed = await begun();
  await undisturbed.answered();
  const expected = await featuresOf(undisturbed);
  expect(expected.length).toBeGreaterThan(3);
  expect(resumed).toEqual(expected);
});
