import { type IDBPDatabase, openDB } from 'idb';

/** Small records and blobs by key. Every call resolves, so that a browser without storage only forgets. */
export interface KeyValueStore {
  /** The value, or undefined when absent or unreadable. The caller checks its shape. */
  get(key: string): Promise<unknown>;
  /** False when the value could not be kept (no IndexedDB, private window, quota). */
  set(key: string, value: unknown): Promise<boolean>;
  delete(key: string): Promise<void>;
}

const TABLE = 'values';

/** IndexedDB under `databaseName`; a store that keeps nothing where there is no IndexedDB. */
export function openKeyValueStore(databaseName: string): KeyValueStore {
  let database: Promise<IDBPDatabase | null> | null = null;
  const connect = (): Promise<IDBPDatabase | null> => {
    database ??= open(databaseName);
    return database;
  };
  return {
    get: async (key) => attempt(async () => (await connect())?.get(TABLE, key), undefined),
    set: async (key, value) =>
      attempt(async () => {
        const db = await connect();
        if (!db) return false;
        await db.put(TABLE, value, key);
        return true;
      }, false),
    delete: async (key) => attempt(async () => (await connect())?.delete(TABLE, key), undefined),
  };
}

/** Keeps values in memory: for tests, and for callers that want no trace on disk. */
export function createMemoryStore(): KeyValueStore {
  const values = new Map<string, unknown>();
  return {
    get: async (key) => values.get(key),
    set: async (key, value) => {
      values.set(key, structuredClone(value));
      return true;
    },
    delete: async (key) => {
      values.delete(key);
    },
  };
}

async function open(databaseName: string): Promise<IDBPDatabase | null> {
  if (typeof indexedDB === 'undefined') return null;
  try {
    return await openDB(databaseName, 1, {
      upgrade: (db) => {
        db.createObjectStore(TABLE);
      },
    });
  } catch {
    return null;
  }
}

async function attempt<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work();
  } catch {
    return otherwise;
  }
}
