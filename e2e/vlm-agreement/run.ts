/**
 * Both backends against PyTorch and against each other, in a real browser, through the app's own worker.
 *
 *   npx tsx e2e/vlm-agreement/run.ts [--only wasm|webgpu] [--tokens N]
 *
 * Prints one JSON object; exit code 1 when something disagrees.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Browser, chromium } from 'playwright';
import { build, type PreviewServer, preview } from 'vite';

const root = fileURLToPath(new URL('../../', import.meta.url));
const goldens = join(root, 'e2e/fixtures/goldens');
const { values: options } = parseArgs({
  options: { only: { type: 'string' }, tokens: { type: 'string', default: '12' } },
});
const maxNewTokens = Number(options.tokens);
/** f32 on both sides; the orders of summation differ. */
const tolerance = { atol: 2e-3, rtol: 2e-3 };

interface Golden {
  arrays: Record<string, { file: string; offset: number; bytes: number; shape: number[] }>;
  model: { prompts: { question: string; answer: string; answerIds: number[] }[] };
}

const golden = JSON.parse(await readFile(join(goldens, 'index.json'), 'utf8')) as Golden;

async function array(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const entry = golden.arrays[name];
  if (!entry) throw new Error(`no golden "${name}"`);
  const file = await readFile(join(goldens, entry.file));
  return new Uint8Array(file.subarray(entry.offset, entry.offset + entry.bytes));
}

async function serveBuild(outDir: string): Promise<{ server: PreviewServer; url: string }> {
  const configFile = join(root, 'vite.config.ts');
  const input = join(root, 'e2e/vlm-agreement/index.html');
  await build({
    configFile,
    root,
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, rollupOptions: { input } },
  });
  const server = await preview({
    configFile,
    root,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1' },
  });
  const address = server.httpServer.address();
  if (!address || typeof address === 'string') throw new Error('the preview server has no port');
  return { server, url: `http://127.0.0.1:${address.port}` };
}

function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.NADIR_BROWSER ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--enable-features=Vulkan',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

function largestDifference(got: ArrayLike<number>, want: ArrayLike<number>): { largest: number; within: boolean } {
  let largest = 0;
  let within = got.length === want.length;
  for (let i = 0; i < want.length; i++) {
    const difference = Math.abs(got[i]! - want[i]!);
    if (!(difference <= tolerance.atol + tolerance.rtol * Math.abs(want[i]!))) within = false;
    largest = Math.max(largest, difference);
  }
  return { largest, within };
}

const outDir = await mkdtemp(join(tmpdir(), 'nadir-agreement-'));
const { server, url } = await serveBuild(outDir);
const browser = await openBrowser();
const failures: string[] = [];
const report: Record<string, unknown> = {};
try {
  const page = await browser.newPage();
  const foreign: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error') console.error('page:', message.text());
  });
  page.on('pageerror', (error) => console.error('page:', error.message));
  await page.goto(`${url}/e2e/vlm-agreement/`);
  await page.waitForFunction(() => 'agreement' in window);
  const tile = Array.from(await array('tile_u8'));
  const visualGolden = new Float32Array((await array('visual')).buffer);
  const requests = golden.model.prompts.map(({ question }) => ({
    task: 'ask' as const,
    prompt: question,
    label: null,
    region: null,
    wantMasks: true,
  }));
  const visuals: Record<string, number[]> = {};
  const answers: Record<string, string[]> = {};
  for (const backend of ['wasm', 'webgpu'] as const) {
    if (options.only && options.only !== backend) continue;
    const tokens = backend === 'wasm' ? 128 : maxNewTokens;
    const { loaded, phases, results } = await page.evaluate(([b, t, r, n]) => window.agreement.ask(b, t, r, n, null), [
      backend,
      tile,
      requests,
      tokens,
    ] as const);
    const stopped = await page.evaluate(([b, t, r]) => window.agreement.ask(b, t, r, 100, 2), [
      backend,
      tile,
      requests.slice(0, 1),
    ] as const);
    visuals[backend] = await page.evaluate(([b, t]) => window.agreement.visual(b, t), [backend, tile] as const);
    answers[backend] = results.map((r) => r.rawText);
    const features = largestDifference(visuals[backend], visualGolden);
    report[backend] = {
      label: loaded.backend.label,
      reason: loaded.backend.reason,
      loadMs: Math.round(loaded.loadMs),
      phases,
      visualAgainstPyTorch: features.largest,
      answers: results.map(({ text, stopReason, objects, timings }) => ({
        text: text.slice(0, 120),
        stopReason,
        objects: objects.length,
        masks: objects.filter((o) => o.mask).length,
        timings,
      })),
      stoppedAfterTwo: stopped.results[0]?.timings.newTokens,
    };
    if (!features.within) failures.push(`${backend}: visual rows differ from PyTorch by ${features.largest}`);
    results.forEach((result, i) => {
      // Greedy text of a loop is cut by the repetition guard, so a prefix is what can be compared.
      const want = golden.model.prompts[i]!.answer;
      if (!want.startsWith(result.rawText) || result.rawText === '') {
        failures.push(
          `${backend}: "${requests[i]!.prompt}" gave ${JSON.stringify(result.rawText)}, PyTorch ${JSON.stringify(want)}`,
        );
      }
    });
    if (stopped.results[0]?.stopReason !== 'aborted') failures.push(`${backend}: cancel did not end the answer`);
  }
  if (visuals.wasm && visuals.webgpu) {
    const between = largestDifference(visuals.webgpu, visuals.wasm);
    report.largestFeatureDifference = between.largest;
    if (!between.within) failures.push(`the backends' visual rows differ by ${between.largest}`);
    answers.webgpu!.forEach((text, i) => {
      if (!answers.wasm![i]!.startsWith(text))
        failures.push(`the backends' answers to "${requests[i]!.prompt}" differ`);
    });
  }
  if (foreign.length > 0) failures.push(`requests to other hosts: ${foreign.join(', ')}`);
} finally {
  await browser.close();
  await server.close();
  await rm(outDir, { recursive: true, force: true });
}
console.log(JSON.stringify({ ...report, failures }, null, 2));
process.exitCode = failures.length > 0 ? 1 : 0;
