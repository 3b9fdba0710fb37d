import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DIST } from '../../cli/paths.ts';

/** What a server does for paths that match `on` instead of sending the file. */
export type Fault = { on: RegExp } & (
  | { status: number }
  /**
   * The connection breaks off after this many bytes or, with `claimed`, the short body is sent as if it were complete.
   */
  | { cutAt: number; claimed?: boolean }
  | { redirect: string }
);

export interface StaticServerOptions {
  /** The path of the app on the server; starts and ends with "/". */
  base?: string;
  /** Without COOP and COEP, as most hosts are by default. */
  isolated?: boolean;
  /** Sent with every answer. */
  headers?: Record<string, string>;
  /** Overrides the usual types by extension; null sends none. */
  types?: Record<string, string | null>;
  /** Everything is compressed and sent without a length. */
  gzip?: boolean;
  /** Answers an unknown path with the page itself and 200, as servers of single-page apps do. */
  pageForMissing?: boolean;
  onRequest?: (path: string) => void;
  /** Other path prefixes for folders of the build. */
  aliases?: Record<string, string>;
  /** Another path at which the page itself is served. */
  pageAt?: string;
  /** The first match is used. May be changed while the server runs. */
  faults?: Fault[];
}

export interface StaticServer {
  /** The page's address; ends in "/". */
  url: string;
  close(): Promise<void>;
}

const TYPES: Record<string, string | null> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** Serves the build as various hosts do, good and bad. */
export async function serveStatic(options: StaticServerOptions = {}): Promise<StaticServer> {
  const { base = '/', isolated = true, headers = {}, faults = [] } = options;
  const types = { ...TYPES, ...options.types };
  const send = (response: ServerResponse, body: Buffer, extension: string, fault: Fault | undefined) => {
    const type = types[extension] === undefined ? 'application/octet-stream' : types[extension];
    if (type !== null) response.setHeader('Content-Type', type);
    if (fault && 'cutAt' in fault) {
      response.setHeader('Content-Length', fault.claimed ? fault.cutAt : body.length);
      response.write(body.subarray(0, fault.cutAt), () => (fault.claimed ? response.end() : response.destroy()));
      return;
    }
    if (options.gzip) {
      response.setHeader('Content-Encoding', 'gzip');
      // Without a length the body is sent in chunks.
      response.write(gzipSync(body, { level: 1 }));
      response.end();
      return;
    }
    response.setHeader('Content-Length', body.length);
    response.end(body);
  };

  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname);
    options.onRequest?.(path);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (isolated) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    }
    const fault = faults.find(({ on }) => on.test(path));
    if (fault && 'redirect' in fault) {
      response.writeHead(302, { Location: fault.redirect }).end();
      return;
    }
    const status = fault && 'status' in fault ? fault.status : 200;
    const alias = Object.entries(options.aliases ?? {}).find(([start]) => path.startsWith(start));
    const inside = alias
      ? alias[1] + path.slice(alias[0].length)
      : path.startsWith(base)
        ? path.slice(base.length)
        : null;
    const isPage = inside === '' || path === options.pageAt;
    const name = isPage ? 'index.html' : inside === null ? null : normalize(inside);
    const file = name === null || name.startsWith('..') ? null : join(DIST, name);
    const body = status === 200 && file ? await readFile(file).catch(() => null) : null;
    if (body) send(response, body, extname(file ?? ''), fault);
    else if (options.pageForMissing) send(response, await readFile(join(DIST, 'index.html')), '.html', undefined);
    else response.writeHead(status === 200 ? 404 : status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${base}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
