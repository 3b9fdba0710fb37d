import { NadirError } from '../../lib/errors.ts';

/**
 * The worker looks for a cancel between tokens and stages. A token is short, and what was written comes back; the vision
 * tower may take seconds, and isn't waited for: it ends by itself before the next question.
 */
const STOP_GRACE_MS = 400;

/** Rejects with ABORTED when the grace after a stop is over and `isSilent` still: no words are lost. `stop` gives up watching. */
export function stoppedAfterGrace(
  signal: AbortSignal,
  isSilent: () => boolean,
): { promise: Promise<never>; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort = () => {};
  const promise = new Promise<never>((_, reject) => {
    onAbort = () => {
      timer = setTimeout(() => {
        if (isSilent()) reject(new NadirError('ABORTED', 'Stopped on request.'));
      }, STOP_GRACE_MS);
    };
  });
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    promise,
    stop: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
