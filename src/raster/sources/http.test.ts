import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { openRaster } from '../open/open.ts';
import { FIXTURES, openFixture, testContext } from '../testing.ts';
import { openHttpSource, parseAddress } from './http.ts';

interface Server {
  ask: typeof fetch;
  /** Requested ranges, as [from, to]. */
  asked: [number, number][];
  options: RequestInit[];
}

/** A server of one file. `change` turns a good answer into another one. */
function serving(
  bytes: Uint8Array,
  change: (response: Response, request: number) => Response | Promise<Response> = (r) => r,
): Server {
  const server: Server = { asked: [], options: [], ask: fetch };
  server.ask = async (_url, options = {}) => {
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(new Headers(options.headers).get('Range') ?? '') ?? [];
    const range: [number, number] = [Number(from), Math.min(Number(to), bytes.length - 1)];
    server.asked.push(range);
    server.options.push(options);
    options.signal?.throwIfAborted();
    const headers = { 'Content-Range': `bytes ${range[0]}-${range[1]}/${bytes.length}`, ETag: '"1"' };
    const part = new Response(bytes.slice(range[0], range[1] + 1), { status: 206, headers });
    return change(part, server.asked.length);
  };
  return server;
}

const BYTES = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) & 255);
const ADDRESS = 'https://imagery.test/folder/scene%20a.tif?token=x';

describe('a file on a server', () => {
  it('is read by range, exactly, and each block once', async () => {
    const server = serving(BYTES);
    const source = await openHttpSource(ADDRESS, null, server.ask);
    expect([source.name, source.size]).toEqual(['scene a.tif', BYTES.length]);
    expect(await source.read(10, 20, null)).toEqual(BYTES.slice(10, 30));
    expect(server.asked).toEqual([[0, 65535]]);
    expect(await source.read(60_000, 100_000, null)).toEqual(BYTES.slice(60_000, 160_000));
    expect(await source.read(70_000, 10, null)).toEqual(BYTES.slice(70_000, 70_010));
    expect(server.asked).toEqual([
      [0, 65535],
      [65536, 196607],
    ]);
    expect(await source.read(299_990, 100, null)).toEqual(BYTES.slice(299_990));
    expect(await source.read(BYTES.length, 5, null)).toHaveLength(0);
  });

  it.each<[string, (signal: AbortSignal) => Promise<Response>]>([
    [
      'never answers',
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    ],
    [
      'stops in the middle',
      async (signal) => {
        const body = new ReadableStream({
          start: (stream) => {
            stream.enqueue(BYTES.slice(0, 100));
            signal.addEventListener('abort', () => stream.error(signal.reason));
          },
        });
        return new Response(body, { status: 206, headers: { 'Content-Range': 'bytes 0-65535/300000' } });
      },
    ],
  ])('is not waited for without end when its host %s', async (_, answer) => {
    vi.useFakeTimers();
    try {
      const opening = openHttpSource(ADDRESS, null, (_url, options) => answer(options!.signal!));
      const outcome = expect(opening).rejects.toMatchObject({
        code: 'URL_UNREACHABLE',
        message: expect.stringContaining('imagery.test has sent nothing for 60 s'),
      });
      await vi.advanceTimersByTimeAsync(61_000);
      await outcome;
    } finally {
      vi.useRealTimers();
    }
  });

  it('is read as long as data arrive', async () => {
    vi.useFakeTimers();
    try {
      const parts = Array.from({ length: 8 }, (_, i) => BYTES.slice(i * 8192, (i + 1) * 8192));
      const body = new ReadableStream({
        pull: async (stream) => {
          await new Promise((resolve) => setTimeout(resolve, 50_000));
          const part = parts.shift();
          if (part) stream.enqueue(part);
          else stream.close();
        },
      });
      const headers = { 'Content-Range': 'bytes 0-65535/300000' };
      const opening = openHttpSource(ADDRESS, null, async () => new Response(body, { status: 206, headers }));
      await vi.advanceTimersByTimeAsync(500_000);
      expect(await (await opening).read(60_000, 10, null)).toEqual(BYTES.slice(60_000, 60_010));
    } finally {
      vi.useRealTimers();
    }
  });

  it('reports the bytes received', async () => {
    const told: number[] = [];
    const source = await openHttpSource(ADDRESS, null, serving(BYTES).ask, (total) => told.push(total));
    await source.read(10, 20, null);
    await source.read(70_000, 10, null);
    expect(told).toEqual([65_536, 131_072]);
  });

  it('is asked for nothing twice at once, and never with credentials, referrer or redirects', async () => {
    const server = serving(BYTES);
    const source = await openHttpSource(ADDRESS, null, server.ask);
    await Promise.all([source.read(100_000, 10, null), source.read(100_005, 10, null)]);
    expect(server.asked).toHaveLength(2);
    for (const options of server.options) {
      expect(options).toMatchObject({ credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'manual' });
    }
  });

  it('opens as an image, the same as from disk', async () => {
    const bytes = new Uint8Array(readFileSync(`${FIXTURES}cog.tif`));
    const source = await openHttpSource(ADDRESS, null, serving(bytes).ask);
    const scene = await openRaster(source, testContext());
    const local = await openFixture('cog.tif');
    expect(scene.georeference).toEqual(local.georeference);
    expect(await scene.readPixel(17, 23)).toEqual(await local.readPixel(17, 23));
  });

  it('aborts when the last reader leaves, and requests again for the next', async () => {
    let requestSignal: AbortSignal | null | undefined;
    let hang = true;
    const inner = serving(BYTES);
    const ask: typeof fetch = (url, options) => {
      if (inner.asked.length < 1 || !hang) return inner.ask(url, options);
      requestSignal = options?.signal;
      return new Promise((_, reject) => requestSignal?.addEventListener('abort', () => reject(requestSignal?.reason)));
    };
    const source = await openHttpSource(ADDRESS, null, ask);
    const [first, second] = [new AbortController(), new AbortController()];
    const reads = [source.read(200_000, 5, first.signal), source.read(200_000, 5, second.signal)];
    const settled = Promise.allSettled(reads);
    first.abort();
    expect(requestSignal?.aborted).toBe(false);
    second.abort();
    expect(requestSignal?.aborted).toBe(true);
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    hang = false;
    expect(await source.read(200_000, 5, null)).toEqual(BYTES.slice(200_000, 200_005));
  });
});

