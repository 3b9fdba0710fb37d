import { NadirError } from '../../../lib/errors.ts';

/**
 * The worker checks for a stop between tokens and stages. A token is short, so the words so far are waited for. The vision tower
 * may take seconds and isn't waited for; it ends before the next question starts.
 */
const STOP_GRACE_MS = 400;

/** Rejects with ABORTED after the grace that follows a stop, if `isSilent` is still true, so that no words are lost. `stop` ends the watch. */
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
