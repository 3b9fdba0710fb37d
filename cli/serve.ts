import { createServer } from 'node:net';
import { join } from 'node:path';
import { preview } from 'vite';
import { folderInstead } from './folder-instead.ts';
import { ROOT } from './paths.ts';

/** Reachable only from this machine. */
export const HOST = '127.0.0.1';
const PORTS_TRIED = 50;

export interface Served {
  /** Ends in "/". */
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Path of the embedded model, relative to the app. */
export const MODEL_PATH = '/models/nadir-s/';

/**
 * Serves dist/ with the headers of vite.config.ts (COOP/COEP for threads), on the next free port if one is taken.
 * `modelDir` (absolute) is served instead of the embedded model, which is then unreachable.
 */
export async function serveDist(
  wantedPort: number,
  say: (line: string) => void,
  modelDir: string | null = null,
): Promise<Served> {
  const port = await freePort(wantedPort);
  if (port !== wantedPort) say(`Port ${wantedPort} is taken by another program; using ${port}.`);
  const server = await preview({
    root: ROOT,
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'silent',
    plugins: modelDir === null ? [] : [folderInstead(MODEL_PATH, modelDir)],
    preview: { host: HOST, port, strictPort: true, open: false },
  });
  return { url: `http://${HOST}:${port}/`, port, close: () => server.close() };
}

async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + PORTS_TRIED; port += 1) {
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port from ${wanted} to ${wanted + PORTS_TRIED - 1}. Choose another with --port.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: HOST, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
