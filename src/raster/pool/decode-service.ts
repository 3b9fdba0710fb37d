import { type ErrorData, NadirError } from '../../lib/errors.ts';
import { type BlockFormat, blockBytes } from '../tiff/block-format.ts';
import { makeBlockDecoder } from '../tiff/codecs/codec.ts';
import type { SampleArray } from '../tiff/samples.ts';

/** Blocks of one image that are decoded together. */
export interface DecodeTask {
  format: BlockFormat;
  /** `bytes` belong to the decoder, which may modify or transfer them. */
  blocks: { bytes: Uint8Array<ArrayBuffer>; rows: number }[];
}

/** One result per block, so a damaged block doesn't affect the others. */
export type DecodedBlock = { ok: true; samples: SampleArray } | { ok: false; error: ErrorData };

/** Turns compressed blocks into samples, on this thread or on others. */
export interface DecodeService {
  /**
   * Returns one result per block, in order. Background tasks wait for foreground ones. `signal` cancels a task that
   * hasn't started. Errors: ABORTED, WORKER_CRASHED, TIFF_CORRUPT (took too long).
   */
  decode(task: DecodeTask, signal: AbortSignal | null, background: boolean): Promise<DecodedBlock[]>;
}

/** Decodes on the calling thread: in tests, in Node, and inside each worker of the pool. */
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
