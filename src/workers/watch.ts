/** How long a worker may take for a call without a step. Longer than any normal step, even on a slow, busy machine. */
export interface Patience {
  /** Before one step of each kind was seen: such steps also load code and compile shaders. */
  firstMs: number;
  /** The minimum limit afterwards. */
  minMs: number;
}

/** What is known about a worker's pace. */
export interface Pulse {
  /** Time since the last step while a call is pending; 0 if the worker is idle. */
  silentMs: number;
  /** The longest time between two steps so far. */
  longestMs: number;
  /** A silence this long means that the worker hangs. */
  limitMs: number;
}

/** A step may take this many times as long as the longest one so far. */
const FACTOR = 10;
const TICK_MS = 1000;
/**
 * A page that sleeps or is throttled sees no steps either, so one gap in its own timer counts as at most this share of
 * the limit.
 */
const LARGEST_SHARE = 1 / 3;

/**
 * Distinguishes a worker that hangs from one that is slow, by the time between its steps: a tile's stage, a token, a
 * file, an answer. The limit follows the measured pace, so a large model on a slow device gets the time it needs.
 */
export class Watch {
  private readonly patience: Patience;
  private readonly onHang: (silentMs: number) => void;
  private pending = 0;
  private proven = false;
  private longestMs = 0;
  private silentMs = 0;
  private seenAtMs = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** `onHang` is called once, with the length of the silence. */
  constructor(patience: Patience, onHang: (silentMs: number) => void) {
    this.patience = patience;
    this.onHang = onHang;
  }

  get pulse(): Pulse {
    if (this.pending > 0) this.advance();
    return { silentMs: this.silentMs, longestMs: this.longestMs, limitMs: this.limitMs };
  }

  /** A call starts. */
  begin(): void {
    this.pending += 1;
    if (this.pending > 1) return;
    this.silentMs = 0;
    this.seenAtMs = performance.now();
    this.timer ??= setInterval(() => this.check(), TICK_MS);
  }

  /** A call has ended; that also counts as a step. */
  end(): void {
    this.step();
    this.pending -= 1;
    if (this.pending === 0) this.stop();
  }

  step(): void {
    if (this.pending === 0) return;
    this.advance();
    this.longestMs = Math.max(this.longestMs, this.silentMs);
    this.silentMs = 0;
  }

  /** Every kind of step has been seen once. */
  prove(): void {
    this.proven = true;
  }

  /** Discards the measurements, e.g. because another model follows. */
  forget(): void {
    this.proven = false;
    this.longestMs = 0;
  }

  /** Ends watching because the worker is gone. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.silentMs = 0;
  }

  private get limitMs(): number {
    const { firstMs, minMs } = this.patience;
    return Math.max(this.proven ? minMs : firstMs, FACTOR * this.longestMs);
  }

  private advance(): void {
    const nowMs = performance.now();
    this.silentMs += Math.min(nowMs - this.seenAtMs, this.limitMs * LARGEST_SHARE);
    this.seenAtMs = nowMs;
  }

  private check(): void {
    this.advance();
    if (this.silentMs < this.limitMs) return;
    const { silentMs } = this;
    this.stop();
    this.onHang(silentMs);
  }
}
