import { mkdtempSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright';
import { expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';
import { asTiff, writeTiff } from '../harness/tiff.ts';
import { withoutModel } from '../seeing/map-picture.ts';

const browser = useBrowser({ webgpu: 'off' });

/** Changes are stored a moment after they are made. */
const kept = (app: AppPage) => app.page.waitForTimeout(1000);

async function work(app: AppPage, label: string, review: 'Accept' | 'Reject'): Promise<void> {
  await app.modelReady();
  await app.startTask('Find', label);
  await app.answered();
  await app.page.getByRole('listbox', { name: 'Objects' }).getByRole('option').first().click();
  await app.page.getByRole('button', { name: `${review} object` }).click();
  await kept(app);
}

/** The images, the answers, and their review. */
async function shown(app: AppPage) {
  const layers = await app.page.evaluate(() => globalThis.nadir!.session.layers.all.value.map(({ name }) => name));
  const answers = (await app.answers()).map(({ text }) => text);
  return { layers, answers, objects: (await app.objects()).map(({ id, state }) => `${id} ${state}`) };
}

async function restored(app: AppPage): Promise<void> {
  await app.map.waitFor();
  await app.lastAnswer.waitFor();
  expect(await app.page.locator('.notice').count()).toBe(0);
}

it('two tabs keep their own sessions; a third continues the one that was closed; a duplicate gets a copy', async () => {
  const first = await browser.open();
  await first.openSample();
  await work(first, 'airplane', 'Accept');
  const second = await browser.openTab(first);
  await second.page.getByRole('button', { name: 'Sample scene' }).waitFor();
  await second.openSampleNamed(/Tank farm/);
  await work(second, 'storage tank', 'Reject');
  const before = [await shown(first), await shown(second)];
  expect(before[0]!.objects.length).toBeGreaterThan(0);
  expect(before[1]!.objects.length).toBeGreaterThan(0);

  // The stale tab continues after the other one has saved.
  await first.page.getByRole('listbox', { name: 'Objects' }).getByRole('option').nth(1).click();
  await first.page.getByRole('button', { name: 'Accept object' }).click();
  await kept(first);
  before[0] = await shown(first);
  for (const app of [second, first]) {
    await app.page.reload();
    await restored(app);
  }
  expect([await shown(first), await shown(second)]).toEqual(before);

  // A browser copies sessionStorage into a duplicated tab, and also into a window that the page opens.
  const opening = first.page.waitForEvent('popup');
  await first.page.evaluate(() => void globalThis.open(location.href));
  const copy = Object.assign(Object.create(Object.getPrototypeOf(first)), { page: await opening }) as AppPage;
  await restored(copy);
  expect(await shown(copy)).toEqual(before[0]);
  await copy.page.getByRole('button', { name: 'Close scene' }).click();
  await copy.page.getByRole('button', { name: 'Sample scene' }).waitFor();
  await kept(copy);
  await copy.page.close();

  await second.page.close();
  const third = await browser.openTab(first);
  await restored(third);
  expect(await shown(third)).toEqual(before[1]);
  await first.page.reload();
  await restored(first);
  expect(await shown(first)).toEqual(before[0]);

  // The session of a closed tab is offered.
  await first.page.close();
  await third.page.getByRole('button', { name: 'Close scene' }).click();
  const earlier = third.page.getByRole('region', { name: 'Earlier sessions' });
  await earlier.getByRole('button', { name: /Open the session of/ }).click();
  await restored(third);
  expect(await shown(third)).toEqual(before[0]);
});

it('says why an image is missing after a reload: here, because its copy was deleted', async () => {
  const app = await browser.open();
  await app.openSample();
  await kept(app);
  // The app would write it again: it is deleted from a file of the same origin, after the app was left.
  const address = app.page.url();
  await app.page.goto(new URL('samples/index.json', address).href);
  await app.page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('nadir');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const store = database.transaction('values', 'readwrite').objectStore('values');
    const keys = await new Promise<IDBValidKey[]>((resolve) => {
      const request = store.getAllKeys();
      request.onsuccess = () => resolve(request.result);
    });
    for (const key of keys) if (String(key).includes('/file:')) store.delete(key);
    database.close();
  });
  await app.page.goto(address);
  const notice = app.page.locator('.notice');
  await notice.waitFor();
  expect(await notice.textContent()).toMatch(/deleted since: with the page’s site data/);
});

