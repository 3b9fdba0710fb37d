import { NadirError } from '../../lib/errors.ts';
import { hexOf } from '../../lib/hex.ts';
import {
  BROKEN_OFF,
  type FetchFailure,
  isWebPage,
  OWN_HOST,
  WEB_PAGE,
  whyNoAnswer,
  whyRefused,
} from '../../lib/own-file.ts';
import { type FileSpec, type Manifest, parseManifest } from '../manifest/manifest.ts';
import type { FolderFile, LoadProgress } from '../types.ts';

/** A model folder in memory: every file that the manifest lists, checked. */
export interface ModelFiles {
  manifest: Manifest;
  /** SHA-256 of nadir.json itself, lower-case hex. */
  manifestHash: string;
  totalBytes: number;
  /** The bytes of a listed file. Throws MODEL_FILE_MISSING for any other path. */
  get(path: string): Uint8Array<ArrayBuffer>;
  /** All files as the browser keeps them, including nadir.json. The copy outlives this worker. */
  asFolder(): FolderFile[];
}

export type FetchBytes = (url: string, signal: AbortSignal, init?: RequestInit) => Promise<Response>;

/** Fetches from the page's own host. */
export const fetchFromHost: FetchBytes = (url, signal, init) => fetch(url, { ...OWN_HOST, ...init, signal });

/** Fetches one whole file without checking it. Errors: MODEL_FILE_MISSING, which says why. */
export function fetchWhole(baseUrl: string, path: string, fetchBytes: FetchBytes): Promise<Uint8Array<ArrayBuffer>> {
  return download(baseUrl, path, null, fetchBytes, new AbortController().signal, () => {});
}

/**
 * Fetches and checks a model folder. `baseUrl` ends in "/". Every URL is `baseUrl` plus a path of the manifest, so no
 * other address is contacted. `onProgress` reports bytes summed over all files.
 * Errors: MODEL_FILE_MISSING, MODEL_HASH_MISMATCH (both name the file), MODEL_MANIFEST_INVALID (names the key).
 */
export async function loadModelFiles(
  baseUrl: string,
  onProgress: (progress: LoadProgress) => void,
  fetchBytes: FetchBytes = fetchFromHost,
): Promise<ModelFiles> {
  // When one file fails, this stops the other transfers.
  const abort = new AbortController();
  const manifestBytes = await download(baseUrl, 'nadir.json', null, fetchBytes, abort.signal, () => {});
  const manifest = parseManifest(parseJson(manifestBytes));
  const entries = Object.entries(manifest.files);
  for (const [path] of entries) checkPath(path);
  const totalBytes = entries.reduce((sum, [, spec]) => sum + spec.bytes, 0);
  let loadedBytes = 0;
  const report = (phase: LoadProgress['phase']) => {
    if (!abort.signal.aborted) onProgress({ phase, loadedBytes, totalBytes });
  };
  report('download');
  const bytes = new Map<string, Uint8Array<ArrayBuffer>>();
  const take = async (path: string, spec: FileSpec) => {
    const data = await download(baseUrl, path, spec, fetchBytes, abort.signal, (count) => {
      loadedBytes += count;
      report('download');
    });
    await checkHash(path, data, spec);
    bytes.set(path, data);
  };
  try {
    await Promise.all(entries.map(([path, spec]) => take(path, spec)));
  } catch (thrown) {
    abort.abort();
    throw thrown;
  }
  report('verify');
  return {
    manifest,
    manifestHash: await sha256Hex(manifestBytes),
    totalBytes: totalBytes + manifestBytes.byteLength,
    get: (path) => {
      const data = bytes.get(path);
      if (!data) throw missing(path, { why: 'it is not listed in nadir.json', remedy: RESTORE });
      return data;
    },
    asFolder: () => [['nadir.json', manifestBytes] as const, ...bytes].map(([path, data]) => fileOf(path, data)),
  };
}

