import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { projections } from '../../src/vlm/adapters/projections.ts';
import { someConfig, someTensors, writeSafetensors } from '../../src/vlm/adapters/testing.ts';
import { parseManifest } from '../../src/vlm/manifest/manifest.ts';
import { useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';

const browser = useBrowser({ webgpu: 'off' });
const publicFolder = fileURLToPath(new URL('../../public/', import.meta.url));
const manifest = parseManifest(JSON.parse(readFileSync(`${publicFolder}models/nadir-s/nadir.json`, 'utf8')));
const terse = `${publicFolder}adapters/terse`;
const terseBase = JSON.parse(readFileSync(`${terse}/adapter_config.json`, 'utf8')).nadir_base.weights as string;
/** The example adapter fits one version of the weights; `training/run/adapter-terse.sh` makes the next one. */
const terseFits = terseBase === manifest.files[manifest.llm.embed.file]?.sha256;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A folder with an adapter of random numbers, strong enough to change the model's text. */
function randomAdapter(config: Record<string, unknown> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'nadir-adapter-'));
  folders.push(folder);
  writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify(someConfig(config)));
  writeFileSync(
    join(folder, 'adapter_model.safetensors'),
    writeSafetensors(someTensors(manifest.llm, 4, projections, 0.4)),
  );
  return folder;
}

/** With a long timeout, for busy machines. */
async function openedSample(): Promise<AppPage> {
  const app = await browser.open();
  app.page.setDefaultTimeout(90_000);
  await app.openSample();
  await app.modelReady();
  return app;
}

const panel = (app: AppPage) => app.page.getByRole('group', { name: 'Adapter' });

async function openMenu(app: AppPage): Promise<void> {
  if (!(await panel(app).isVisible())) await app.page.locator('.model-state').click();
  await panel(app).waitFor();
}

async function choose(app: AppPage, folder: string): Promise<void> {
  await openMenu(app);
  const chooser = app.page.waitForEvent('filechooser');
  await panel(app)
    .getByRole('button', { name: /Choose folder|Exchange/ })
    .click();
  await (await chooser).setFiles(folder);
}

async function closeMenu(app: AppPage): Promise<void> {
  await app.page.keyboard.press('Escape');
  await panel(app).waitFor({ state: 'hidden' });
}

/** Of one tile: a larger region is put into words from the heads of many. */
async function describeTile(app: AppPage): Promise<string> {
  await app.markRegion({ x: 0, y: 0, width: 256, height: 256 });
  await app.startTask('Describe', null, 'auto');
  await app.answered();
  return (await app.answers()).at(-1)?.text ?? '';
}

async function drop(app: AppPage, folder: string): Promise<void> {
  const files = ['adapter_config.json', 'adapter_model.safetensors'].map((name) => ({
    name,
    bytes: readFileSync(join(folder, name)).toString('base64'),
  }));
  await app.page.evaluate((dropped) => {
    const dataTransfer = new DataTransfer();
    for (const { name, bytes } of dropped) {
      dataTransfer.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name));
    }
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  }, files);
}

it('attaches an adapter, shows it with the answer, and removes it; refuses others', {
  timeout: 400_000,
}, async () => {
  const app = await openedSample();
  const plain = await describeTile(app);
  expect(plain).not.toBe('');

  await choose(app, randomAdapter({ nadir_name: 'Random numbers' }));
  await panel(app).getByText('Random numbers').waitFor();
  await expect.poll(() => panel(app).textContent()).toContain('LoRA, rank 4');
  expect(await panel(app).textContent()).toContain('MIT');
  await closeMenu(app);
  expect(await describeTile(app)).not.toBe(plain);
  const answer = (await app.answers()).at(-1);
  expect(answer?.adapter).toMatchObject({ name: 'Random numbers', rank: 4 });
  const exported = JSON.parse((await app.exportGeoJson()).text);
  expect(exported.nadir.answers[0].adapter).toEqual({ name: 'Random numbers', hash: answer?.adapter?.hash });

  // A folder for another model, and one that isn't an adapter: the error is shown, and the current adapter stays.
  await choose(app, randomAdapter({ base_model_name_or_path: 'Qwen/Qwen2-0.5B' }));
  await panel(app).getByText('ADAPTER_WRONG_BASE').waitFor();
  const empty = mkdtempSync(join(tmpdir(), 'nadir-adapter-'));
  folders.push(empty);
  writeFileSync(join(empty, 'notes.txt'), 'nothing');
  await choose(app, empty);
  await panel(app).getByText('ADAPTER_INVALID').waitFor();
  expect(await panel(app).textContent()).toContain('Random numbers');

  await panel(app).getByRole('button', { name: 'Detach' }).click();
  await panel(app).getByText('None: the base model answers.').waitFor();
  await closeMenu(app);
  expect(await describeTile(app)).toBe(plain);
  expect((await app.answers()).at(-1)?.adapter ?? null).toBeNull();

  // Dropped anywhere on the window, it is recognised as an adapter.
  await drop(app, randomAdapter({ nadir_name: 'Dropped' }));
  await panel(app).getByText('Dropped', { exact: true }).waitFor();
});

it.skipIf(!terseFits)(
  'answers in the example adapter’s style, also after a reload (skipped where it was trained for other weights)',
  { timeout: 400_000 },
  async () => {
    const app = await openedSample();
    expect(await describeTile(app)).toMatch(/^This is /);
    await choose(app, terse);
    await panel(app).getByText('Terse answers').waitFor();
    await closeMenu(app);
    const adapted = await describeTile(app);
    expect(adapted).toMatch(/^Scene: /);
    await app.page.reload();
    await app.modelReady();
    await app.lastAnswer.waitFor();
    expect(await describeTile(app)).toBe(adapted);
  },
);
