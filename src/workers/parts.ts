import { fetchOwnFile } from '../lib/own-file.ts';

/** A file of the build that is needed after the page has loaded: a worker, or a file that a worker runs. */
export interface Part {
  /** Starts a sentence: "The imagery reader". */
  what: string;
  /** Absolute. */
  url: string;
  type: 'text/javascript' | 'application/wasm';
}

const kept = new Map<string, Promise<string>>();

/**
 * Fetches a part once and keeps it for the life of the page, so that a worker can be started, and restarted, without
 * the server. The type is stated here because the server may not know it. Resolves to a blob URL. Errors: PART_MISSING;
 * the next call then tries again.
 */
export function keepPart({ what, url, type }: Part): Promise<string> {
  // In the development server modules import one another by path.
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

/** Starts a worker from its part. `name` is shown in debuggers. Errors: PART_MISSING. */
export async function startWorker(part: Part, name: string): Promise<Worker> {
  return new Worker(`${await keepPart(part)}#${name}`, { type: 'module', name });
}
