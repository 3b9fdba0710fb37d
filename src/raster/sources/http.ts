import { waitFor } from '../../lib/abort.ts';
import { NadirError } from '../../lib/errors.ts';
import { STALL_MS, Stall } from '../../lib/stall.ts';
import type { ByteSource } from '../tiff/byte-source.ts';
import { BlockCache } from './block-cache.ts';

/** Bytes are fetched in blocks of this size. The first one contains a COG's header and directories. */
const BLOCK_BYTES = 64 * 1024;
/** Up to this many missing neighbouring blocks are fetched together. */
const MAX_RUN_BLOCKS = 64;
/** Size of the cache of compressed bytes; the raster cache keeps decoded blocks besides. */
const CACHE_BYTES = 48 * 1024 * 1024;

export interface HttpSource extends ByteSource {
  /** The last part of the address's path. */
  readonly name: string;
}

type Fetch = typeof fetch;
type Bytes = Uint8Array<ArrayBuffer>;

/**
 * A file on a server, read by range requests to exactly the address that the user typed: without credentials or
 * referrer, and without following redirects. Blocks are cached; reading ahead is limited to the rest of a block.
 * `onBytes` is called after each request with the total number of bytes received. Errors: URL_INVALID, URL_UNREACHABLE
 * (no network, no such host, CORS, or nothing sent for a minute), URL_REFUSED (404, 403 …, redirects), URL_NO_RANGES,
 * URL_CHANGED, ABORTED.
 */
export async function openHttpSource(
  address: string,
  signal: AbortSignal | null = null,
  ask: Fetch = fetch,
  onBytes: (total: number) => void = () => undefined,
): Promise<HttpSource> {
  const url = parseAddress(address);
  let total = 0;
  const counted = (bytes: Bytes): Bytes => {
    total += bytes.length;
    onBytes(total);
    return bytes;
  };
  const first = await request(url, 0, BLOCK_BYTES - 1, null, signal, ask);
  const size = totalOf(first.response);
  const tag = validatorOf(first.response);
  if (size === null) {
    throw new NadirError(
      'URL_NO_RANGES',
      `${url.host} doesn’t report the file’s size (no readable Content-Range). The server must expose that header (Access-Control-Expose-Headers: Content-Range), or download the file and open it from disk.`,
    );
  }
  const cache = new BlockCache(CACHE_BYTES / BLOCK_BYTES, MAX_RUN_BLOCKS, BLOCK_BYTES);
  cache.put(0, counted(first.bytes));
  return {
    name: decodeURIComponent(url.pathname.split('/').at(-1) ?? '') || url.host,
    size,
    async read(offset, length, readSignal) {
      readSignal?.throwIfAborted();
      const end = Math.min(size, offset + length);
      const out = new Uint8Array(Math.max(0, end - offset));
      if (end <= offset) return out;
      const from = Math.floor(offset / BLOCK_BYTES);
      const to = Math.floor((end - 1) / BLOCK_BYTES);
      const wanted = cache.take(from, to, (start, count, runSignal) =>
        request(url, start * BLOCK_BYTES, Math.min(size, (start + count) * BLOCK_BYTES) - 1, tag, runSignal, ask).then(
          ({ bytes }) => counted(bytes),
        ),
      );
      const leave = [...new Set(wanted.map(({ run }) => run))].map((run) => run?.join(readSignal));
      try {
        for (const [i, { bytes }] of wanted.entries()) {
          const block = await waitFor(bytes, readSignal);
          const at = (from + i) * BLOCK_BYTES;
          const part = block.subarray(Math.max(0, offset - at), Math.min(block.length, end - at));
          out.set(part, Math.max(0, at - offset));
        }
      } finally {
        for (const done of leave) done?.();
      }
      return out;
    },
  };
}

/** Parses an address that a user typed. Errors: URL_INVALID. */
export function parseAddress(address: string): URL {
  const trimmed = address.trim();
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:/i.test(trimmed) ? trimmed : `https://${trimmed}`);
  if (!url || !['http:', 'https:'].includes(url.protocol) || !url.hostname || /\s/.test(trimmed)) {
    const hint = /^(s3|gs|az):/i.test(trimmed) ? ' Give the https:// address of the same file.' : '';
    throw new NadirError(
      'URL_INVALID',
      `“${trimmed}” isn’t an address that a browser can read. It must begin with https:// or http://.${hint}`,
    );
  }
  if (url.username || url.password) {
    throw new NadirError(
      'URL_INVALID',
      'The address contains a user name or password, which Nadir doesn’t send. Use an address with its own token, or download the file.',
    );
  }
  return url;
}

