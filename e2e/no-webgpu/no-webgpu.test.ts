import { expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';

const browser = useBrowser({ webgpu: 'off' });

it('falls back to WebAssembly without WebGPU, and says so', async () => {
  const app = await browser.open({ backend: 'auto' });
  expect(await app.page.evaluate(async () => (await navigator.gpu?.requestAdapter()) ?? null)).toBeNull();
  await app.openSample();
  await app.modelReady();
  expect((await app.status.textContent()) ?? '').toContain('WebAssembly');
  const backend = await app.page.evaluate(() => {
    const model = globalThis.nadir?.session.model.state.value;
    return model?.status === 'ready' ? model.loaded.backend : null;
  });
  expect(backend).toMatchObject({ kind: 'wasm' });
  expect(backend?.reason).toMatch(/WebGPU/);
});

it('refuses WebGPU when it is forced, with its code and a way out', async () => {
  const app = await browser.open({ backend: 'webgpu' });
  const alert = app.page.getByRole('alert').filter({ hasText: 'WEBGPU_UNAVAILABLE' }).first();
  await alert.waitFor();
  await app.page.getByRole('button', { name: 'Use WebAssembly' }).click();
  await app.modelReady();
  const choice = await app.page.evaluate(() => globalThis.nadir?.session.model.backendChoice.value);
  expect(choice).toBe('wasm');
});