it('says at once that the browser’s storage is full, and again when the image is missed', async () => {
  const app = await browser.open({ prepare: withoutModel });
  const devtools = await app.page.context().newCDPSession(app.page);
  const origin = new URL(app.page.url()).origin;
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 100_000 });
  await app.openFile(asTiff('large.tif', writeTiff({ width: 1000, height: 1000, bands: 3, bits: 8 })));
  await app.map.waitFor();
  const notice = app.page.locator('.notice', { hasText: 'large.tif' });
  await notice.waitFor();
  expect(await notice.textContent()).toMatch(/won’t be there after a reload.*storage for this page is full/);
  await app.page.reload();
  await notice.waitFor();
  expect(await notice.textContent()).toMatch(/was full when it was to be kept/);
});

it('says that nothing is kept if the browser gives the page no storage', async () => {
  const blocked = async (context: BrowserContext) => {
    await withoutModel(context);
    await context.addInitScript(() => {
      Object.defineProperty(globalThis, 'indexedDB', { value: undefined });
      Object.defineProperty(globalThis, 'sessionStorage', {
        get: () => {
          throw new DOMException('Storage is blocked.', 'SecurityError');
        },
      });
    });
  };
  const app = await browser.open({ prepare: blocked });
  await app.openFile(asTiff('here.tif', writeTiff({ width: 64, height: 64, bands: 3, bits: 8 })));
  await app.map.waitFor();
  const notice = app.page.locator('.notice', { hasText: 'won’t be there after a reload' });
  await notice.waitFor();
  expect(await notice.textContent()).toMatch(/gives the page no storage.*Export what you need/);
});

it('says that a file was deleted on disk before it could be kept', async () => {
  const app = await browser.open({ prepare: withoutModel });
  const path = join(mkdtempSync(join(tmpdir(), 'nadir-tabs-')), 'gone.tif');
  writeFileSync(path, writeTiff({ width: 64, height: 64, bands: 3, bits: 8 }));
  await app.openFile(path);
  await app.page.waitForFunction(() => globalThis.nadir?.session.layers.all.value.length === 1, undefined, {
    polling: 20,
  });
  unlinkSync(path);
  const notice = app.page.locator('.notice', { hasText: 'gone.tif' });
  await notice.waitFor();
  expect(await notice.textContent()).toMatch(/moved, changed or deleted on disk/);
});

it('restores what version 0.5 stored', async () => {
  // The record of version 2 and its file are side by side and shared by all tabs.
  const app = await browser.open();
  await app.openSample();
  await work(app, 'airplane', 'Accept');
  const before = await shown(app);
  await app.page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('nadir');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const read = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve) => {
        request.onsuccess = () => resolve(request.result);
      });
    const store = database.transaction('values', 'readwrite').objectStore('values');
    for (const key of await read(store.getAllKeys())) {
      const name = String(key).replace(/^tab\/[^/]+\//, '');
      const value = await read(store.get(key));
      store.delete(key);
      if (name === 'about') continue;
      if (name === 'session') {
        value.version = 2;
        for (const object of value.objects) delete object.sightings;
      }
      store.put(value, name);
    }
    database.close();
    sessionStorage.clear();
    // No later change of this page may be stored.
    location.reload();
  });
  await app.page.waitForFunction(() => document.readyState === 'complete' && globalThis.nadir !== undefined);
  await restored(app);
  expect(await shown(app)).toEqual(before);
  await kept(app);
  await app.page.reload();
  await restored(app);
  expect(await shown(app)).toEqual(before);
});
