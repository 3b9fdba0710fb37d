import { LIMITS } from './probe.ts';
import { LIMIT_MS, type Verdict } from './prober.ts';

/** Counts verdicts, prints failures as they occur, and sums up. */
export class Tally {
  failures = 0;
  private readonly codes = new Map<string, number>();
  private slowestMs = 0;
  private largestBytes = 0;
  private peakRss = 0;

  add(name: string, { outcome, elapsedMs, largestBytes, residentBytes }: Verdict): void {
    this.slowestMs = Math.max(this.slowestMs, elapsedMs);
    this.largestBytes = Math.max(this.largestBytes, largestBytes);
    this.peakRss = Math.max(this.peakRss, residentBytes);
    const tooLarge = largestBytes > LIMITS.capBytes;
    const result = tooLarge ? 'over the cap' : outcome.kind === 'refused' ? outcome.code : outcome.kind;
    this.codes.set(result, (this.codes.get(result) ?? 0) + 1);
    if (outcome.kind !== 'hang' && outcome.kind !== 'crash' && !tooLarge) return;
    this.failures++;
    const why =
      outcome.kind === 'crash' ? outcome.message : tooLarge ? `${largestBytes} bytes at once` : `${LIMIT_MS} ms`;
    console.log(`FAILED ${name}\n  ${result}: ${why}`);
  }

  summary(count: number, seed: number, files: number): string {
    const list = [...this.codes].sort((a, b) => b[1] - a[1]).map(([code, times]) => `${code} ${times}`);
    const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
    return [
      list.join(' · '),
      `${count} mutations of ${files} files, seed ${seed}: ${this.failures} failures; slowest ${Math.round(this.slowestMs)} ms, largest buffer ${mib(this.largestBytes)}, process ${mib(this.peakRss)} (cap ${mib(LIMITS.capBytes)})`,
    ].join('\n');
  }
}
