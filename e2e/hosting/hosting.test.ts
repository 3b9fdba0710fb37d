import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { DIST, ROOT } from '../../cli/paths.ts';
import { useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';
import { type Fault, type StaticServerOptions, serveStatic } from '../harness/static-server.ts';

/**
 * The build on many kinds of servers: what works, and what the app says if something doesn't. Tests docs/hosting.md.
 */
const browser = useBrowser({ webgpu: 'off' });
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function served(options: StaticServerOptions): Promise<string> {
  const server = await serveStatic(options);
  closing.push(server.close);
  return server.url;
}

const backendOf = (app: AppPage) =>
  app.page.evaluate(() => {
    const model = globalThis.nadir?.session.model.state.value;
    return model?.status === 'ready' ? model.loaded.backend : null;
  });

/** Images that need each of the decoders, and a question about the last one. */
async function openAndAsk(app: AppPage): Promise<void> {
  for (const name of ['strips-lzw.tif', 'jpeg-ycbcr.tif', 'webp.tif', 'lerc.tif', 'zstd.tif']) {
    await app.openFile(join(ROOT, 'e2e/fixtures/imagery', name));
    await app.page.waitForFunction(
      (wanted) => globalThis.nadir?.session.layers.active.value?.info.fileName === wanted,
      name,
    );
  }
  await app.startTask('Classify', null);
  await app.answered();
  expect((await app.answers()).at(-1)).toMatchObject({ status: 'done', failedTiles: [] });
}

const failure = (app: AppPage) =>
  app.page.waitForFunction(
    () => {
      const model = globalThis.nadir?.session.model.state.value;
      return model?.status === 'failed' ? model.error : null;
    },
    undefined,
    { timeout: 60_000 },
  );

describe('works', () => {
  it('in a sub-path, compressed, without COOP and COEP, with types that are wrong or missing and nosniff', async () => {
    const url = await served({
      base: '/tools/nadir/',
      gzip: true,
      isolated: false,
      headers: { 'X-Content-Type-Options': 'nosniff' },
      types: {
        '.wasm': 'application/octet-stream',
        '.json': 'text/plain',
        '.onnx': 'text/html',
        '.svg': null,
        '.tif': null,
      },
    });
    const app = await browser.open({ url });
    await app.modelReady();
    expect(await backendOf(app)).toMatchObject({
      label: 'WebAssembly · 1 thread',
      reason: expect.stringContaining('1 thread, because the server doesn’t send COOP and COEP'),
    });
    await openAndAsk(app);
  });

  it('under a strict Content-Security-Policy, with threads', async () => {
    const policy = [
      "default-src 'none'",
      "script-src 'self' blob: 'wasm-unsafe-eval'",
      "worker-src 'self' blob:",
      "connect-src 'self' blob: data:",
      "style-src 'self'",
      "img-src 'self' blob: data:",
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; ');
    const url = await served({ headers: { 'Content-Security-Policy': policy } });
    const broken: string[] = [];
    const app = await browser.open({
      url,
      prepare: async (context) => {
        context.on('console', (message) => {
          if (/content security policy/i.test(message.text())) broken.push(message.text());
        });
      },
    });
    await app.modelReady();
    expect((await backendOf(app))?.threads).toBeGreaterThan(1);
    await openAndAsk(app);
    expect(broken).toEqual([]);
  });

  it('as far as a Content-Security-Policy without data: lets it, and names that', async () => {
    const policy = "default-src 'self' blob:; script-src 'self' blob: 'wasm-unsafe-eval'; img-src 'self' blob: data:";
    const app = await browser.open({ url: await served({ headers: { 'Content-Security-Policy': policy } }) });
    for (const name of ['lerc.tif', 'zstd.tif']) {
      await app.openFile(join(ROOT, 'e2e/fixtures/imagery', name));
      const alert = app.page.getByRole('alert').filter({ hasText: name });
      await alert.getByText(/did not let a decoder start .*must allow connect-src data:/).waitFor();
    }
  });

  it('behind redirects within the host', async () => {
    const moved = { on: /onnx\/connector\.onnx$/, redirect: '/elsewhere/connector.onnx' };
    const url = await served({ base: '/app/', faults: [moved], aliases: { '/elsewhere/': 'models/nadir-s/onnx/' } });
    const app = await browser.open({ url });
    await app.modelReady();
  });
});

describe('says why the page does not start', () => {
  const program = /assets\/index-.*\.js$/;
  it.each<[string, StaticServerOptions, RegExp]>([
    [
      'sends .js as text/plain',
      { types: { '.js': 'text/plain' } },
      /sends the program \(index-.*\.js\) as text\/plain/,
    ],
    ['sends .js without a type', { types: { '.js': null } }, /sends the program .* as no type/],
    // None of the page's own code may run, so the page's static text stays.
    [
      'sends .js as text/plain, with nosniff',
      { types: { '.js': 'text/plain' }, headers: { 'X-Content-Type-Options': 'nosniff' } },
      /If this text stays, its program could not be loaded/,
    ],
    ['lacks the program', { faults: [{ on: program, status: 404 }] }, /The program .* the server answered 404/],
    [
      'sends the page instead',
      { faults: [{ on: program, status: 404 }], pageForMissing: true },
      /sends a web page in place of the program/,
    ],
    ['is overloaded', { faults: [{ on: program, status: 503 }] }, /The program .* the server answered 503/],
    [
      'cuts the program off',
      { faults: [{ on: program, cutAt: 5000, claimed: true }] },
      /Its program stopped: .*SyntaxError/,
    ],
    ['breaks off', { faults: [{ on: program, cutAt: 5000 }] }, /The program .* could not be/],
  ])('if the server %s', async (_, options, sentence) => {
    const app = await browser.open({ url: await served(options) });
    await app.page.locator('.not-started').getByText(sentence).waitFor({ timeout: 20_000 });
  });

  it('if its address lacks the slash at the end', async () => {
    const url = await served({ base: '/tools/nadir/', pageAt: '/tools/nadir' });
    const app = await browser.open({ url: url.slice(0, -1) });
    await app.page.getByText(/the address must end in a slash/).waitFor({ timeout: 20_000 });
  });

  it('if it was opened from disk', async () => {
    const app = await browser.open({ url: pathToFileURL(join(DIST, 'index.html')).href });
    await app.page
      .getByRole('alert')
      .getByText(/opened from disk\. Run “npm start”/)
      .waitFor();
  });

  it('if its styles are refused, above the page', async () => {
    const url = await served({
      types: { '.css': 'application/octet-stream' },
      headers: { 'X-Content-Type-Options': 'nosniff' },
    });
    const app = await browser.open({ url });
    await app.page.getByText(/sends the style sheet \(index-.*\.css\) as application\/octet-stream/).waitFor();
  });
});

describe('says why the model does not load', () => {
  const connector = /onnx\/connector\.onnx$/;
  const worker = /assets\/vlm\.worker-.*\.js$/;
  const wasm = /assets\/ort-.*\.wasm$/;
  it.each<[string, StaticServerOptions, string, RegExp]>([
    [
      'a model file is missing',
      { faults: [{ on: connector, status: 404 }] },
      'MODEL_FILE_MISSING',
      /"onnx\/connector.onnx" could not be loaded: the server answered 404/,
    ],
    [
      'the page is sent for a model file',
      { faults: [{ on: connector, status: 404 }], pageForMissing: true },
      'MODEL_FILE_MISSING',
      /"onnx\/connector.onnx" could not be loaded: the server sent a web page/,
    ],
    [
      'the page is sent for the manifest',
      { faults: [{ on: /nadir\.json$/, status: 404 }], pageForMissing: true },
      'MODEL_FILE_MISSING',
      /"nadir.json" could not be loaded: the server sent a web page/,
    ],
    [
      'the server fails',
      { faults: [{ on: connector, status: 502 }] },
      'MODEL_FILE_MISSING',
      /answered 502, so it failed or is overloaded/,
    ],
    [
      'a model file is short',
      { faults: [{ on: connector, cutAt: 1000, claimed: true }] },
      'MODEL_HASH_MISMATCH',
      /"onnx\/connector.onnx" .* has 1000 bytes/,
    ],
    [
      'a transfer breaks off',
      { faults: [{ on: connector, cutAt: 1000 }] },
      'MODEL_FILE_MISSING',
      /"onnx\/connector.onnx" could not be loaded: its transfer broke off/,
    ],
    [
      'the worker is missing',
      { faults: [{ on: worker, status: 404 }] },
      'PART_MISSING',
      /The model’s worker could not be loaded: the server answered 404/,
    ],
    [
      'the page is sent for the worker',
      { faults: [{ on: worker, status: 404 }], pageForMissing: true },
      'PART_MISSING',
      /The model’s worker could not be loaded: the server sent a web page/,
    ],
    [
      'the worker is cut off',
      { faults: [{ on: worker, cutAt: 20_000, claimed: true }] },
      'WORKER_CRASHED',
      /The model’s worker could not be started: .* Its file may be damaged/,
    ],
    [
      'the runtime is missing',
      { faults: [{ on: wasm, status: 404 }] },
      'PART_MISSING',
      /ONNX Runtime could not be loaded: the server answered 404/,
    ],
    [
      'the page is sent for the runtime',
      { faults: [{ on: wasm, status: 404 }], pageForMissing: true },
      'PART_MISSING',
      /ONNX Runtime could not be loaded: the server sent a web page/,
    ],
    [
      'the runtime is cut off',
      { faults: [{ on: wasm, cutAt: 2_000_000, claimed: true }] },
      'PART_MISSING',
      /ONNX Runtime could not be started/,
    ],
  ])('where %s', async (_, options, code, sentence) => {
    const app = await browser.open({ url: await served(options) });
    const error = await (await failure(app)).jsonValue();
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(sentence);
    await app.page.getByRole('alert').filter({ hasText: code }).first().waitFor();
  });
});

it.each([
  ['a model file', /onnx\/connector\.onnx$/, 'MODEL_FILE_MISSING'],
  ['the runtime', /assets\/ort-.*\.wasm$/, 'PART_MISSING'],
])('contacts no other host for %s, and says that the server redirects there', async (_, on, code) => {
  // Another port is another origin; this one would let any page read its files.
  const asked: string[] = [];
  const other = await serveStatic({
    headers: { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' },
    onRequest: (path) => asked.push(path),
  });
  closing.push(other.close);
  const url = await served({ faults: [{ on, redirect: `${other.url}moved` }] });
  const app = await browser.open({ url });
  const error = await (await failure(app)).jsonValue();
  expect(error).toMatchObject({
    code,
    message: expect.stringContaining('to another host, which Nadir doesn’t follow'),
  });
  expect(asked).toEqual([]);
});

describe('says which other part could not be had, and loads it once it can', () => {
  it.each([
    [
      'the imagery reader',
      /assets\/raster\.worker-.*\.js$/,
      /The imagery reader could not be loaded: the server answered 404/,
    ],
    ['the map', /assets\/map-controller-.*\.js$/, /The map could not be loaded: its file is missing on the server/],
  ])('%s', async (_, on, sentence) => {
    const faults: Fault[] = [{ on, status: 404 }];
    const app = await browser.open({ url: await served({ faults }) });
    const alert = app.page.getByRole('alert').filter({ hasText: sentence }).first();
    await alert.waitFor({ timeout: 60_000 });
    faults.splice(0);
    await alert.getByRole('button', { name: 'Try again' }).click();
    await alert.waitFor({ state: 'detached' });
    await app.modelReady();
    await app.openSample();
    await app.page.locator('.map canvas').first().waitFor();
  });

  it('a sample scene', async () => {
    const faults: Fault[] = [{ on: /samples\/airfield\.tif$/, status: 404 }];
    const app = await browser.open({ url: await served({ faults, pageForMissing: true }) });
    await app.page.getByRole('button', { name: 'Sample scene' }).click();
    await app.page
      .getByText(/The sample scene airfield\.tif could not be loaded: the server sent a web page/)
      .waitFor();
    faults.splice(0);
    await app.openSample();
  });
});
