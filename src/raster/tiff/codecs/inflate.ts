import { corrupt, requireFull } from '../directory.ts';

/** Unpacks zlib data into exactly `byteLength` bytes. Errors: TIFF_CORRUPT. */
export async function inflate(input: Uint8Array<ArrayBuffer>, byteLength: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await inflateUpTo(input, byteLength);
  requireFull(bytes.length, byteLength);
  return bytes;
}

/**
 * Unpacks zlib data with the browser's decompressor. Reading stops after `limitBytes`, so a bomb costs no more memory
 * than a valid block. Bytes after the stream are ignored. Errors: TIFF_CORRUPT.
 */
export async function inflateUpTo(
  input: Uint8Array<ArrayBuffer>,
  limitBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const output = new Uint8Array(limitBytes);
  const stream = new DecompressionStream('deflate');
  const writer = stream.writable.getWriter();
  // Failures also arrive through the readable side; unhandled rejections would end a worker.
  writer.write(input).catch(() => {});
  writer.close().catch(() => {});
  const reader = stream.readable.getReader();
  let written = 0;
  try {
    while (written < limitBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      const chunk = value.subarray(0, limitBytes - written);
      output.set(chunk, written);
      written += chunk.length;
    }
  } catch (cause) {
    throw corrupt(`A block's Deflate data can't be unpacked (${cause instanceof Error ? cause.message : cause}).`);
  } finally {
    reader.cancel().catch(() => {});
  }
  return output.subarray(0, written);
}
