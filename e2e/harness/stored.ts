/**
 * Runs in the page: whether an answer of at least one tile is stored. Changes are stored a moment after they are made.
 */
export async function keptAnswered(): Promise<boolean> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const database = await done(indexedDB.open('nadir'));
  try {
    const stores = [...database.objectStoreNames].map((name) => database.transaction(name).objectStore(name));
    const kept = await Promise.all(stores.map((store) => done(store.getAll())));
    return /"answered":[1-9]/.test(JSON.stringify(kept));
  } finally {
    database.close();
  }
}
