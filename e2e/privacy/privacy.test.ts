import { expect, it } from 'vitest';
import { isLocal, useBrowser } from '../harness/app.ts';

const browser = useBrowser({ webgpu: 'off' });

it('asks no other host for anything, from the first paint to an exported answer', async () => {
  const app = await browser.open();
  await app.openSample();
  await app.modelReady();
  await app.startTask('Describe', null);
  await app.answered();
  await app.exportGeoJson();
  // The recording must include the workers' requests, or it would prove nothing.
  expect(browser.requests.some((url) => url.endsWith('.onnx'))).toBe(true);
  expect(browser.requests.some((url) => url.endsWith('.wasm'))).toBe(true);
  expect(browser.requests.filter((url) => !isLocal(url))).toEqual([]);
});

it('would notice a request to another host, from the page as well as from a worker', async () => {
  const app = await browser.open();
  const elsewhere = ['https://elsewhere.invalid/page', 'https://elsewhere.invalid/worker'];
  await app.page.evaluate(async ([page, worker]) => {
    await fetch(page!).catch(() => undefined);
    const code = `fetch('${worker}').catch(() => undefined).finally(() => postMessage('done'))`;
    const asking = new Worker(URL.createObjectURL(new Blob([code])));
    await new Promise((resolve) => asking.addEventListener('message', resolve, { once: true }));
  }, elsewhere);
  const noticed = browser.requests.filter((url) => !isLocal(url));
  expect(noticed.sort()).toEqual(elsewhere);
  // These requests were intended, so the check after each test must not fail for them.
  browser.requests.splice(0, browser.requests.length);
});

it('names no other host in what it loads or connects to', async () => {
  const app = await browser.open();
  await app.modelReady();
  const isolated = await app.page.evaluate(() => globalThis.crossOriginIsolated);
  expect(isolated).toBe(true);
  const links = await app.page.evaluate(() =>
    [...document.querySelectorAll('script[src], link[href], img[src], iframe[src]')].map(
      (element) => element.getAttribute('src') ?? element.getAttribute('href') ?? '',
    ),
  );
  expect(links.filter((link) => /^(https?:)?\/\//.test(link) && !isLocal(new URL(link, app.page.url()).href))).toEqual(
    [],
  );
});
