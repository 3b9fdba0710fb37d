const ORIENTATION = 274;

/** EXIF orientation in a TIFF structure: its value, and its position in `bytes` so that it can be reset. */
export interface StoredOrientation {
  value: number;
  at: number;
  littleEndian: boolean;
}

/**
 * Finds the orientation in EXIF data from PNG's eXIf, WebP's EXIF or JPEG's APP1 (after "Exif\0\0"); null if there is
 * none.
 */
export function findOrientation(bytes: Uint8Array, start: number, length: number): StoredOrientation | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, Math.min(length, bytes.length - start));
  const prefix = view.byteLength >= 6 && view.getUint32(0) === 0x45786966 ? 6 : 0;
  if (view.byteLength < prefix + 8) return null;
  const order = view.getUint16(prefix);
  const littleEndian = order === 0x4949;
  if (order !== 0x4949 && order !== 0x4d4d) return null;
  const directory = prefix + view.getUint32(prefix + 4, littleEndian);
  if (directory + 2 > view.byteLength) return null;
  const entries = view.getUint16(directory, littleEndian);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > view.byteLength) return null;
    if (view.getUint16(entry, littleEndian) !== ORIENTATION) continue;
    return { value: view.getUint16(entry + 8, littleEndian), at: start + entry + 8, littleEndian };
  }
  return null;
}

/** Sets orientations to 1 so that no decoder turns the pixels. */
export function resetOrientations(bytes: Uint8Array, orientations: readonly StoredOrientation[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { at, littleEndian } of orientations) view.setUint16(at, 1, littleEndian);
}
