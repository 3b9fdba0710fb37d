import { type Outcome, probe } from './probe.ts';

/**
 * A process that probes one file after another, so that it can be ended if it hangs. Reports the largest single
 * allocation.
 */
export interface ProbeReply {
  outcome: Outcome;
  elapsedMs: number;
  /** The largest buffer that was requested, granted or not. */
  largestBytes: number;
  /** The process's peak memory. */
  residentBytes: number;
}

let largestBytes = 0;

/** Observes what a constructor is asked to allocate. */
function watch(
  name:
    | 'ArrayBuffer'
    | 'Uint8Array'
    | 'Uint8ClampedArray'
    | 'Uint16Array'
    | 'Uint32Array'
    | 'Int32Array'
    | 'Float32Array'
    | 'Float64Array',
): void {
  const original = globalThis[name] as unknown as { new (...args: unknown[]): object; BYTES_PER_ELEMENT?: number };
  const watched: typeof original = new Proxy(original, {
    construct(target, args: unknown[], newTarget): object {
      if (typeof args[0] === 'number') largestBytes = Math.max(largestBytes, args[0] * (target.BYTES_PER_ELEMENT ?? 1));
      return Reflect.construct(target, args, newTarget === watched ? target : newTarget);
    },
  });
  (globalThis as Record<string, unknown>)[name] = watched;
}

for (const name of [
  'ArrayBuffer',
  'Uint8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
] as const) {
  watch(name);
}

// A decoder's promise that rejects after the reply must be reported: it is a crash like any other.
let stray: string | null = null;
process.on('unhandledRejection', (thrown) => {
  stray = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
});

process.on('message', async (bytes: Uint8Array<ArrayBuffer>) => {
  largestBytes = 0;
  const start = performance.now();
  let outcome = await probe(bytes);
  await new Promise((resolve) => setImmediate(resolve));
  if (stray) outcome = { kind: 'crash', message: `unobserved: ${stray}` };
  stray = null;
  const residentBytes = process.resourceUsage().maxRSS * 1024;
  process.send!({ outcome, elapsedMs: performance.now() - start, largestBytes, residentBytes } satisfies ProbeReply);
});
