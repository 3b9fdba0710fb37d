import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from '../../cli/browser.ts';
import { golden } from '../../src/gpu/testing/goldens.ts';
import { modelGolden, pavedTile } from '../../src/vlm/testing/model-golden.ts';
import type { Look } from './pipeline.worker.ts';

/**
 * Both backends against PyTorch and against each other, in a real browser: the WGSL tower and the 4-bit graph on
 * WebGPU, the ONNX tower and the f32 graph over the same weights on WebAssembly.
 */
const root = fileURLToPath(new URL('../../', import.meta.url));
/** All sums are f32, in different orders. */
const tolerance = { atol: 2e-3, rtol: 2e-3 };
/** A software adapter takes half a second per token. */
const maxTokens = { wasm: 128, webgpu: 10 };

let server: PreviewServer;
let browser: Browser;
let page: Page;
let outDir: string;
const foreign: string[] = [];
const looks: Partial<Record<'wasm' | 'webgpu', Look>> = {};

beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), 'nadir-agreement-'));
  const common = { configFile: join(root, 'vite.config.ts'), root, logLevel: 'error' as const };
  const input = join(root, 'e2e/vlm-agreement/index.html');
  await build({ ...common, build: { outDir, emptyOutDir: true, rollupOptions: { input } } });
  server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  const address = server.httpServer.address();
  if (!address || typeof address === 'string') throw new Error('The preview server has no port.');
  const url = `http://127.0.0.1:${address.port}`;
  browser = await launchBrowser({ path: inject('browserPath'), source: 'global setup' }, { webgpu: 'software' });
  page = await browser.newPage();
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
  });
  await page.goto(`${url}/e2e/vlm-agreement/`);
  await page.waitForFunction(() => 'agreement' in window);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(outDir, { recursive: true, force: true });
});

/** All results of a backend for the golden tile; computed once. */
async function look(backend: 'wasm' | 'webgpu'): Promise<Look> {
  const [cx, cy, w, h, thetaDeg] = modelGolden.refiner.box;
  looks[backend] ??= await page.evaluate((request) => window.agreement.look(request), {
    backend,
    tile: Array.from(golden('tile_u8').data),
    later: Array.from(pavedTile().data, (value) => Math.round(value * 255)),
    questions: modelGolden.prompts.map((p) => p.question),
    maxNewTokens: maxTokens[backend],
    place: { box: { cx, cy, w, h, thetaDeg }, maskClass: modelGolden.refiner.cls },
  });
  return looks[backend];
}

/** The largest difference; fails if one exceeds the tolerance, also for NaN. */
function compare(got: ArrayLike<number>, want: ArrayLike<number>, { atol, rtol } = tolerance): number {
  expect(got.length).toBe(want.length);
  let largest = 0;
  for (let i = 0; i < want.length; i++) {
    const difference = Math.abs(got[i]! - want[i]!);
    if (!(difference <= atol + rtol * Math.abs(want[i]!))) {
      expect.fail(`number ${i} is ${got[i]}, expected ${want[i]}`);
    }
    largest = Math.max(largest, difference);
  }
  return largest;
}