async function checkHash(path: string, data: Uint8Array<ArrayBuffer>, spec: FileSpec): Promise<void> {
  const found = await sha256Hex(data);
  if (found === spec.sha256) return;
  throw new NadirError(
    'MODEL_HASH_MISMATCH',
    `The model file "${path}" is not the one that the manifest describes: its SHA-256 is ${found}, expected ${spec.sha256}. Restore the model folder.`,
    { details: { file: path, found, expected: spec.sha256 } },
  );
}

/** A manifest may only name files inside its own folder. */
function checkPath(path: string): void {
  if (path.startsWith('/') || path.includes('\\') || path.includes(':') || path.split('/').includes('..')) {
    throw new NadirError(
      'MODEL_MANIFEST_INVALID',
      `The model's nadir.json lists "${path}" under "files", which lies outside the model folder. Restore the model folder.`,
      { details: { key: `files.${path}` } },
    );
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new NadirError('MODEL_MANIFEST_INVALID', "The model's nadir.json is not JSON. Restore the model folder.", {
      details: { key: '' },
      cause,
    });
  }
}

async function download(
  baseUrl: string,
  path: string,
  spec: FileSpec | null,
  fetchBytes: FetchBytes,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetchBytes(baseUrl + path, signal);
  } catch (cause) {
    if (cause instanceof NadirError || signal.aborted) throw cause;
    const ask = (url: string, init?: RequestInit) => fetchBytes(url, signal, init);
    throw missing(path, await whyNoAnswer(baseUrl + path, ask), cause);
  }
  const refused = whyRefused(response);
  if (refused) throw missing(path, refused);
  try {
    return await readBody(response, path, spec, onBytes);
  } catch (cause) {
    throw cause instanceof NadirError ? cause : missing(path, BROKEN_OFF, cause);
  }
}

async function readBody(
  response: Response,
  path: string,
  spec: FileSpec | null,
  onBytes: (count: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!spec || !response.body) {
    const data = new Uint8Array(await response.arrayBuffer());
    if (isWebPage(data)) throw missing(path, WEB_PAGE);
    if (spec) checkSize(path, data.byteLength, spec);
    onBytes(data.byteLength);
    return data;
  }
  const data = new Uint8Array(spec.bytes);
  let at = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (at === 0 && isWebPage(value)) {
      await reader.cancel();
      throw missing(path, WEB_PAGE);
    }
    if (at + value.byteLength > spec.bytes) {
      await reader.cancel();
      checkSize(path, at + value.byteLength, spec);
    }
    data.set(value, at);
    at += value.byteLength;
    onBytes(value.byteLength);
  }
  checkSize(path, at, spec);
  return data;
}

function checkSize(path: string, bytes: number, spec: FileSpec): void {
  if (bytes === spec.bytes) return;
  throw new NadirError(
    'MODEL_HASH_MISMATCH',
    `The model file "${path}" is not the one that the manifest describes: it has ${bytes > spec.bytes ? 'more than ' : ''}${Math.min(bytes, spec.bytes)} bytes, expected ${spec.bytes}. Restore the model folder.`,
    { details: { file: path, bytes, expectedBytes: spec.bytes } },
  );
}

const RESTORE = 'Restore the model folder and load the page again.';

function fileOf(path: string, data: Uint8Array<ArrayBuffer>): FolderFile {
  return { path, file: new File([data], path.slice(path.lastIndexOf('/') + 1)) };
}

function missing(path: string, { why, remedy }: FetchFailure, cause?: unknown): NadirError {
  return new NadirError('MODEL_FILE_MISSING', `The model file "${path}" could not be loaded: ${why}. ${remedy}`, {
    details: { file: path },
    cause,
  });
}

/** SHA-256 in lower-case hex. */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new NadirError(
      'MODEL_UNCHECKABLE',
      'The model can’t be checked, because this page was opened neither over HTTPS nor from localhost. Open it in one of these ways.',
    );
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return hexOf(digest);
}
