import type { BrowserContext } from 'playwright';
import { expect, it } from 'vitest';
import { type AppBrowser, useBrowser } from '../harness/app.ts';

const browser: AppBrowser = useBrowser({ webgpu: 'off' });
const WEIGHTS = '**/models/**/connector.onnx';

const missing = async (context: BrowserContext) => {
  await context.route(WEIGHTS, (route) => route.fulfill({ status: 404 }));
};

const tampered = async (context: BrowserContext) => {
  await context.route(WEIGHTS, async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    const at = Math.floor(body.length / 2);
    body.writeUInt8(body.readUInt8(at) ^ 1, at);
    await route.fulfill({ response, body });
  });
};

it.each([
  ['missing', missing, 'MODEL_FILE_MISSING'],
  ['changed by one bit', tampered, 'MODEL_HASH_MISMATCH'],
])('a model file that is %s is named, and imagery still opens', async (_, prepare, code) => {
  const app = await browser.open({ prepare });
  const alert = app.page.getByRole('alert').filter({ hasText: code }).first();
  await alert.waitFor({ timeout: 60_000 });
  expect((await alert.textContent()) ?? '').toContain('connector.onnx');
  await app.openSample();
  expect(await app.map.isVisible()).toBe(true);

  // Once the file is intact again, loading again is enough.
  await app.page.context().unroute(WEIGHTS);
  await app.page.getByRole('button', { name: 'Try again' }).first().click();
  await app.modelReady();
});
