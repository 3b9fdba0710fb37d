import type { PixelWindow } from '../../../geo/types.ts';
import { waitFor } from '../../../lib/abort.ts';
import { NadirError } from '../../../lib/errors.ts';
import type { ModelKeeper } from '../../model/model.ts';

/** The work on each slice. Any of these may reject; then `failed` is called. */
export interface SliceSteps<R> {
  /** Reads the slice's pixels; the next slice is read while this one is worked on. */
  read(window: PixelWindow): Promise<R>;
  work(window: PixelWindow, read: R): Promise<void>;
  failed(window: PixelWindow, error: NadirError): void;
  /** One more slice is finished or has failed. */
  done(): void;
}

type Attempt<R> = { ok: true; read: R } | { ok: false; error: NadirError };

/**
 * Works on slices in turn. A slice that fails is reported and the run goes on; a worker that crashed or hung is waited for and
 * its slice tried once more. Returns early when `signal` aborts. Rejects only if there is no model to go on with.
 */
export async function eachSlice<R>(
  windows: readonly PixelWindow[],
  steps: SliceSteps<R>,
  { models, signal }: { models: ModelKeeper; signal: AbortSignal },
): Promise<void> {
  let ahead = attempt(steps, windows[0]);
  for (const [index, window] of windows.entries()) {
    const read = await ahead;
    ahead = attempt(steps, windows[index + 1]);
    if (signal.aborted) return;
    let failure = await worked(steps, window, read);
    try {
      if (failure && (await isWorthAnotherTry(failure, models, signal))) {
        failure = await worked(steps, window, await attempt(steps, window));
        // The run goes on once the worker is back.
        if (failure && isLoss(failure)) await isWorthAnotherTry(failure, models, signal);
      }
    } catch (thrown) {
      if (signal.aborted) return;
      throw thrown;
    }
    if (failure && !signal.aborted) steps.failed(window, failure);
    steps.done();
    if (signal.aborted) return;
  }
}

/** Never rejects, since a read ahead may fail before anybody waits for it. */
async function attempt<R>(steps: SliceSteps<R>, window: PixelWindow | undefined): Promise<Attempt<R>> {
  if (!window) return { ok: false, error: new NadirError('INTERNAL', 'No further slice.') };
  try {
    return { ok: true, read: await steps.read(window) };
  } catch (thrown) {
    return { ok: false, error: NadirError.from(thrown) };
  }
}

/** Null if the slice was dealt with. */
async function worked<R>(steps: SliceSteps<R>, window: PixelWindow, attempted: Attempt<R>): Promise<NadirError | null> {
  if (!attempted.ok) return attempted.error;
  try {
    await steps.work(window, attempted.read);
    return null;
  } catch (thrown) {
    return NadirError.from(thrown);
  }
}

/** A worker was lost, which says little about the slice: another one may answer. */
function isLoss({ code }: NadirError): boolean {
  return code === 'WORKER_CRASHED' || code === 'DEVICE_LOST';
}

/** True after the loss of a worker, once its replacement is ready. Rejects if there is no model to go on with; ABORTED. */
async function isWorthAnotherTry(failure: NadirError, models: ModelKeeper, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted || !isLoss(failure)) return false;
  if (failure.code === 'DEVICE_LOST') models.replaceWorker(failure);
  await waitFor(models.ready(), signal);
  return true;
}
