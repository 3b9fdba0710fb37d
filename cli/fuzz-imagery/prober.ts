import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProbeReply } from './child.ts';

/** Time limit per file. */
export const LIMIT_MS = 5000;

export type Verdict = Omit<ProbeReply, 'outcome'> & { outcome: ProbeReply['outcome'] | { kind: 'hang' } };

/** Probes in a separate process, which is ended and replaced if it doesn't reply in time or dies. */
export class Prober {
  private child: ChildProcess | null = null;

  /** Starts the process before the first file, so that starting doesn't count towards its time. */
  async start(): Promise<void> {
    await this.send(new Uint8Array(0), 60_000);
  }

  probe(bytes: Uint8Array): Promise<Verdict> {
    return this.send(bytes, LIMIT_MS);
  }

  close(): void {
    this.child?.kill();
  }

  private send(bytes: Uint8Array, limitMs: number): Promise<Verdict> {
    this.child ??= fork(fileURLToPath(new URL('./child.ts', import.meta.url)), {
      execArgv: ['--import', 'tsx'],
      serialization: 'advanced',
    });
    const { child } = this;
    const start = performance.now();
    return new Promise((resolve) => {
      const settle = (verdict: Verdict) => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(verdict);
      };
      const failed = (outcome: Verdict['outcome']) => {
        this.child = null;
        child.kill('SIGKILL');
        settle({ outcome, elapsedMs: performance.now() - start, largestBytes: 0, residentBytes: 0 });
      };
      const timer = setTimeout(() => failed({ kind: 'hang' }), limitMs);
      child.on('message', (reply) => settle(reply as ProbeReply));
      child.on('error', (error) => failed({ kind: 'crash', message: String(error) }));
      child.on('exit', (code, signal) => failed({ kind: 'crash', message: `the process ended: ${signal ?? code}` }));
      child.send(bytes);
    });
  }
}
