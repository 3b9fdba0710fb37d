import { NadirError } from '../../lib/errors.ts';
import { type DecodedBlock, type DecodeService, type DecodeTask, decodedBytes, decodeHere } from './decode-service.ts';

/** The part of Worker that the pool uses. */
export interface PoolThread {
  postMessage(message: DecodeRequest, transfer: Transferable[]): void;
  addEventListener(type: 'message' | 'error' | 'messageerror', listener: (event: Event) => void): void;
  terminate(): void;
}

/** A message to a thread of the pool, which replies with a DecodeReply of the same id. */
export interface DecodeRequest {
  id: number;
  task: DecodeTask;
}

export interface DecodeReply {
  id: number;
  results: DecodedBlock[];
}

export interface PoolOptions {
  /** Maximum number of threads; each starts when it is first needed. */
  size: number;
  spawn(): PoolThread;
  /** A task may take this long, plus the same again per 64 MiB of result. After that its thread is ended. */
  limitMs?: number;
}

interface Job {
  task: DecodeTask;
  signal: AbortSignal | null;
  background: boolean;
  resolve(results: DecodedBlock[]): void;
  reject(error: unknown): void;
}

interface Slot {
  thread: PoolThread;
  job: Job | null;
  id: number;
  /** The thread has replied before, so its code is loaded. */
  proven: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Much more than a valid block needs, even on a busy machine. */
const LIMIT_MS = 15_000;
/** Extra time for a new thread to load its code. */
const START_MS = 45_000;
const LIMIT_STEP_BYTES = 64 * 2 ** 20;

/** Uncompressed blocks are views of the bytes that were read. Sending them to a thread costs more than it saves. */
const isPlain = (task: DecodeTask) => task.format.compression === 1;

/**
 * Decodes in up to `size` threads. Foreground tasks go first. A thread that crashes or hangs is ended and replaced, and
 * only its current task fails. Buffers are transferred both ways.
 */
export class DecodePool implements DecodeService {
  private readonly options: PoolOptions;
  private readonly slots: Slot[] = [];
  private readonly foreground: Job[] = [];
  private readonly backgroundJobs: Job[] = [];
  private ids = 0;

  constructor(options: PoolOptions) {
    this.options = options;
  }

  decode(task: DecodeTask, signal: AbortSignal | null, background: boolean): Promise<DecodedBlock[]> {
    if (isPlain(task)) return decodeHere.decode(task, signal, background);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      (background ? this.backgroundJobs : this.foreground).push({ task, signal, background, resolve, reject });
      this.dispatch();
    });
  }

  /** Ends all threads. Running tasks fail with WORKER_CRASHED. */
  close(): void {
    for (const slot of [...this.slots]) this.drop(slot, crashed('The imagery reader was closed.'));
  }

  private dispatch(): void {
    for (let job = this.peek(); job; job = this.peek()) {
      const slot = this.freeSlot();
      if (!slot) return;
      this.take();
      if (job.signal?.aborted) job.reject(job.signal.reason);
      else this.start(slot, job);
    }
  }

  private peek(): Job | undefined {
    return this.foreground[0] ?? this.backgroundJobs[0];
  }

  private take(): void {
    (this.foreground.length > 0 ? this.foreground : this.backgroundJobs).shift();
  }

  private freeSlot(): Slot | null {
    const free = this.slots.find((slot) => slot.job === null);
    if (free) return free;
    return this.slots.length < Math.max(1, this.options.size) ? this.addSlot() : null;
  }

  private addSlot(): Slot {
    const thread = this.options.spawn();
    const slot: Slot = { thread, job: null, id: 0, proven: false, timer: undefined };
    thread.addEventListener('message', (event) => this.finish(slot, (event as MessageEvent<DecodeReply>).data));
    thread.addEventListener('error', (event) => {
      event.preventDefault();
      const reason = (event as ErrorEvent).message || 'the browser gives no reason';
      this.drop(slot, crashed(`A decoder stopped while it unpacked a part of the image (${reason}).`));
    });
    thread.addEventListener('messageerror', () => this.drop(slot, crashed("A decoder's answer could not be read.")));
    this.slots.push(slot);
    return slot;
  }

  private start(slot: Slot, job: Job): void {
    slot.job = job;
    slot.id = ++this.ids;
    const limitMs = this.options.limitMs ?? LIMIT_MS;
    const startMs = slot.proven || this.options.limitMs ? 0 : START_MS;
    const allowedMs = startMs + limitMs * (1 + decodedBytes(job.task) / LIMIT_STEP_BYTES);
    slot.timer = setTimeout(() => {
      const seconds = Math.round(allowedMs / 1000);
      this.drop(
        slot,
        new NadirError(
          'TIFF_CORRUPT',
          `A part of this TIFF could not be unpacked within ${seconds} s; its compressed data are most likely damaged, or this machine is very busy. Get the file again, or try later.`,
        ),
      );
    }, allowedMs);
    const buffers = new Set(job.task.blocks.map(({ bytes }) => bytes.buffer));
    slot.thread.postMessage({ id: slot.id, task: job.task }, [...buffers]);
  }

  private finish(slot: Slot, reply: DecodeReply): void {
    if (reply.id !== slot.id || !slot.job) return;
    clearTimeout(slot.timer);
    slot.proven = true;
    const { job } = slot;
    slot.job = null;
    job.resolve(reply.results);
    this.dispatch();
  }

  private drop(slot: Slot, error: NadirError): void {
    const at = this.slots.indexOf(slot);
    if (at < 0) return;
    this.slots.splice(at, 1);
    clearTimeout(slot.timer);
    slot.thread.terminate();
    slot.job?.reject(error);
    slot.job = null;
    this.dispatch();
  }
}

function crashed(what: string): NadirError {
  return new NadirError(
    'WORKER_CRASHED',
    `${what} Another one has been started; open the image again if a part of it stays empty.`,
  );
}