async function request(
  url: URL,
  from: number,
  to: number,
  tag: string | null,
  signal: AbortSignal | null,
  ask: Fetch,
): Promise<{ response: Response; bytes: Bytes }> {
  const stall = new Stall(signal);
  const failed = (cause: unknown) => {
    if (signal?.aborted) return NadirError.from(cause);
    return stall.isStalled ? stalled(url, cause) : unreachable(url, cause);
  };
  try {
    const response = await ask(url, {
      headers: { Range: `bytes=${from}-${to}` },
      redirect: 'manual',
      // Sends nothing that identifies the user.
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      mode: 'cors',
      cache: 'no-store',
      signal: stall.signal,
    });
    refuseRedirect(url, response);
    await requireRange(url, response, from);
    if (tag && validatorOf(response) && validatorOf(response) !== tag) {
      throw new NadirError('URL_CHANGED', `The file at ${url.host} changed while it was being read. Open it again.`);
    }
    return { response, bytes: await stall.read(response) };
  } catch (cause) {
    throw cause instanceof NadirError ? cause : failed(cause);
  } finally {
    stall.end();
  }
}

function stalled(url: URL, cause: unknown): NadirError {
  return new NadirError(
    'URL_UNREACHABLE',
    `${url.host} has sent nothing for ${STALL_MS / 1000} s, and is not waited for any more. Try again later, or download the file and open it from disk.`,
    { cause },
  );
}

/** A redirect's target can't be seen without going there, and the user didn't name that host. */
function refuseRedirect(url: URL, response: Response): void {
  if (response.type !== 'opaqueredirect' && !(response.status >= 300 && response.status < 400)) return;
  throw new NadirError(
    'URL_REFUSED',
    `${url.host} redirects the request to another address. Nadir doesn’t follow redirects, so that it contacts only hosts that you named. Open the final address itself.`,
  );
}

async function requireRange(url: URL, response: Response, from: number): Promise<void> {
  if (response.status === 206) {
    const start = /^bytes (\d+)-/.exec(response.headers.get('Content-Range') ?? '')?.[1];
    // Not every server exposes this header. If it is readable, it must match the request.
    if (start !== undefined && Number(start) !== from) {
      throw new NadirError(
        'URL_NO_RANGES',
        `${url.host} sent another part of the file than requested. Download the file and open it from disk.`,
      );
    }
    return;
  }
  await response.body?.cancel().catch(() => undefined);
  if (response.ok) {
    throw new NadirError(
      'URL_NO_RANGES',
      `${url.host} doesn’t support range requests, so the whole file would have to be downloaded. Download it and open it from disk.`,
    );
  }
  const why: Record<number, string> = {
    401: 'requires a login',
    403: 'forbids reading it',
    404: 'has no file at this address',
    410: 'no longer has this file',
    416: 'reports that the file is empty or shorter',
    429: 'asks to wait: too many requests',
  };
  const what = why[response.status] ?? 'can’t deliver it';
  throw new NadirError('URL_REFUSED', `${url.host} ${what} (HTTP ${response.status}). Check the address.`, {
    details: { status: response.status },
  });
}

/** Browsers don't tell a page why a request failed. */
function unreachable(url: URL, cause: unknown): NadirError {
  const offline = typeof navigator !== 'undefined' && navigator.onLine === false;
  const message = offline
    ? `This machine is offline, so ${url.host} can’t be reached. Connect, or open a file from disk.`
    : `${url.host} can’t be read from here: it doesn’t exist, doesn’t answer, or doesn’t allow other sites to read it (CORS: it must send Access-Control-Allow-Origin and allow the Range header). Check the address, or download the file and open it from disk.`;
  return new NadirError('URL_UNREACHABLE', message, { cause });
}

function totalOf(response: Response): number | null {
  const total = /\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1];
  return total === undefined ? null : Number(total);
}

const validatorOf = (response: Response) => response.headers.get('ETag') ?? response.headers.get('Last-Modified');
