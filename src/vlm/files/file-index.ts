import { NadirError } from '../../lib/errors.ts';
import type { FolderFile } from '../types.ts';
import { fromFolder } from './folder-files.ts';
import { type FetchBytes, fetchFromHost, fetchWhole } from './model-files.ts';

/** The files of one model: in a folder on the user's disk, or below a URL. */
export interface FileIndex {
  /** All paths are relative to this URL; "" for a folder. */
  readonly baseUrl: string;
  /** Reads a small file, or null if there is none. Each file is fetched only once. */
  read(path: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Fetches any file. `url` is `baseUrl` plus the file's path. */
  readonly fetchBytes: FetchBytes;
  /** Why a file could not be read. Null if no read failed, and for files missing from a folder. */
  readonly failure: NadirError | null;
}

/** `baseUrl` ends in "/". */
export function filesBelow(baseUrl: string, fetchBytes: FetchBytes = fetchFromHost): FileIndex {
  const known = new Map<string, Uint8Array<ArrayBuffer> | null>();
  let failure: NadirError | null = null;
  return {
    baseUrl,
    get failure() {
      return failure;
    },
    read: async (path) => {
      const before = known.get(path);
      if (before !== undefined) return before;
      try {
        const bytes = await fetchWhole(baseUrl, path, fetchBytes);
        known.set(path, bytes);
        return bytes;
      } catch (thrown) {
        failure ??= NadirError.from(thrown);
        known.set(path, null);
        return null;
      }
    },
    fetchBytes: async (url, ...rest) => {
      const bytes = known.get(url.slice(baseUrl.length));
      return bytes ? new Response(bytes) : fetchBytes(url, ...rest);
    },
  };
}

/** The files of a folder, by path, below `root`, which is "" or ends in "/". */
export function filesIn(folder: ReadonlyMap<string, File>, root = ''): FileIndex {
  return {
    baseUrl: '',
    failure: null,
    read: async (path) => {
      const file = folder.get(root + path);
      return file ? new Uint8Array(await file.arrayBuffer()) : null;
    },
    fetchBytes: fromFolder((path) => folder.get(root + path)),
  };
}

export const byPath = (files: readonly FolderFile[]): Map<string, File> =>
  new Map(files.map(({ path, file }) => [path, file]));
