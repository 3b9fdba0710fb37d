import type { Worker } from 'playwright';
import { expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';

/** Real workers that are made to hang or crash during a run, from outside: the app has no hook for it. */
const browser = useBrowser({ webgpu: 'off' });

async function openReady(): Promise<AppPage> {
  const app = await browser.open();
  await app.openSample();
  await app.modelReady();
  return app;
}

function workerOf(app: AppPage, name: 'vlm' | 'raster'): Worker {
  const found = app.page.workers().findLast((worker) => worker.url().endsWith(`#${name}`));
  if (!found) throw new Error(`There is no worker "${name}".`);
  return found;
}

/** Blocks the worker's event loop for good. */
function hang(worker: Worker): void {
  worker
    .evaluate(() => {
      for (;;);
    })
    .catch(() => undefined);
}

/** The results, without the ids of the run. */
async function found(app: AppPage) {
  const [answer] = await app.answers();
  const objects = (await app.objects()).map(({ label, box, score }) => ({ label, box, score }));
  return { status: answer?.status, text: answer?.text, failed: answer?.failedTiles, objects };
}

const untilDone = (app: AppPage, count: number) =>
  app.page.waitForFunction(
    (least) => {
      const [answer] = globalThis.nadir?.session.asking.answers.value ?? [];
      return answer !== undefined && answer.progress.done >= least;
    },
    count,
    { timeout: 60_000 },
  );

const noticeTitled = (app: AppPage, title: string) =>
  app.page.evaluate(
    (wanted) => globalThis.nadir?.session.notices.shown.value.find((notice) => notice.title === wanted)?.message,
    title,
  );

let undisturbed: Awaited<ReturnType<typeof found>> | null = null;
async function undisturbedRun() {
  if (undisturbed) return undisturbed;
  const app = await openReady();
  await app.startTask('Find', 'airplane');
  await app.answered();
  undisturbed = await found(app);
  expect(undisturbed.objects.length).toBeGreaterThan(3);
  return undisturbed;
}

it('replaces a model worker that hangs, says so, asks about its tile again, and gets the same result', async () => {
  const expected = await undisturbedRun();
  const app = await openReady();
  await app.startTask('Find', 'airplane');
  await untilDone(app, 2);
  hang(workerOf(app, 'vlm'));
  const progress = app.lastAnswer.locator('.run-progress');
  await progress.getByText(/no response for \d+\ss · after .* the worker is replaced/).waitFor({ timeout: 60_000 });
  expect(await progress.textContent()).not.toContain('left');
  expect(await app.status.textContent()).not.toContain('left');
  await app.answered();
  expect(await found(app)).toEqual(expected);
  expect(await noticeTitled(app, 'Model restarted')).toMatch(
    /^Its worker did not respond for \d+ s and was replaced\. The model is being loaded again/,
  );
});

it('replaces an imagery reader that hangs, opens the image again, and gets the same result', async () => {
  const expected = await undisturbedRun();
  const app = await openReady();
  await app.startTask('Find', 'airplane');
  await untilDone(app, 2);
  hang(workerOf(app, 'raster'));
  await app.answered();
  expect(await found(app)).toEqual(expected);
  expect(await noticeTitled(app, 'Imagery reader restarted')).toMatch(/The image was opened again/);
  // The map reads from the new worker.
  const value = await app.page.evaluate(() => globalThis.nadir?.session.images.readPixel(10, 10));
  expect(value).toHaveLength(4);
});

it.each(['vlm', 'raster'] as const)(
  'continues after a crash of the %s worker and gets the same result',
  async (name) => {
    const expected = await undisturbedRun();
    const app = await openReady();
    await app.startTask('Find', 'airplane');
    await untilDone(app, 2);
    await workerOf(app, name).evaluate(() => {
      setTimeout(() => {
        throw new Error('made to crash');
      });
    });
    await app.answered();
    expect(await found(app)).toEqual(expected);
    const titles = await app.page.evaluate(() =>
      globalThis.nadir?.session.notices.shown.value.map(({ title }) => title),
    );
    expect(titles).toEqual([name === 'vlm' ? 'Model restarted' : 'Imagery reader restarted']);
  },
);

it('replaces a worker that ends without an error', async () => {
  const expected = await undisturbedRun();
  const app = await openReady();
  await app.startTask('Find', 'airplane');
  await untilDone(app, 2);
  await workerOf(app, 'vlm').evaluate(() => close());
  await app.answered();
  expect(await found(app)).toEqual(expected);
});
