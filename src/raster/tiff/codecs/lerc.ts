import { corrupt } from '../directory.ts';
import { inflateUpTo } from './inflate.ts';
import { decodeZstd } from './zstd.ts';

/**
 * LERC blocks carry a mask of valid pixels; GDAL uses it to store NaN. geotiff.js decodes the values and drops the
 * mask. So we unwrap the blob, geotiff.js decodes it, and we read the mask from the blob's header.
 */

/** LercParameters[1]: the compression around the blob. */
const DEFLATE = 1;
const ZSTD = 2;

/** The bare LERC blob. `rawBytes`: size of the decoded block, which a blob hardly exceeds. Errors: TIFF_CORRUPT. */
export async function unwrapLerc(
  compressed: Uint8Array<ArrayBuffer>,
  wrapping: number,
  rawBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  switch (wrapping) {
    case 0:
      return compressed;
    case DEFLATE:
      return inflateUpTo(compressed, 2 * rawBytes + 65536);
    case ZSTD:
      return decodeZstd(compressed, 2 * rawBytes + 65536);
    default:
      throw corrupt(`Its LERC data is wrapped in the unknown compression ${wrapping}.`);
  }
}

/**
 * Validity of each pixel of a LERC2 blob, 1 = valid; null if all are, or if the blob isn't LERC2. Layout: "Lerc2 ",
 * version, [checksum], rows, columns, [dimensions], valid pixels, …, mask bytes, run-length-coded bits.
 */
export function lercMask(blob: Uint8Array): Uint8Array | null {
  if (new TextDecoder('latin1').decode(blob.subarray(0, 6)) !== 'Lerc2 ') return null;
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const version = view.getInt32(6, true);
  if (version < 1 || version > 5) return null;
  let at = version >= 3 ? 14 : 10;
  const pixels = view.getUint32(at, true) * view.getUint32(at + 4, true);
  at += version >= 4 ? 12 : 8;
  const validPixels = view.getUint32(at, true);
  if (validPixels === pixels) return null;
  const mask = new Uint8Array(pixels);
  if (validPixels === 0) return mask;
  // Skips the valid count, block size, blob size, type and three doubles; newer versions have more fields in between.
  at += version >= 5 ? 44 : 40;
  const maskBytes = view.getInt32(at, true);
  const bits = runLengths(view, at + 4, maskBytes, Math.ceil(pixels / 8));
  for (let i = 0; i < pixels; i++) mask[i] = (bits[i >> 3]! >> (7 - (i & 7))) & 1;
  return mask;
}

/** Counts are int16: positive = that many literal bytes, negative = one byte repeated, −32768 = end. */
function runLengths(view: DataView, start: number, length: number, outBytes: number): Uint8Array {
  const out = new Uint8Array(outBytes);
  let written = 0;
  for (let at = start; at + 2 <= Math.min(start + length, view.byteLength); ) {
    const count = view.getInt16(at, true);
    at += 2;
    if (count === -32768) break;
    const size = Math.min(Math.abs(count), outBytes - written);
    if (count > 0) {
      out.set(new Uint8Array(view.buffer, view.byteOffset + at, size), written);
      at += count;
    } else {
      out.fill(view.getUint8(at), written, written + size);
      at += 1;
    }
    written += size;
  }
  return out;
}
