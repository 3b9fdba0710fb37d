/**
 * The size that compressed data state, read before a decoder sees them: decoders allocate whatever is stated, and some
 * never end. All functions return null if the data aren't valid.
 */

export interface StatedImage {
  width: number;
  height: number;
  components: number;
}

/** From a WebP's first chunk. `components` is 4 if it may have alpha. */
export function webpSize(bytes: Uint8Array): StatedImage | null {
  if (bytes.length < 30 || ascii(bytes, 0) !== 'RIFF' || ascii(bytes, 8) !== 'WEBP') return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const uint24 = (at: number) => view.getUint16(at, true) | (bytes[at + 2]! << 16);
  switch (ascii(bytes, 12)) {
    case 'VP8 ':
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff, components: 3 };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, components: 4 };
    }
    case 'VP8X':
      return { width: uint24(24) + 1, height: uint24(27) + 1, components: 4 };
    default:
      return null;
  }
}

/** Pixels (times values per pixel) of a LERC blob: "Lerc2 " of any version, or the old "CntZImage ". */
export function lercSize(bytes: Uint8Array): StatedImage | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = new TextDecoder('latin1').decode(bytes.subarray(0, 10));
  if (magic.startsWith('Lerc2 ') && bytes.length >= 30) {
    const version = view.getInt32(6, true);
    const at = version >= 3 ? 14 : 10;
    const components = version >= 4 ? view.getInt32(at + 8, true) : 1;
    return { height: view.getInt32(at, true), width: view.getInt32(at + 4, true), components };
  }
  if (magic === 'CntZImage ' && bytes.length >= 26) {
    return { height: view.getInt32(18, true), width: view.getInt32(22, true), components: 1 };
  }
  return null;
}

const ascii = (bytes: Uint8Array, at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
