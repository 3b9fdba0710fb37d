import { getDecoder } from 'geotiff';
import { corrupt } from '../directory.ts';
import { decoderNotStarted } from './decoder-start.ts';

/**
 * Safe use of the library's WebAssembly for Zstandard. Its loop over frames that don't state their size never ends on
 * damaged data, and it allocates whatever a frame claims (zstddec 0.2, decodeStreaming and decode). So we measure the
 * frame first and give it the size that it must have.
 */

const MAGIC = 0xfd2fb528;
const BLOCK_BYTES = 128 * 1024;

interface Frame {
  /** Null if the frame doesn't state it. */
  statedBytes: number | null;
  /** The most bytes that its blocks can unpack to. */
  boundBytes: number;
  /** Start of the first block, and end of the frame (further bytes are padding). */
  blocksAt: number;
  end: number;
}

/**
 * Unpacks one frame. `byteLength`: the result's size if the frame doesn't state it; else an upper limit. Errors:
 * TIFF_CORRUPT.
 */
export async function decodeZstd(bytes: Uint8Array<ArrayBuffer>, byteLength: number): Promise<Uint8Array<ArrayBuffer>> {
  const frame = readFrame(bytes);
  if (!frame) throw corrupt("A block of pixels isn't Zstandard data.");
  const claimed = Math.max(frame.statedBytes ?? 0, frame.boundBytes);
  if (claimed > 2 * byteLength + 1024 * 1024) {
    throw corrupt(`A block of ${byteLength} bytes claims to unpack to ${claimed}.`);
  }
  const whole = frame.statedBytes === null ? withSize(bytes, frame, byteLength) : bytes.slice(0, frame.end);
  try {
    const decoder = await getDecoder(50000, { predictor: 1 } as Parameters<typeof getDecoder>[1]);
    return new Uint8Array((await decoder.decode(whole.buffer)) as ArrayBuffer);
  } catch (cause) {
    throw decoderNotStarted(cause) ?? cause;
  }
}

/** The frame's headers (RFC 8878); null if they are invalid. */
export function readFrame(bytes: Uint8Array): Frame | null {
  if (bytes.length < 9) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return null;
  const { single, sizeBytes, sizeAt } = fieldsOf(bytes[4]!);
  if (sizeAt + sizeBytes > bytes.length) return null;
  let statedBytes: number | null = null;
  if (sizeBytes === 1) statedBytes = bytes[sizeAt]!;
  else if (sizeBytes === 2) statedBytes = view.getUint16(sizeAt, true) + 256;
  else if (sizeBytes === 4) statedBytes = view.getUint32(sizeAt, true);
  else if (sizeBytes === 8) statedBytes = Number(view.getBigUint64(sizeAt, true));
  if (single && statedBytes === null) return null;
  const blocksAt = sizeAt + sizeBytes;
  let boundBytes = 0;
  for (let at = blocksAt; at + 3 <= bytes.length; ) {
    const header = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    const size = header >> 3;
    const type = (header >> 1) & 3;
    at += 3 + (type === 1 ? 1 : size);
    boundBytes += type === 2 ? BLOCK_BYTES : size;
    if (header & 1) {
      const checksum = bytes[4]! & 4 ? 4 : 0;
      return { statedBytes, boundBytes, blocksAt, end: Math.min(bytes.length, at + checksum) };
    }
  }
  return null;
}

function fieldsOf(descriptor: number): { single: boolean; sizeBytes: number; sizeAt: number } {
  const single = ((descriptor >> 5) & 1) === 1;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  return { single, sizeBytes, sizeAt: 5 + (single ? 0 : 1) + dictionaryBytes };
}

/** The same frame with a 4-byte content size in its header. */
function withSize(bytes: Uint8Array<ArrayBuffer>, frame: Frame, byteLength: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(frame.end + 4);
  out.set(bytes.subarray(0, frame.blocksAt));
  out[4] = (bytes[4]! & 0x3f) | 0x80;
  new DataView(out.buffer).setUint32(frame.blocksAt, byteLength, true);
  out.set(bytes.subarray(frame.blocksAt, frame.end), frame.blocksAt + 4);
  return out;
}
