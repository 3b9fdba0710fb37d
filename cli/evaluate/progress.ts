const EVERY_MS = 10_000;

/** Prints a line every ten seconds, at each new set and at the end: progress, and about how much time is left. */
export class Progress {
  private readonly total: number;
  private readonly say: (line: string) => void;
  private readonly now: () => number;
  private readonly startMs: number;
  private saidMs: number;
  private set: string | null = null;
  private count = 0;

  constructor(total: number, say: (line: string) => void, now: () => number = Date.now) {
    this.total = total;
    this.say = say;
    this.now = now;
    this.startMs = now();
    this.saidMs = this.startMs;
  }

  /** Called after each question. */
  done(set: string): void {
    this.count += 1;
    const nowMs = this.now();
    const isNews = set !== this.set || this.count === this.total || nowMs - this.saidMs >= EVERY_MS;
    if (!isNews) return;
    this.set = set;
    this.saidMs = nowMs;
    this.say(
      `${this.count} of ${this.total} questions (${set}), ${timeLeft(nowMs - this.startMs, this.count, this.total)}`,
    );
  }
}

/** E.g. "about 4 min left", at the pace so far. */
function timeLeft(elapsedMs: number, count: number, total: number): string {
  const leftS = ((elapsedMs / count) * (total - count)) / 1000;
  if (count === total) return `done in ${duration(elapsedMs / 1000)}`;
  return `about ${duration(leftS)} left`;
}

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
