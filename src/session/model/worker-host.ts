import { NadirError } from '../../lib/errors.ts';
import type { WorkerClient } from '../../workers/rpc.ts';
import type { Pulse } from '../../workers/watch.ts';
import type { StartWorker } from '../deps.ts';

/** A worker that crashes or hangs this often within the span below is not restarted. */
const MOST_RESTARTS = 5;
const RESTART_SPAN_MS = 600_000;

/** Whether the whole worker was lost, not just one of its decoders. */
export function isWorkerLost({ code, details }: NadirError): boolean {
  return code === 'WORKER_CRASHED' && details.worker !== undefined;
}

/** Why a worker had to be replaced, as a sentence. */
export function whyReplaced({ code, details }: NadirError): string {
  if (code === 'DEVICE_LOST') return 'The graphics device was lost.';
  if (typeof details.silentMs === 'number') {
    return `Its worker did not respond for ${Math.round(details.silentMs / 1000)} s and was replaced.`;
  }
  const reason = typeof details.reason === 'string' ? ` (${details.reason})` : '';
  return `Its worker stopped${reason} and was replaced.`;
}

/** Keeps one worker alive: started at first use, replaced when it crashes or hangs. */
export class WorkerHost<Api extends object> {
  private client: WorkerClient<Api> | null = null;
  private crashTimes: number[] = [];
  private readonly start: StartWorker<Api>;
  private readonly onCrash: (error: NadirError) => void;

  /**
   * `onCrash` runs after the crashed worker was dropped, so it may use `api` at once. It isn't called for a worker that could not be
   * started.
   */
  constructor(start: StartWorker<Api>, onCrash: (error: NadirError) => void) {
    this.start = start;
    this.onCrash = onCrash;
  }

  /** Errors: WORKER_CRASHED when the worker has crashed too often; the user must reload the page. */
  get api(): Api {
    this.client ??= this.launch();
    return this.client.api;
  }

  /** The worker's pace; null while none runs. */
  get pulse(): Pulse | null {
    return this.client?.pulse ?? null;
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
        `A background worker stopped ${MOST_RESTARTS} times within ${RESTART_SPAN_MS / 60_000} minutes and is not started again. Reload the page; the session is kept.`,
      );
    }
    const client = this.start((error) => {
      if (this.client !== client) return;
      this.client = null;
      if (error.code === 'PART_MISSING') return;
      this.crashTimes.push(Date.now());
      this.onCrash(error);
    });
    return client;
  }
}
