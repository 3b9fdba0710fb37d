import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { LoadProgress } from '../types.ts';
import { byPath, filesIn } from './file-index.ts';
import { loadModelFiles, sha256Hex } from './model-files.ts';

const folder = new URL('../../../public/models/nadir-s/', import.meta.url);
const base = 'http://model.test/nadir-s/';

/** Serves the embedded model's folder. `change` may give its own answer for one path. */
function server(
  change: (path: string, bytes: Uint8Array<ArrayBuffer>) => Response | Uint8Array<ArrayBuffer> | null = () => null,
) {
  const asked: string[] = [];
  const fetchBytes = async (url: string) => {
    asked.push(url);
    const path = url.slice(base.length);
    const bytes = new Uint8Array(await readFile(new URL(path, folder)));
    const changed = change(path, bytes);
    return changed instanceof Response ? changed : new Response(changed ?? bytes);
  };
  return { fetchBytes, asked };
}

const load = (change?: Parameters<typeof server>[0], onProgress: (p: LoadProgress) => void = () => {}) =>
  loadModelFiles(base, onProgress, server(change).fetchBytes);
const only =
  (wanted: string, answer: (bytes: Uint8Array<ArrayBuffer>) => Response | Uint8Array<ArrayBuffer>) =>
  (path: string, bytes: Uint8Array<ArrayBuffer>) =>
    path === wanted ? answer(bytes) : null;

describe('loadModelFiles', () => {
  it('fetches every listed file, relative to the base, and no others', async () => {
    const { fetchBytes, asked } = server();
    const files = await loadModelFiles(base, () => {}, fetchBytes);
    const listed = Object.keys(files.manifest.files);
    expect(asked.sort()).toEqual([...listed, 'nadir.json'].map((path) => base + path).sort());
    expect(files.get('onnx/llm_q4.bin').byteLength).toBe(files.manifest.files['onnx/llm_q4.bin']?.bytes);
    expect(files.manifestHash).toBe(await sha256Hex(new Uint8Array(await readFile(new URL('nadir.json', folder)))));
  });

  it('counts bytes up to the total', async () => {
    const seen: LoadProgress[] = [];
    const files = await load(undefined, (p) => seen.push(p));
    const bytes = Object.values(files.manifest.files).reduce((sum, f) => sum + f.bytes, 0);
    expect(seen.at(0)).toEqual({ phase: 'download', loadedBytes: 0, totalBytes: bytes });
    expect(seen.at(-1)).toEqual({ phase: 'verify', loadedBytes: bytes, totalBytes: bytes });
    expect(seen.every((p, i) => i === 0 || p.loadedBytes >= seen[i - 1]!.loadedBytes)).toBe(true);
  });

  it('names a file with a changed byte', async () => {
    const change = only('onnx/connector.onnx', (bytes) => {
      const copy = bytes.slice();
      copy[100]! ^= 1;
      return copy;
    });
    await expect(load(change)).rejects.toMatchObject({
      code: 'MODEL_HASH_MISMATCH',
      message: expect.stringContaining('onnx/connector.onnx'),
    });
  });

  it.each([
    ['short', (b: Uint8Array<ArrayBuffer>) => b.slice(0, -1)],
    ['long', (b: Uint8Array<ArrayBuffer>) => new Uint8Array([...b, 0])],
  ])('names a file that is too %s', async (_, change) => {
    await expect(load(only('onnx/proposals.onnx', change))).rejects.toMatchObject({
      code: 'MODEL_HASH_MISMATCH',
      message: expect.stringContaining('onnx/proposals.onnx'),
    });
  });

  it.each([
    ['not found', () => new Response('no', { status: 404 })],
    ['answered with the page itself', () => new Response('<!doctype html><html>')],
  ])('names a file that is %s', async (_, answer) => {
    await expect(load(only('onnx/vision.onnx', answer))).rejects.toMatchObject({
      code: 'MODEL_FILE_MISSING',
      message: expect.stringContaining('onnx/vision.onnx'),
    });
  });

  it('accepts the right bytes with any content type, and returns them as files', async () => {
    const typed = (bytes: Uint8Array<ArrayBuffer>) => new Response(bytes, { headers: { 'content-type': 'text/html' } });
    const files = await load(only('onnx/proposals.onnx', typed));
    const folder = files.asFolder();
    expect(folder.map(({ path }) => path).sort()).toEqual(['nadir.json', ...Object.keys(files.manifest.files)].sort());
    const again = await loadModelFiles('', () => {}, filesIn(byPath(folder)).fetchBytes);
    expect(again.manifestHash).toBe(files.manifestHash);
    expect(again.get('onnx/proposals.onnx')).toEqual(files.get('onnx/proposals.onnx'));
  });

  it('names the manifest if it is missing or not JSON', async () => {
    await expect(load(only('nadir.json', () => new Response('', { status: 404 })))).rejects.toMatchObject({
      code: 'MODEL_FILE_MISSING',
      details: { file: 'nadir.json' },
    });
    await expect(load(only('nadir.json', () => new Response('oops')))).rejects.toMatchObject({
      code: 'MODEL_MANIFEST_INVALID',
    });
  });

  it('ends the other transfers and reports no more progress when one file fails', async () => {
    const { fetchBytes } = server();
    let aborted = false;
    const seen: LoadProgress[] = [];
    const loading = loadModelFiles(
      base,
      (p) => seen.push(p),
      async (url, signal) => {
        if (url.endsWith('vision.onnx')) return new Response('', { status: 404 });
        if (!url.endsWith('vision.safetensors')) return fetchBytes(url);
        return new Promise((_, reject) => {
          signal.onabort = () => {
            aborted = true;
            reject(signal.reason);
          };
        });
      },
    );
    await expect(loading).rejects.toMatchObject({ code: 'MODEL_FILE_MISSING', details: { file: 'onnx/vision.onnx' } });
    expect(aborted).toBe(true);
    const told = seen.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen).toHaveLength(told);
  });

  it('says that the server cannot be reached', async () => {
    const failing = loadModelFiles(
      base,
      () => {},
      async () => {
        throw new TypeError('fetch failed');
      },
    );
    await expect(failing).rejects.toMatchObject({ code: 'MODEL_FILE_MISSING', details: { file: 'nadir.json' } });
  });

  it.each(['../secret', '/etc/passwd', 'https://elsewhere.test/x', 'a/../../b'])(
    'never leaves the folder for %s',
    async (path) => {
      const change = only('nadir.json', (bytes) => {
        const json = JSON.parse(new TextDecoder().decode(bytes));
        json.files[path] = { bytes: 1, sha256: '0'.repeat(64) };
        return new TextEncoder().encode(JSON.stringify(json));
      });
      const { fetchBytes, asked } = server(change);
      await expect(loadModelFiles(base, () => {}, fetchBytes)).rejects.toMatchObject({
        code: 'MODEL_MANIFEST_INVALID',
      });
      expect(asked).toEqual([`${base}nadir.json`]);
    },
  );
});
