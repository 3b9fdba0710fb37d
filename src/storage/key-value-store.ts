import { type IDBPDatabase, openDB } from 'idb';

/**
 * Why a value could not be stored. `no-storage`: the browser gives the page no storage (blocked, some private windows).
 * `full`: its quota or the disk is full. `source-gone`: a file in the value was moved, changed or deleted before it
 * could be copied.
 */
export type StoreFailure = 'no-storage' | 'full' | 'source-gone' | 'refused';

/** Small records and blobs by key. No call rejects, so a browser without storage only forgets. */
export interface KeyValueStore {
  /** The value; undefined if absent or unreadable. The caller checks its shape. */
  get(key: string): Promise<unknown>;
  /** As `get`, for many keys at once, in their order. */
  getMany(keys: readonly string[]): Promise<unknown[]>;
  /** Null once the value is on disk; else the reason, and an earlier value stays. */
  set(key: string, value: unknown): Promise<StoreFailure | null>;
  delete(key: string): Promise<void>;
  /** All keys that start with `prefix`, in no particular order. */
  keys(prefix: string): Promise<string[]>;
}

const TABLE = 'values';

/** A store in IndexedDB under `databaseName`; one that keeps nothing if there is no IndexedDB. */
export function openKeyValueStore(databaseName: string): KeyValueStore {
  let database: Promise<IDBPDatabase | null> | null = null;
  // The user may clear the page's data, or the browser may close the connection. The next call opens it again.
  const forget = () => {
    database = null;
  };
  const connect = (): Promise<IDBPDatabase | null> => {
    database ??= open(databaseName, forget);
    return database;
  };
  return {
    get: async (key) => attempt(async () => (await connect())?.get(TABLE, key), undefined),
    getMany: async (keys) => {
      const store = await attempt(async () => (await connect())?.transaction(TABLE).store, undefined);
      return Promise.all(keys.map((key) => attempt(async () => store?.get(key), undefined)));
    },
    set: async (key, value) => {
      try {
        const db = await connect();
        if (!db) return 'no-storage';
        const change = db.transaction(TABLE, 'readwrite');
        // The transaction fails, too, with a more useful error.
        change.store.put(value, key).catch(() => undefined);
        await change.done;
        if (blobsIn(value).length === 0) return null;
        // Chromium 156 completes the transaction even if a file was gone before it could be copied.
        const isWhole = await areReadable(blobsIn(await db.get(TABLE, key)));
        if (isWhole) return null;
        await db.delete(TABLE, key);
        return await failureOf(null, value);
      } catch (thrown) {
        return failureOf(thrown, value);
      }
    },
    delete: async (key) => attempt(async () => (await connect())?.delete(TABLE, key), undefined),
    keys: async (prefix) =>
      attempt(async () => {
        const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
        return ((await (await connect())?.getAllKeys(TABLE, range)) ?? []).map(String);
      }, []),
  };
}

/** Keeps values in memory: for tests, and for callers that want no trace on disk. */
export function createMemoryStore(): KeyValueStore {
  const values = new Map<string, unknown>();
  return {
    get: async (key) => values.get(key),
    getMany: async (keys) => keys.map((key) => values.get(key)),
    set: async (key, value) => {
      values.set(key, structuredClone(value));
      return null;
    },
    delete: async (key) => {
      values.delete(key);
    },
    keys: async (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
  };
}

/**
 * The part of `store` whose keys start with `prefix()`, with that prefix removed. `prefix` is called every time and may
 * change.
 */
export function scopedStore(store: KeyValueStore, prefix: () => Promise<string>): KeyValueStore {
  return {
    get: async (key) => store.get(`${await prefix()}${key}`),
    getMany: async (keys) => {
      const scope = await prefix();
      return store.getMany(keys.map((key) => `${scope}${key}`));
    },
    set: async (key, value) => store.set(`${await prefix()}${key}`, value),
    delete: async (key) => store.delete(`${await prefix()}${key}`),
    keys: async (begin) => {
      const scope = await prefix();
      return (await store.keys(`${scope}${begin}`)).map((key) => key.slice(scope.length));
    },
  };
}

async function open(databaseName: string, onGone: () => void): Promise<IDBPDatabase | null> {
  if (typeof indexedDB === 'undefined') return null;
  try {
    return await openDB(databaseName, 1, {
      upgrade: (db) => {
        db.createObjectStore(TABLE);
      },
      // Another tab deletes the database or opens a later version, so this one must close its connection.
      blocking: (_current, _blocked, event) => {
        (event.target as IDBDatabase).close();
        onGone();
      },
      terminated: onGone,
    });
  } catch {
    onGone();
    return null;
  }
}

async function failureOf(thrown: unknown, value: unknown): Promise<StoreFailure> {
  if (thrown instanceof Error && thrown.name === 'QuotaExceededError') return 'full';
  return (await areReadable(blobsIn(value))) ? 'refused' : 'source-gone';
}

/** Whether the data behind the blobs still exists. A file that is gone reads as an error, or as empty. */
export async function areReadable(blobs: readonly Blob[]): Promise<boolean> {
  for (const blob of blobs) {
    const last = await attempt(() => blob.slice(Math.max(0, blob.size - 1)).arrayBuffer(), null);
    if (last?.byteLength !== Math.min(1, blob.size)) return false;
  }
  return true;
}

/** Blobs in the value: the value itself, or in a list of named ones. */
function blobsIn(value: unknown): Blob[] {
  if (value instanceof Blob) return [value];
  if (Array.isArray(value)) return value.flatMap(blobsIn);
  const { blob } = (value ?? {}) as { blob?: unknown };
  return blob instanceof Blob ? [blob] : [];
}

async function attempt<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work();
  } catch {
    return otherwise;
  }
}
