import { corrupt, requireFull } from '../directory.ts';

const CLEAR = 256;
const END = 257;
const MAX_CODES = 4096;

/**
 * Decodes TIFF LZW (TIFF 6.0 section 13: most significant bit first, code width grows one code early) into `byteLength`
 * bytes. geotiff.js collects the output in a plain array, one boxed number per byte; this decoder writes in place and
 * is about ten times as fast. Errors: TIFF_CORRUPT, also if the stream ends early.
 */
export function decodeLzw(input: Uint8Array, byteLength: number): Uint8Array {
  const output = new Uint8Array(byteLength);
  // Code → where its bytes first appear in the output, and how many there are.
  const start = new Uint32Array(MAX_CODES);
  const length = new Uint32Array(MAX_CODES);
  let nextCode = END + 1;
  let width = 9;
  let bits = 0;
  let bitCount = 0;
  let position = 0;
  let written = 0;
  let previousStart = -1;
  let previousLength = 0;

  while (written < byteLength) {
    while (bitCount < width && position < input.length) {
      bits = ((bits << 8) | input[position++]!) & 0xffffff;
      bitCount += 8;
    }
    if (bitCount < width) break;
    const code = (bits >> (bitCount - width)) & ((1 << width) - 1);
    bitCount -= width;
    if (code === END) break;
    if (code === CLEAR) {
      nextCode = END + 1;
      width = 9;
      previousStart = -1;
      continue;
    }
    if (previousStart >= 0 && nextCode < MAX_CODES) {
      // The new entry is the previous string plus the byte that follows it in the output.
      start[nextCode] = previousStart;
      length[nextCode] = previousLength + 1;
      nextCode++;
    }
    const at = written;
    if (code < CLEAR) {
      output[written++] = code;
    } else if (code < nextCode) {
      const from = start[code]!;
      const count = Math.min(length[code]!, byteLength - written);
      // Byte by byte, because the newest entry overlaps the bytes being written.
      for (let i = 0; i < count; i++) output[written + i] = output[from + i]!;
      written += count;
    } else {
      throw corrupt('Its LZW data contains an impossible code.');
    }
    previousStart = at;
    previousLength = written - at;
    if (nextCode + 1 >= 1 << width && width < 12) width++;
  }
  requireFull(written, byteLength);
  return output;
}
