import { fetchOwnFile } from '../lib/own-file.ts';

/** A file of the build that is needed after the page has been loaded: a worker, or what a worker runs. */
export interface Part {
  /** Begins a sentence: "The imagery reader". */
  what: string;
  /** Absolute. */
  url: string;
  type: 'text/javascript' | 'application/wasm';
}

const kept = new Map<string, Promise<string>>();

/**
 * Fetches a part once and keeps it as long as the page lives, so that a worker can be started, and started again, without the
 * server. Its type is stated here and not taken from the server, which may not know it. Resolves to a blob URL.
 * Errors: PART_MISSING; the next call then asks again.
 */
export function keepPart({ what, url, type }: Part): Promise<string> {
  // The modules of the development server import one another by path.
  if (import.meta.hot) return Promise.resolve(url);
  const before = kept.get(url);
  if (before) return before;
  const address = fetchOwnFile(url, what, 'PART_MISSING').then((body) =>
    URL.createObjectURL(body.slice(0, body.size, type)),
  );
  kept.set(url, address);
  address.catch(() => kept.delete(url));
  return address;
}

/** Starts a worker from its part. `name` is what debuggers show. Errors: PART_MISSING. */
export async function startWorker(part: Part, name: string): Promise<Worker> {
  return new Worker(`${await keepPart(part)}#${name}`, { type: 'module', name });
}
