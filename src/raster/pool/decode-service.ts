import { type ErrorData, NadirError } from '../../lib/errors.ts';
import { type BlockFormat, blockBytes } from '../tiff/block-format.ts';
import { makeBlockDecoder } from '../tiff/codecs/codec.ts';
import type { SampleArray } from '../tiff/samples.ts';

/** Some blocks of one image, decoded together. */
export interface DecodeTask {
  format: BlockFormat;
  /** `bytes` are handed over: they may be changed or sent away. */
  blocks: { bytes: Uint8Array<ArrayBuffer>; rows: number }[];
}

/** A damaged block doesn't spoil its neighbours. */
export type DecodedBlock = { ok: true; samples: SampleArray } | { ok: false; error: ErrorData };

/** Turns compressed blocks into samples, here or in other threads. */
export interface DecodeService {
  /**
   * One result a block, in order. Tasks of the background wait for those of the foreground. `signal` drops a task that hasn't
   * been begun. Errors: ABORTED, WORKER_CRASHED, TIFF_CORRUPT (took too long).
   */
  decode(task: DecodeTask, signal: AbortSignal | null, background: boolean): Promise<DecodedBlock[]>;
}

/** Decodes on the thread that calls it: in tests, in Node, and inside each worker of the pool. */
export const decodeHere: DecodeService = {
  async decode({ format, blocks }, signal) {
    const decoder = makeBlockDecoder(format);
    const results: DecodedBlock[] = [];
    for (const { bytes, rows } of blocks) {
      signal?.throwIfAborted();
      try {
        results.push({ ok: true, samples: await decoder.decode(bytes, rows) });
      } catch (thrown) {
        results.push({ ok: false, error: NadirError.from(thrown).toData() });
      }
    }
    return results;
  },
};

/** Size of the task's result in bytes. */
export function decodedBytes({ format, blocks }: DecodeTask): number {
  return blocks.reduce((sum, { rows }) => sum + blockBytes(format, rows), 0);
}
