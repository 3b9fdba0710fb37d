import { expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';
import { keptAnswered } from '../harness/stored.ts';

const browser = useBrowser({ webgpu: 'off' });

it('stops in the middle of a run at once, keeps what was found, and answers the next question', async () => {
  const app = await browser.open();
  await app.openSample();
  await app.modelReady();
  await app.startTask('Find', 'airplane');
  // After the first slices something has been found, and more are to come.
  await app.page.waitForFunction(() => (globalThis.nadir?.session.review.objects.value.length ?? 0) > 0);
  const stoppedAtMs = Date.now();
  await app.conversation.getByRole('button', { name: 'Stop' }).click();
  await app.answered();
  expect(Date.now() - stoppedAtMs).toBeLessThan(10_000);
  const [answer] = await app.answers();
  expect(answer?.status).toBe('stopped');
  expect(answer?.progress.done).toBeLessThan(answer?.progress.total ?? 0);
  const said = /Stopped after \d+ of \d+ tiles/;
  expect((await app.lastAnswer.textContent()) ?? '').toMatch(said);
  const { features } = JSON.parse((await app.exportGeoJson()).text);
  expect(features.length).toBeGreaterThan(0);
  for (const { properties } of features) {
    expect(properties).toMatchObject({ answerStatus: 'stopped', tilesTotal: answer?.progress.total });
    expect(properties.text).toMatch(said);
  }

  await app.startTask('Classify', null);
  await app.answered();
  expect((await app.answers()).at(-1)?.status).toBe('done');
});

it('finds an answer that a reload interrupted as one that was stopped', async () => {
  const app = await browser.open();
  await app.openSample();
  await app.modelReady();
  await app.startTask('Find', 'airplane');
  await app.page.waitForFunction(
    () => (globalThis.nadir?.session.asking.answers.value[0]?.coverage?.answered ?? 0) >= 1,
  );
  // `waitForFunction` would treat the promise itself as true.
  await expect.poll(() => app.page.evaluate(keptAnswered), { timeout: 20_000 }).toBe(true);
  await app.page.reload();
  await app.lastAnswer.waitFor();
  const [answer] = await app.answers();
  expect(answer?.status).toBe('stopped');
  expect(answer?.text).toMatch(/^Stopped after \d+ of \d+ tiles: /);
});

it('stops between tokens', async () => {
  const app = await browser.open();
  await app.openSample();
  await app.modelReady();
  // Stops as soon as the first words are there, faster than a person could.
  await app.page.evaluate(() => {
    const session = globalThis.nadir?.session;
    session?.asking.answers.subscribe((answers) => {
      const running = answers.find((answer) => answer.status === 'running');
      if (running && running.text !== '') session.asking.stop(running.id);
    });
  });
  await app.markRegion({ x: 0, y: 0, width: 256, height: 256 });
  await app.startTask('Describe', null, 'auto');
  await app.answered();
  const [answer] = await app.answers();
  expect(answer?.status).toBe('stopped');
  expect(answer?.text).not.toBe('');
  expect(answer?.raw[0]?.stopReason).toBe('aborted');
});