describe('what can’t be read says why', () => {
  const failing = async (change: (response: Response, request: number) => Response | Promise<Response>) => {
    const server = serving(BYTES, change);
    return openHttpSource(ADDRESS, null, server.ask);
  };

  it('no ranges', async () => {
    await expect(failing(() => new Response('all of it', { status: 200 }))).rejects.toMatchObject({
      code: 'URL_NO_RANGES',
      message: expect.stringContaining('imagery.test doesn’t support range requests'),
    });
  });

  it('a size that can’t be seen', async () => {
    await expect(failing((response) => new Response(response.body, { status: 206 }))).rejects.toMatchObject({
      code: 'URL_NO_RANGES',
      message: expect.stringContaining('Access-Control-Expose-Headers'),
    });
  });

  it('nothing there', async () => {
    await expect(failing(() => new Response('', { status: 404 }))).rejects.toMatchObject({
      code: 'URL_REFUSED',
      details: { status: 404 },
      message: expect.stringContaining('has no file at this address'),
    });
  });

  it('a redirect, wherever it leads', async () => {
    const away = () => new Response(null, { status: 302, headers: { Location: 'https://elsewhere.test/' } });
    await expect(failing(away)).rejects.toMatchObject({
      code: 'URL_REFUSED',
      message: expect.stringContaining('redirect'),
    });
  });

  it('CORS or no such host', async () => {
    const down = () => Promise.reject(new TypeError('Failed to fetch'));
    await expect(failing(down)).rejects.toMatchObject({
      code: 'URL_UNREACHABLE',
      message: expect.stringContaining('CORS'),
    });
  });

  it('a file that changes meanwhile', async () => {
    const source = await failing((response, request) => {
      if (request > 1) response.headers.set('ETag', '"2"');
      return response;
    });
    await expect(source.read(200_000, 5, null)).rejects.toMatchObject({ code: 'URL_CHANGED' });
  });
});

describe('a typed address', () => {
  it('may leave https:// out', () => {
    expect(parseAddress(' example.org/a.tif ').href).toBe('https://example.org/a.tif');
    expect(parseAddress('http://localhost:8000/a.tif').port).toBe('8000');
  });

  it.each([
    's3://bucket/a.tif',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:secret@example.org/',
    'https://',
    'two words',
  ])('is refused: %s', (address) => {
    expect(() => parseAddress(address)).toThrow(expect.objectContaining({ code: 'URL_INVALID' }));
  });
});
