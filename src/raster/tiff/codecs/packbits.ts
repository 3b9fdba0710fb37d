import { requireFull } from '../directory.ts';

/**
 * Decodes PackBits into `byteLength` bytes; −128 is a no-op (geotiff.js repeats a byte there). Errors: TIFF_CORRUPT if
 * it ends early.
 */
export function decodePackBits(input: Uint8Array, byteLength: number): Uint8Array {
  const output = new Uint8Array(byteLength);
  let written = 0;
  let position = 0;
  while (position < input.length && written < byteLength) {
    const header = (input[position++]! << 24) >> 24;
    if (header === -128) continue;
    if (header >= 0) {
      const chunk = input.subarray(position, position + Math.min(header + 1, byteLength - written));
      output.set(chunk, written);
      position += header + 1;
      written += chunk.length;
    } else {
      const count = Math.min(1 - header, byteLength - written);
      output.fill(input[position++] ?? 0, written, written + count);
      written += count;
    }
  }
  requireFull(written, byteLength);
  return output;
}
