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

/** Resolves when nobody waits for a read, or after `limitMs`, so that steady reading can't starve the background. */
export function whenIdle(limitMs: number): Promise<void> {
  if (active === 0) return Promise.resolve();
  return new Promise((resolve) => {
    waiting.push(resolve);
    setTimeout(resolve, limitMs);
  });
}
