import { unsupportedLayout } from '../layout.ts';

/** 64-bit integers as pairs of 32-bit halves, low half first: much faster than BigInt. */

const HALF = 2 ** 32;

/** The halves of little-endian samples; copies only if alignment requires it. */
export function halvesOf(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, Math.floor(bytes.length / 8) * 2);
}

/** Predictor 2 in place, modulo 2^64. `rowLength` and `stride` in samples. */
export function undoHorizontal64(halves: Uint32Array, rowLength: number, stride: number): void {
  const samples = halves.length / 2;
  for (let row = 0; row < samples; row += rowLength) {
    const end = Math.min(row + rowLength, samples);
    for (let i = row + stride; i < end; i++) {
      const low = halves[2 * i]! + halves[2 * (i - stride)]!;
      const carry = low >= HALF ? 1 : 0;
      halves[2 * i] = low;
      halves[2 * i + 1] = halves[2 * i + 1]! + halves[2 * (i - stride) + 1]! + carry;
    }
  }
}

/**
 * The samples as doubles, which are exact up to ±2^53. The type's extremes are also accepted, as the nearest doubles,
 * because they stand for nodata. Errors: TIFF_LAYOUT_UNSUPPORTED if any other value is larger.
 */
export function asDoubles(halves: Uint32Array, signed: boolean): Float64Array {
  const out = new Float64Array(halves.length / 2);
  for (let i = 0; i < out.length; i++) {
    const low = halves[2 * i]!;
    const high = signed ? halves[2 * i + 1]! | 0 : halves[2 * i + 1]!;
    const value = high * HALF + low;
    if (Math.abs(value) > 2 ** 53 && !isEnd(high, low, signed)) {
      throw unsupportedLayout('64-bit integers beyond 2^53', '-ot Float64 ');
    }
    out[i] = value;
  }
  return out;
}

function isEnd(high: number, low: number, signed: boolean): boolean {
  if (!signed) return high === HALF - 1 && low === HALF - 1;
  return (high === -(HALF / 2) && low === 0) || (high === HALF / 2 - 1 && low === HALF - 1);
}
