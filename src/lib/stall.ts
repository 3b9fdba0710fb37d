/** A request is given up after this long without data. */
export const STALL_MS = 60_000;

/** Aborts `signal` if nothing has arrived for `STALL_MS`, or when `outer` fires. */
export class Stall {
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(outer: AbortSignal | null) {
    const own = this.controller.signal;
    this.signal = outer ? AbortSignal.any([outer, own]) : own;
    this.dataArrived();
  }

  /** Whether the silence caused the abort. */
  get isStalled(): boolean {
    return this.controller.signal.aborted;
  }

  /** Call when data arrived. */
  dataArrived(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.controller.abort(), STALL_MS);
  }

  end(): void {
    clearTimeout(this.timer);
  }

  /** Reads the whole body. Each chunk restarts the timer. */
  async read({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array[] = [];
    const reader = body?.getReader();
    for (;;) {
      const { done = true, value } = (await reader?.read()) ?? {};
      if (done || !value) break;
      this.dataArrived();
      parts.push(value);
    }
    const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.byteLength;
    }
    return whole;
  }
}
