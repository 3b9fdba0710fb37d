/** How long a worker may work on a call without a step. Longer than any honest step takes, also on a slow, busy machine. */
export interface Patience {
  /** Until one step of each kind was seen: code is loaded and shaders are compiled in them. */
  firstMs: number;
  /** The least bound afterwards. */
  leastMs: number;
}

/** What is known of a worker's pace now. */
export interface Pulse {
  /** Since the last step while a call is pending; 0 when the worker has nothing to do. */
  silentMs: number;
  /** The longest time between two steps so far, which is honest work. */
  longestMs: number;
  /** A silence of this length counts as hanging. */
  limitMs: number;
}

/** An honest step may take this many times as long as the longest seen before it. */
const FACTOR = 10;
const TICK_MS = 1000;
/** A page that sleeps or is throttled sees no steps either: one gap in its own time counts for at most this part of the limit. */
const LARGEST_SHARE = 1 / 3;

/**
 * Tells a worker that hangs from one that takes long, by the time between its steps: a tile's stage, a token, a file, an answer.
 * The bound follows the pace that was measured, so that a large model on a slow device has the time it needs.
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

  /** `onHang` is called once, with how long nothing came. */
  constructor(patience: Patience, onHang: (silentMs: number) => void) {
    this.patience = patience;
    this.onHang = onHang;
  }

  get pulse(): Pulse {
    if (this.pending > 0) this.advance();
    return { silentMs: this.silentMs, longestMs: this.longestMs, limitMs: this.limitMs };
  }

  /** A call begins. */
  begin(): void {
    this.pending += 1;
    if (this.pending > 1) return;
    this.silentMs = 0;
    this.seenAtMs = performance.now();
    this.timer ??= setInterval(() => this.check(), TICK_MS);
  }

  /** A call has ended, which is a step, too. */
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

  /** What was measured says nothing about what follows, such as another model. */
  forget(): void {
    this.proven = false;
    this.longestMs = 0;
  }

  /** No more watching: the worker is gone. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.silentMs = 0;
  }

  private get limitMs(): number {
    const { firstMs, leastMs } = this.patience;
    return Math.max(this.proven ? leastMs : firstMs, FACTOR * this.longestMs);
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
