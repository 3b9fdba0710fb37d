import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { DIST, ROOT } from '../../cli/paths.ts';
import { useBrowser } from '../harness/app.ts';

/**
 * The build behind a real nginx, if one is installed: with its defaults, and with the configuration from
 * docs/hosting.md.
 */
const MIME_TYPES = '/etc/nginx/mime.types';
const nginx = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  .map((folder) => join(folder, 'nginx'))
  .find((path) => existsSync(path));
const isHere = nginx !== undefined && existsSync(MIME_TYPES);
if (!isHere) process.stderr.write('nginx is not installed: the stories behind a real one are skipped.\n');

const browser = useBrowser({ webgpu: 'off' });
const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

/** `block` listens on "80" and has some `root`; both are replaced. Resolves to the address. */
async function startNginx(block: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nadir-nginx-'));
  const port = await freePort();
  const config = `
    daemon off;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    worker_processes 1;
    pid ${folder}/pid;
    error_log ${folder}/error.log;
    events {}
    http {
      include ${MIME_TYPES};
      default_type application/octet-stream;
      access_log off;
      client_body_temp_path ${folder}/body;
      proxy_temp_path ${folder}/proxy;
      fastcgi_temp_path ${folder}/fastcgi;
      uwsgi_temp_path ${folder}/uwsgi;
      scgi_temp_path ${folder}/scgi;
      ${block.replace(/listen 80;/, `listen 127.0.0.1:${port};`).replace(/root [^;]+;/, `root ${DIST};`)}
    }`;
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, config);
  const child: ChildProcess = spawn(nginx!, ['-p', folder, '-c', file], { stdio: 'inherit' });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  ended.push(async () => {
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${port}/`;
  await expect
    .poll(
      () =>
        fetch(url).then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 10_000 },
    )
    .toBe(200);
  return url;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

const documented = () => {
  const block = /```nginx\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs/hosting.md'), 'utf8'))?.[1];
  if (!block) throw new Error('docs/hosting.md has no block for nginx.');
  return block;
};

it.skipIf(!isHere).each([
  ['with its defaults, on one thread', () => 'server { listen 80; root x; }', { isolated: false, threads: 1 }],
  ['with the block of docs/hosting.md, on several', documented, { isolated: true, threads: expect.any(Number) }],
  [
    'answering what is missing with the page',
    () => 'server { listen 80; root x; location / { try_files $uri $uri/ /index.html; } }',
    { isolated: false, threads: 1 },
  ],
])('runs on nginx %s', async (_, block, expected) => {
  const app = await browser.open({ url: await startNginx(block()) });
  await app.modelReady();
  const found = await app.page.evaluate(() => {
    const model = globalThis.nadir?.session.model.state.value;
    return {
      isolated: globalThis.crossOriginIsolated,
      threads: model?.status === 'ready' ? model.loaded.backend.threads : 0,
    };
  });
  expect(found).toEqual(expected);
  if (expected.isolated) expect(found.threads).toBeGreaterThan(1);
  await app.openSample();
  await app.startTask('Classify', null);
  await app.answered();
  expect((await app.answers()).at(-1)?.status).toBe('done');
});
