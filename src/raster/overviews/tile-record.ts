import { recordBytes, type StoredType, TILE_HEIGHT, TILE_WIDTH } from './set-plan.ts';

const PIXELS = TILE_WIDTH * TILE_HEIGHT;

/** A typed view of the record's samples. Records start at multiples of 4 bytes. */
function samplesOf(record: Uint8Array<ArrayBuffer>, stored: StoredType) {
  const { buffer, byteOffset } = record;
  switch (stored) {
    case 'uint8':
      return new Uint8Array(buffer, byteOffset, PIXELS);
    case 'int8':
      return new Int8Array(buffer, byteOffset, PIXELS);
    case 'uint16':
      return new Uint16Array(buffer, byteOffset, PIXELS);
    case 'int16':
      return new Int16Array(buffer, byteOffset, PIXELS);
    case 'float32':
      return new Float32Array(buffer, byteOffset, PIXELS);
  }
}

/**
 * Writes the tile at column `left` of `plane` (f32[rows ≤ TILE_HEIGHT, width], NaN = invalid) into `record`, which must
 * be zeroed. Uses the machine's byte order, because records never leave it. Rounds to integer types.
 */
export function encodeTile(
  plane: Float32Array,
  width: number,
  rows: number,
  left: number,
  stored: StoredType,
  record: Uint8Array<ArrayBuffer>,
): void {
  const samples = samplesOf(record, stored);
  const valid = record.subarray(recordBytes(stored) - PIXELS / 8);
  const round = stored !== 'float32';
  const columns = Math.min(TILE_WIDTH, width - left);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < columns; col++) {
      const value = plane[row * width + left + col]!;
      if (Number.isNaN(value)) continue;
      const at = row * TILE_WIDTH + col;
      samples[at] = round ? Math.round(value) : value;
      valid[at >> 3]! |= 128 >> (at & 7);
    }
  }
}

/** f32[TILE_HEIGHT, TILE_WIDTH]; NaN = invalid or outside the level. */
export function decodeTile(record: Uint8Array<ArrayBuffer>, stored: StoredType): Float32Array<ArrayBuffer> {
  const samples = samplesOf(record, stored);
  const valid = record.subarray(recordBytes(stored) - PIXELS / 8);
  const out = new Float32Array(PIXELS);
  for (let at = 0; at < PIXELS; at++) {
    out[at] = (valid[at >> 3]! >> (7 - (at & 7))) & 1 ? samples[at]! : Number.NaN;
  }
  return out;
}
