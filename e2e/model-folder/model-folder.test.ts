import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { type AppBrowser, useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';

/** Tiny, random weights: its text is meaningless, but the same everywhere. */
const CONVERTED = fileURLToPath(new URL('../fixtures/tiny-converted', import.meta.url));
const NO_MODEL = fileURLToPath(new URL('../fixtures/goldens', import.meta.url));
const browser: AppBrowser = useBrowser({ webgpu: 'software' });

async function choose(app: AppPage, folder: string): Promise<void> {
  const { page } = app;
  const menu = page.getByRole('dialog', { name: 'Model and backend' });
  if (!(await menu.isVisible())) await page.locator('.model-state').click();
  const [dialog] = await Promise.all([
    page.waitForEvent('filechooser'),
    menu.getByRole('button', { name: 'Choose model folder…' }).click(),
  ]);
  await dialog.setFiles(folder);
}

/** Waits until the model with this name is ready. */
async function loaded(app: AppPage, name: string): Promise<void> {
  await app.page.waitForFunction(
    (wanted) => {
      const state = globalThis.nadir?.session.model.state.value;
      return state?.status === 'failed' || (state?.status === 'ready' && state.loaded.model.name === wanted);
    },
    name,
    { timeout: 120_000 },
  );
  await app.modelReady();
}

/** Loads three models on a software adapter. */
const STORY_MS = 900_000;

it(
  'opens a converted checkpoint from disk, goes back, and gets the same answers on both backends',
  async () => {
    const app = await browser.open({ backend: 'wasm' });
    await app.modelReady();
    await app.openSample();
    const menu = app.page.getByRole('dialog', { name: 'Model and backend' });

    await choose(app, NO_MODEL);
    const alert = menu.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain('MODEL_FILE_MISSING');
    expect(await alert.textContent()).toContain('nadir.json');
    await app.modelReady();

    await choose(app, CONVERTED);
    await loaded(app, 'Tiny converted');
    expect(await menu.textContent()).toContain('“tiny-converted”, until this page is reloaded.');
    expect(await menu.textContent()).toContain('none by name: asked for in words');
    const ask = { task: 'ask', text: 'What is in this image?', slicing: 'resize' } as const;
    const onWasm = await app.analyze({ ...ask, backend: 'wasm' });
    expect(onWasm.model.name).toBe('Tiny converted');
    expect(onWasm.backend.kind).toBe('wasm');
    const written = onWasm.answer.raw.map(({ rawText }) => rawText);
    expect(written.join('').length).toBeGreaterThan(3);

    if (!(await menu.isVisible())) await app.page.locator('.model-state').click();
    await menu.getByRole('button', { name: 'Back to the embedded model' }).click();
    await loaded(app, 'Nadir S');

    await choose(app, CONVERTED);
    await loaded(app, 'Tiny converted');
    const onGpu = await app.analyze({ ...ask, backend: 'webgpu' });
    expect(onGpu.model.hash).toBe(onWasm.model.hash);
    expect(onGpu.backend.kind).toBe('webgpu');
    expect(onGpu.answer.raw.map(({ rawText }) => rawText)).toEqual(written);
  },
  STORY_MS,
);
