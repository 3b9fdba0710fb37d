/** A host that sends nothing for this long is not waited for any more. */
export const STALL_MS = 60_000;

/** Aborts `signal` when nothing has come for `STALL_MS`, or when `outer` does. */
export class Stall {
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(outer: AbortSignal | null) {
    const own = this.controller.signal;
    this.signal = outer ? AbortSignal.any([outer, own]) : own;
    this.heard();
  }

  /** Whether it was the silence that aborted. */
  get isStalled(): boolean {
    return this.controller.signal.aborted;
  }

  /** Something came. */
  heard(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.controller.abort(), STALL_MS);
  }

  end(): void {
    clearTimeout(this.timer);
  }

  /** The whole body; each part that comes is a sign of life. */
  async read({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array[] = [];
    const reader = body?.getReader();
    for (;;) {
      const { done = true, value } = (await reader?.read()) ?? {};
      if (done || !value) break;
      this.heard();
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
