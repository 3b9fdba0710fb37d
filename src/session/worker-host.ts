import { NadirError } from '../lib/errors.ts';
import type { WorkerClient } from '../workers/rpc.ts';
import type { StartWorker } from './deps.ts';

/** A worker that dies this often within the span below is not started again by itself. */
const MOST_RESTARTS = 3;
const RESTART_SPAN_MS = 60_000;

/** Keeps one worker alive: started at first use, replaced when it crashes. */
export class WorkerHost<Api extends object> {
  private client: WorkerClient<Api> | null = null;
  private crashTimes: number[] = [];
  private readonly start: StartWorker<Api>;
  private readonly onCrash: (error: NadirError) => void;

  /** `onCrash` runs after the dead worker was dropped, so that it may call `api` again at once. */
  constructor(start: StartWorker<Api>, onCrash: (error: NadirError) => void) {
    this.start = start;
    this.onCrash = onCrash;
  }

  /** Errors: WORKER_CRASHED when the worker has died too often; reload the page then. */
  get api(): Api {
    this.client ??= this.launch();
    return this.client.api;
  }

  /** Ends the worker on purpose; the next use starts another. Pending calls reject with WORKER_CRASHED. */
  restart(): void {
    const old = this.client;
    this.client = null;
    old?.terminate();
  }

  private launch(): WorkerClient<Api> {
    const now = Date.now();
    this.crashTimes = this.crashTimes.filter((time) => now - time < RESTART_SPAN_MS);
    if (this.crashTimes.length >= MOST_RESTARTS) {
      throw new NadirError(
        'WORKER_CRASHED',
        `A background worker stopped ${MOST_RESTARTS} times within a minute and is not started again. Reload the page; the session is kept.`,
      );
    }
    const client = this.start((error) => {
      if (this.client !== client) return;
      this.client = null;
      this.crashTimes.push(Date.now());
      client.terminate();
      this.onCrash(error);
    });
    return client;
  }
}
