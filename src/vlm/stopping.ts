import { NadirError } from '../lib/errors.ts';
import { nextMacrotask } from '../lib/macrotask.ts';
import type { AskIo } from './backend.ts';

/** The returned function is called between tokens, parts of the tower and masks. Each call also reports progress. */
export function isStoppedBy(io: AskIo): () => boolean {
  return () => {
    io.on({ kind: 'step' });
    return io.signal.aborted;
  };
}

/** Handles pending messages first, because a stop arrives as a message. Errors: ABORTED. */
export async function throwIfStopped(io: AskIo): Promise<void> {
  await nextMacrotask();
  if (isStoppedBy(io)()) throw new NadirError('ABORTED', 'Stopped on request.');
}
