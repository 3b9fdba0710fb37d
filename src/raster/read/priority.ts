import { nextMacrotask } from '../../lib/macrotask.ts';

/** Foreground reads have priority over building overviews on the worker's single thread. */
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
 * Resolves when no foreground read is running, or after `limitMs`, so that constant reading can't starve the
 * background. Always yields to the event loop first, so that a request that has just arrived is noticed.
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
