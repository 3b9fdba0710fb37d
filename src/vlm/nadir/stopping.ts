import { NadirError } from '../../lib/errors.ts';
import { nextMacrotask } from '../../lib/macrotask.ts';
import type { AskIo } from '../backend.ts';

/** Asked between tokens, parts of the tower and masks; each time, work has moved on. */
export function isStoppedBy(io: AskIo): () => boolean {
  return () => {
    io.on({ kind: 'step' });
    return io.signal.aborted;
  };
}

/** Lets messages in first, since a stop is one. Errors: ABORTED. */
export async function throwIfStopped(io: AskIo): Promise<void> {
  await nextMacrotask();
  if (isStoppedBy(io)()) throw new NadirError('ABORTED', 'Stopped on request.');
}
