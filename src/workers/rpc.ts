import * as Comlink from 'comlink';
import { NadirError } from '../lib/errors.ts';
import { SignalLink } from './transfer.ts';
import { type Patience, type Pulse, Watch } from './watch.ts';

/**
 * Typed calls to a worker over Comlink, with one contract (`api.ts`) per worker. Arguments may be AbortSignals and
 * functions; errors arrive with their code (transfer.ts).
 */
type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** A worker's message that it has made a step. Comlink ignores messages without an id. */
const STEP = 'nadir.step';
const STEP_EVERY_MS = 200;
let steppedAtMs = Number.NEGATIVE_INFINITY;

/** Worker side: tells the page that work is progressing. Cheap: most calls only read the clock. */
export function step(): void {
  const nowMs = performance.now();
  if (nowMs - steppedAtMs < STEP_EVERY_MS) return;
  steppedAtMs = nowMs;
  postMessage(STEP);
}

/** Worker side: publishes `api`, the counterpart of `connect`. */
export function serve<Api extends object>(api: Api): void {
  Comlink.expose(api);
}

const stopped = () => new NadirError('ABORTED', 'Stopped on request.');

export interface WorkerClient<Api> {
  api: Api;
  /** The worker's pace, for the page to show. */
  readonly pulse: Pulse;
  /** Ends the worker; pending calls reject with WORKER_CRASHED. */
  terminate(): void;
}

export interface ConnectOptions {
  /** Starts sentences: "The imagery reader". */
  what: string;
  patience: Patience;
  /** The worker also makes steps while no call is pending, so a hang in background work is noticed, too. */
  isSteady?: boolean;
  /** Called once if the worker dies or could not be started, so that its owner can start another. */
  onCrash?: ((error: NadirError) => void) | undefined;
}

/**
 * Page side: calls to a worker as plain promises. If the worker dies, or makes no step for longer than its watch
 * allows, it is ended and every pending and later call rejects with WORKER_CRASHED. `details.worker` is `what`,
 * `details.silentMs` is set if it hung, `details.reason` if the browser gave one. If the worker can't be started, calls
 * reject with the rejection of `starting`.
 */
export function connect<Api extends object>(
  starting: Promise<Worker>,
  { what, patience, isSteady = false, onCrash }: ConnectOptions,
): WorkerClient<Api> & { watch: Watch } {
  const pending = new Set<(error: NadirError) => void>();
  let worker: Worker | null = null;
  let hasSpoken = false;
  let dead: NadirError | null = null;

  const die = (error: NadirError) => {
    if (dead) return;
    dead = error;
    watch.stop();
    worker?.terminate();
    for (const reject of pending) reject(error);
    pending.clear();
    onCrash?.(error);
  };
  const crash = (message: string, details: Record<string, unknown> = {}, cause?: unknown) =>
    die(new NadirError('WORKER_CRASHED', message, { details: { worker: what, ...details }, cause }));
  const watch = new Watch(patience, (silentMs) =>
    crash(`${what} did not respond for ${Math.round(silentMs / 1000)} s and was stopped. Try the action again.`, {
      silentMs,
    }),
  );

  const remote = starting.then((started): Methods => {
    worker = started;
    if (dead) started.terminate();
    else if (isSteady) watch.begin();
    started.addEventListener('message', () => {
      hasSpoken = true;
      watch.step();
    });
    started.addEventListener('error', (event) => {
      event.preventDefault();
      const why = event.message || 'the browser gives no reason';
      const sentence = hasSpoken
        ? `${what} stopped: ${why}. Try the action again.`
        : `${what} could not be started: ${why}. Its file may be damaged, or a Content-Security-Policy forbids workers from blob: addresses (docs/hosting.md).`;
      crash(sentence, { reason: why }, event.error);
    });
    started.addEventListener('messageerror', () => crash(`${what} sent a message that could not be read.`));
    return Comlink.wrap(started) as unknown as Methods;
  });
  remote.catch((thrown: unknown) => die(NadirError.from(thrown)));

  const call = (name: string, args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (dead) return reject(dead);
      if (args.some((arg) => arg instanceof AbortSignal && arg.aborted)) return reject(stopped());
      const links: SignalLink[] = [];
      const sent = args.map((arg) => {
        if (!(arg instanceof AbortSignal)) return arg;
        const link = new SignalLink(arg);
        links.push(link);
        return link;
      });
      pending.add(reject);
      let isWatched = false;
      remote
        .then((methods) => {
          // Not while the worker's file is being fetched, which has its own limit.
          if (!dead) {
            isWatched = true;
            watch.begin();
          }
          return methods[name]!(...sent);
        })
        .then(resolve, (thrown: unknown) => reject(NadirError.from(thrown)))
        .finally(() => {
          for (const link of links) link.close();
          if (pending.delete(reject) && isWatched) watch.end();
        });
    });

  const api = new Proxy({} as Api, {
    // A thenable proxy would be awaited as a promise.
    get: (_, name) => (name === 'then' ? undefined : (...args: unknown[]) => call(String(name), args)),
  });
  return {
    api,
    watch,
    get pulse() {
      return watch.pulse;
    },
    terminate: () => crash(`${what} was ended.`),
  };
}