describe.each(['wasm', 'webgpu'] as const)('%s', (backend) => {
  it('sees, proposes and refines what PyTorch does', { timeout: 400_000 }, async () => {
    const seen = await look(backend);
    expect(seen.reason).toBe('chosen by hand');
    expect(seen.label).toContain(backend === 'wasm' ? 'WebAssembly' : 'WebGPU');
    const largest = compare(seen.visual, golden('visual').data);
    console.log(`${seen.label}: visual rows differ from PyTorch by at most ${largest.toExponential(1)}`);
    // These goldens are f16.
    compare(seen.heat, golden('heat').data);
    if (seen.cover.length > 0) compare(seen.cover, golden('cover').data);
    compare(seen.maskLogits, golden('refiner_mask_logits').data, { atol: 1e-2, rtol: 5e-3 });
    expect(seen.proposals.map((p) => [p.classIndex, p.cell])).toEqual(
      modelGolden.proposals.map((p) => [p.cls, p.cell]),
    );
  });

  it('compares two tiles as PyTorch does', { timeout: 400_000 }, async () => {
    const { change } = await look(backend);
    const want = modelGolden.change;
    expect(change?.changed).toBeCloseTo(want.changed, 2);
    compare(change?.heat ?? [], golden('change_heat').data);
    const [, hidden] = golden('change_rows').shape;
    // The last row is the comparison's own.
    compare(change?.rows ?? [], golden('change_rows').data.slice(-hidden!));
    expect(change?.cells).toEqual(want.proposals.map(({ cell }) => cell));
  });

  it.each(modelGolden.prompts.map((p, i) => [p.question, i] as const))('answers "%s" as PyTorch does', async (_, i) => {
    const { rawText, stopReason } = (await look(backend)).answers[i]!;
    const want = modelGolden.prompts[i]!.answer.replace(/\uFFFD+$/, '');
    // If cut short by the test's limit or the guard against loops, it must still be a prefix.
    if (stopReason === 'end') expect(rawText).toBe(want);
    else expect(want.startsWith(rawText)).toBe(true);
    expect(rawText).not.toBe('');
  });
});

it('has the same logits through an adapter on both backends, and the old ones without', {
  timeout: 600_000,
}, async () => {
  const wasm = await page.evaluate(() => window.agreement.adapt('wasm'));
  const webgpu = await page.evaluate(() => window.agreement.adapt('webgpu'));
  for (const kind of ['plain', 'full', 'partial'] as const) {
    const largest = compare(webgpu[kind], wasm[kind]);
    console.log(`logits, ${kind}: WebGPU and WebAssembly differ by at most ${largest.toExponential(1)}`);
  }
  for (const { plain, full, partial, again } of [wasm, webgpu]) {
    expect(again).toEqual(plain);
    const effect = (of: number[]) => Math.max(...of.map((v, i) => Math.abs(v - plain[i]!)));
    expect(effect(full)).toBeGreaterThan(0.1);
    expect(effect(partial)).toBeGreaterThan(0.05);
  }
});

it('gives the same on both backends', async () => {
  const [wasm, webgpu] = [await look('wasm'), await look('webgpu')];
  const largest = compare(webgpu.visual, wasm.visual);
  console.log(`visual rows of the two backends differ by at most ${largest.toExponential(1)}`);
  compare(webgpu.maskLogits, wasm.maskLogits, { atol: 1e-2, rtol: 5e-3 });
  webgpu.answers.forEach((answer, i) => {
    const other = wasm.answers[i]!;
    if (answer.stopReason === 'max-tokens') expect(other.rawText.startsWith(answer.rawText)).toBe(true);
    else expect(answer.rawText).toBe(other.rawText);
  });
});

it('uses WebAssembly, and says why, if the automatic choice of WebGPU fails', async () => {
  const backend = await page.evaluate(() => window.agreement.loadOnBrokenGpu());
  expect(backend).toMatchObject({ kind: 'wasm', adapter: 'acme broken' });
  expect(backend.reason).toContain('WebGPU failed → WebAssembly');
});

it('ends a question with DEVICE_LOST when the device goes away', async () => {
  expect(await page.evaluate(() => window.agreement.loseDevice())).toBe('DEVICE_LOST');
});

it('ships each WebAssembly runtime once', async () => {
  const assets = await readdir(join(outDir, 'assets'));
  const kinds = assets.filter((file) => file.endsWith('.wasm')).map((file) => /\.(\w+)-[\w-]+\.wasm$/.exec(file)?.[1]);
  expect(kinds.sort()).toEqual(['asyncify', 'jspi']);
});

it('contacts no other host', () => {
  expect(foreign).toEqual([]);
});
