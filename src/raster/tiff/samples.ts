import type { SampleType } from '../../imagery/image.ts';
import { asDoubles, halvesOf } from './codecs/integers64.ts';

/**
 * Decoded samples in their own type, except that 16-bit floats become 32-bit ones and 64-bit integers become doubles.
 */
export type SampleArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

/**
 * A view of `bytes` (little-endian, whole samples) as its sample type. Copies only if alignment or the type requires
 * it.
 */
export function asSamples(bytes: Uint8Array, type: SampleType): SampleArray {
  const size = sampleBytes(type);
  const count = Math.floor(bytes.length / size);
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  const { buffer, byteOffset } = aligned;
  switch (type) {
    case 'uint8':
      return new Uint8Array(buffer, byteOffset, count);
    case 'int8':
      return new Int8Array(buffer, byteOffset, count);
    case 'uint16':
      return new Uint16Array(buffer, byteOffset, count);
    case 'int16':
      return new Int16Array(buffer, byteOffset, count);
    case 'uint32':
      return new Uint32Array(buffer, byteOffset, count);
    case 'int32':
      return new Int32Array(buffer, byteOffset, count);
    case 'float32':
      return new Float32Array(buffer, byteOffset, count);
    case 'float64':
      return new Float64Array(buffer, byteOffset, count);
    case 'uint64':
    case 'int64':
      return asDoubles(halvesOf(bytes), type === 'int64');
    case 'float16':
      return widenFloat16(new Uint16Array(buffer, byteOffset, count));
  }
}

export function sampleBytes(type: SampleType): number {
  if (type.endsWith('64')) return 8;
  if (type.endsWith('32')) return 4;
  return type.endsWith('16') ? 2 : 1;
}

/** Reverses the bytes of each sample, in place. */
export function swapBytes(bytes: Uint8Array, size: number): void {
  for (let at = 0; at + size <= bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

const REVERSED = Uint8Array.from({ length: 256 }, (_, byte) => {
  let out = 0;
  for (let i = 0; i < 8; i++) out |= ((byte >> i) & 1) << (7 - i);
  return out;
});

/** FillOrder 2: reverses the bits of each byte, in place. */
export function reverseBits(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = REVERSED[bytes[i]!]!;
}

/**
 * Unsigned samples of any width (1…31 bits, most significant bit first, rows padded to bytes) → one array element each.
 */
export function unpackBits(
  bytes: Uint8Array,
  bits: number,
  rowSamples: number,
  rows: number,
  type: SampleType,
): SampleArray {
  const out =
    type === 'uint8'
      ? new Uint8Array(rowSamples * rows)
      : type === 'uint16'
        ? new Uint16Array(rowSamples * rows)
        : new Uint32Array(rowSamples * rows);
  const rowBytes = Math.ceil((rowSamples * bits) / 8);
  for (let row = 0; row < rows; row++) {
    let position = row * rowBytes;
    let pending = 0;
    let pendingBits = 0;
    for (let i = 0; i < rowSamples; i++) {
      // Arithmetic instead of bit operations: 31 wanted bits and 7 pending ones don't fit a 32-bit integer.
      while (pendingBits < bits) {
        pending = pending * 256 + (bytes[position++] ?? 0);
        pendingBits += 8;
      }
      const scale = 2 ** (pendingBits - bits);
      const value = Math.floor(pending / scale);
      out[row * rowSamples + i] = value;
      pending -= value * scale;
      pendingBits -= bits;
    }
  }
  return out;
}

/** IEEE half floats → f32. Not all browsers have Float16Array yet. */
function widenFloat16(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) out[i] = sign * fraction * 2 ** -24;
    else if (exponent === 31) out[i] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else out[i] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return out;
}
