import { afterEach, describe, expect, it, vi } from 'vitest';
import { fetchOwnFile, isWebPage, whyNoAnswer } from './own-file.ts';

const url = 'http://host.test/assets/worker.js';
const bytes = (text: string) => new TextEncoder().encode(text);
const fetched = (answer: () => Promise<Response>) => {
  const ask = vi.fn<typeof fetch>(answer);
  vi.stubGlobal('fetch', ask);
  return { ask, file: fetchOwnFile(url, 'The reader', 'PART_MISSING') };
};

afterEach(() => vi.unstubAllGlobals());

describe('fetchOwnFile', () => {
  it('returns the file regardless of its stated type, and contacts no other host', async () => {
    const { ask, file } = fetched(async () => new Response('let a;', { headers: { 'Content-Type': 'text/html' } }));
    expect(await (await file).text()).toBe('let a;');
    expect(ask).toHaveBeenCalledWith(url, { mode: 'same-origin', signal: expect.any(AbortSignal) });
  });

  it.each<[string, () => Promise<Response>, RegExp]>([
    [
      'a missing file',
      async () => new Response('', { status: 404 }),
      /answered 404, so it has no such file\. Build the app again/,
    ],
    ['a failing server', async () => new Response('', { status: 503 }), /answered 503, so it failed or is overloaded/],
    ['a refusal', async () => new Response('', { status: 403 }), /the server answered 403/],
    ['the page in its place', async () => new Response('\n<!doctype HTML><html>'), /sent a web page instead/],
    [
      'no server',
      () => Promise.reject(new TypeError('Failed to fetch')),
      /host\.test no longer answers\. Start the server again, then try again\./,
    ],
    [
      'a transfer that breaks off',
      async () => new Response(new ReadableStream({ pull: (stream) => stream.error(new TypeError('network')) })),
      /its transfer broke off/,
    ],
  ])('names %s', async (_, answer, sentence) => {
    await expect(fetched(answer).file).rejects.toMatchObject({
      code: 'PART_MISSING',
      message: expect.stringMatching(sentence),
      details: { url },
    });
    await expect(fetched(answer).file).rejects.toThrow(/^The reader could not be loaded: /);
  });
});

it('is not waited for without end', async () => {
  vi.useFakeTimers();
  try {
    const silent = (_: unknown, options?: RequestInit) =>
      new Promise<Response>((_resolve, reject) => {
        options?.signal?.addEventListener('abort', () => reject(options.signal?.reason));
      });
    vi.stubGlobal('fetch', silent);
    const outcome = expect(fetchOwnFile(url, 'The reader', 'PART_MISSING')).rejects.toThrow(
      /has sent nothing for 60 s/,
    );
    await vi.advanceTimersByTimeAsync(61_000);
    await outcome;
  } finally {
    vi.useRealTimers();
  }
});

it('distinguishes a redirect to another host from a server that is gone', async () => {
  const redirected = async () => Object.defineProperty(new Response(null), 'type', { value: 'opaqueredirect' });
  expect((await whyNoAnswer(url, redirected)).why).toMatch(/redirects the request to another host/);
});

it.each([
  ['<!DOCTYPE html>', true],
  ['\ufeff  <html lang="en">', true],
  ['<!-- built -->\n<!doctype html>', true],
  ['<body>', true],
  ['{"a": "<html>"}', false],
  ['<svg xmlns="http://www.w3.org/2000/svg">', false],
  ['<?xml version="1.0"?><VRTDataset>', false],
  ['', false],
])('%j is a web page: %s', (text, expected) => {
  expect(isWebPage(bytes(text))).toBe(expected);
});
