import { nextMacrotask } from '../../lib/macrotask.ts';

/** Reads that somebody is waiting for go before building overviews, on the worker's one thread. */
let active = 0;
let waiting: (() => void)[] = [];

/** Runs `work`; background work pauses meanwhile. */
export async function asForeground<T>(work: () => Promise<T>): Promise<T> {
  active++;
  try {
    return await work();
  } finally {
    active--;
    if (active === 0) {
      for (const resume of waiting) resume();
      waiting = [];
    }
  }
}

/**
 * Resolves when nobody waits for a read, or after `limitMs`, so that steady reading can't starve the background. Always gives the
 * thread a turn first, so that a request that has just come in is heard.
 */
export async function whenIdle(limitMs: number): Promise<void> {
  await nextMacrotask();
  if (active === 0) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, limitMs);
    waiting.push(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
