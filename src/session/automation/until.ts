import type { ReadonlySignal } from '@preact/signals';

/** Resolves as soon as the signal's value passes `test`. */
export function until<T>(signal: ReadonlySignal<T>, test: (value: T) => boolean): Promise<void> {
  return new Promise((resolve) => {
    let stop: (() => void) | null = null;
    let done = false;
    stop = signal.subscribe((value) => {
      if (!test(value)) return;
      done = true;
      stop?.();
      resolve();
    });
    // A subscriber is also called while subscribing, before `stop` exists.
    if (done) stop();
  });
}
