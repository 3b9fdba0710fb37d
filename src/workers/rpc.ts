import * as Comlink from 'comlink';
import { type ErrorData, NadirError } from '../lib/errors.ts';

/**
 * Typed calls to a worker over Comlink. Comlink alone flattens errors to a name and a message, so every result
 * travels in an envelope and a NadirError is rebuilt, with its code, on the calling side.
 */
type Envelope<T> = { ok: true; value: T } | { ok: false; error: ErrorData };

type Methods = { [name: string]: (...args: never[]) => Promise<unknown> };

/** Worker side: publishes `api`. A method returns a transferable result by wrapping it in `transfer(value, [buffers])`. */
export function serve<Api extends object>(api: Api): void {
  const enveloped: Record<string, unknown> = {};
  for (const [name, method] of Object.entries(api) as [string, (...args: unknown[]) => Promise<unknown>][]) {
    enveloped[name] = async (...args: unknown[]): Promise<Envelope<unknown>> => {
      try {
        const result = await method(...args);
        if (result instanceof Transfer) return Comlink.transfer({ ok: true, value: result.value }, result.buffers);
        return { ok: true, value: result };
      } catch (thrown) {
        return { ok: false, error: NadirError.from(thrown).toData() };
      }
    };
  }
  Comlink.expose(enveloped);
}

class Transfer {
  readonly value: unknown;
  readonly buffers: Transferable[];
  constructor(value: unknown, buffers: Transferable[]) {
    this.value = value;
    this.buffers = buffers;
  }
}

/** Marks `buffers` inside a worker method's result as moved, not copied; the worker may not touch them afterwards. */
export function transfer<T>(value: T, buffers: Transferable[]): T {
  return new Transfer(value, buffers) as unknown as T;
}

/** Page side: marks an argument's buffers as moved to the worker. */
export const moveArgument: <T extends object>(value: T, buffers: Transferable[]) => T = Comlink.transfer;

/** Page side: lets the worker call `callback`. */
export const callback: <F extends (...args: never[]) => void>(fn: F) => F = (fn) =>
  Comlink.proxy(fn) as unknown as typeof fn;

export interface WorkerClient<Api> {
  api: Api;
  /** Kills the worker; pending calls reject with WORKER_CRASHED. */
  terminate(): void;
}

/**
 * Page side: calls to `worker` as plain promises. If the worker dies, every pending and later call rejects with
 * WORKER_CRASHED, and `onCrash` is told once so that its owner can start another.
 */
export function connect<Api extends object>(worker: Worker, onCrash?: (error: NadirError) => void): WorkerClient<Api> {
  const remote = Comlink.wrap<Methods>(worker) as unknown as Record<
    string,
    (...args: unknown[]) => Promise<Envelope<unknown>>
  >;
  const pending = new Set<(error: NadirError) => void>();
  let dead: NadirError | null = null;

  const die = (message: string, cause?: unknown) => {
    if (dead) return;
    dead = new NadirError('WORKER_CRASHED', message, { cause });
    for (const reject of pending) reject(dead);
    pending.clear();
    onCrash?.(dead);
  };
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    die(`A background worker stopped: ${event.message || 'unknown reason'}. Try the action again.`, event.error);
  });
  worker.addEventListener('messageerror', () => die('A background worker sent a message that could not be read.'));

  const call = (name: string, args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (dead) return reject(dead);
      pending.add(reject);
      remote[name]!(...args)
        .then((envelope) => (envelope.ok ? resolve(envelope.value) : reject(NadirError.fromData(envelope.error))))
        .catch((thrown: unknown) => reject(NadirError.from(thrown)))
        .finally(() => pending.delete(reject));
    });

  const api = new Proxy({} as Api, {
    // A thenable proxy would be awaited as a promise.
    get: (_, name) => (name === 'then' ? undefined : (...args: unknown[]) => call(String(name), args)),
  });
  return {
    api,
    terminate: () => {
      worker.terminate();
      die('A background worker was ended.');
    },
  };
}
