import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeStriped } from '../../bench/imagery/big-files.ts';
import type { OverviewStatus } from '../../src/imagery/overviews.ts';
import { useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';

const browser = useBrowser({ webgpu: 'off' });
const PATIENCE_MS = 150_000;
const SIDE = 6000;

let folder = '';
let path = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nadir-overviews-'));
  path = join(folder, 'striped.tif');
  makeStriped(path, SIDE, SIDE, 'deflate');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const statusOf = (app: AppPage): Promise<OverviewStatus | undefined> =>
  app.page.evaluate(() => [...(globalThis.nadir?.session.overviews.byScene.value.values() ?? [])][0]);

const waitForState = (app: AppPage, states: string[], least = 0) =>
  app.page.waitForFunction(
    ([wanted, fraction]) => {
      const [status] = globalThis.nadir?.session.overviews.byScene.value.values() ?? [];
      return status !== undefined && wanted.includes(status.state) && status.fraction >= fraction;
    },
    [states, least] as const,
    { timeout: PATIENCE_MS, polling: 20 },
  );

it('builds overviews of a striped file, resumes after a reload, and uses them again', async () => {
  const app = await browser.open();
  await app.openFile(path);
  await waitForState(app, ['building'], 0.15);
  expect(await app.page.locator('[data-overviews=building]').textContent()).toMatch(/Overviews \d+ %/);
  // Stopped first, so that the progress is known.
  await app.status.getByRole('button', { name: 'Stop' }).click();
  await waitForState(app, ['stopped']);
  const { fraction } = (await statusOf(app))!;
  expect(fraction).toBeLessThan(1);
  expect(await app.status.textContent()).toContain('Overviews stopped at');

  // The session restores the file.
  await app.page.reload();
  await app.page.waitForFunction(() => globalThis.nadir !== undefined);
  await waitForState(app, ['building', 'ready'], 0.05);
  // Whole rows of tiles are kept: of 24 in the first level, at most the last is repeated.
  expect((await statusOf(app))!.fraction).toBeGreaterThan(fraction - 0.1);
  await waitForState(app, ['ready']);
  const ready = (await statusOf(app))!;
  expect(ready).toMatchObject({ storage: 'disk', fraction: 1, note: null });
  expect(ready.levels).toEqual([1, 2, 4, 8, 16]);

  await app.page.reload();
  await app.page.waitForFunction(() => globalThis.nadir !== undefined);
  const opened = Date.now();
  await waitForState(app, ['ready']);
  console.info(`with overviews on disk: ready ${Date.now() - opened} ms after the page`);
  expect((await statusOf(app))!.storage).toBe('disk');
  expect(await app.page.evaluate(() => globalThis.nadir!.session.overviews.cacheUse())).toMatchObject({ count: 1 });

  // Another tab can't remove what this one has open.
  const other = await browser.openTab(app);
  await other.page.waitForFunction(() => globalThis.nadir !== undefined);
  expect(await other.page.evaluate(() => globalThis.nadir!.session.overviews.clearCache())).toBe(0);
  expect(await other.page.evaluate(() => globalThis.nadir!.session.overviews.cacheUse())).toMatchObject({ count: 1 });
  await other.page.close();

  await app.page.getByRole('button', { name: 'Close scene' }).click();
  const freed = await app.page.evaluate(() => globalThis.nadir!.session.overviews.clearCache());
  expect(freed).toBeGreaterThan(ready.bytes);
  expect(await app.page.evaluate(() => globalThis.nadir!.session.overviews.cacheUse())).toMatchObject({
    bytes: 0,
    count: 0,
  });
});
