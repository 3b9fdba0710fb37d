/**
 * What compressed data say of their own size, read before a decoder sees them: decoders allocate what they are told, and some
 * never end. All return null where the data aren't what they should be.
 */

export interface StatedImage {
  width: number;
  height: number;
  components: number;
}

/** From a JPEG's one frame header; null also where there are several, or impossible sampling factors: the library would hang. */
export function jpegSize(bytes: Uint8Array): StatedImage | null {
  const frames = jpegFrames(bytes);
  return frames?.length === 1 && frames[0]!.possible ? frames[0]!.size : null;
}

/** Tables shared by all blocks must hold no frame: it would count as a block's own. */
export function isJpegTables(bytes: Uint8Array): boolean {
  return jpegFrames(bytes)?.length === 0;
}

interface Frame {
  size: StatedImage;
  /** A byte a component: horizontal and vertical sampling, four bits each; 0 where the data end before. */
  factors: number[];
  /** All factors are 1 to 4. */
  possible: boolean;
}

/** All frame headers (SOF0–SOF15 but the table markers), before the picture's data and within them. */
function jpegFrames(bytes: Uint8Array): Frame[] | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Frame[] = [];
  let at = 2;
  while (at + 3 < bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    // Fill bytes, and markers without a length.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9)) {
      at += 2;
      continue;
    }
    if (isFrameMarker(marker)) {
      if (at + 9 >= bytes.length) return null;
      frames.push(frameAt(view, at));
    }
    at += 2 + view.getUint16(at + 2);
    if (marker === 0xda) break;
  }
  // In the picture's data 0xff stands before 0 or a restart marker only; between scans there are tables.
  for (; at + 9 < bytes.length; at++) {
    if (bytes[at] === 0xff && isFrameMarker(bytes[at + 1]!)) frames.push(frameAt(view, at));
  }
  return frames;
}

const isFrameMarker = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

function frameAt(view: DataView, at: number): Frame {
  const components = view.getUint8(at + 9);
  // Three bytes a component: id, factors, table.
  const factors = Array.from({ length: components }, (_, i) =>
    at + 11 + 3 * i < view.byteLength ? view.getUint8(at + 11 + 3 * i) : 0,
  );
  const isFactor = (value: number) => value >= 1 && value <= 4;
  const possible = factors.every((both) => isFactor(both >> 4) && isFactor(both & 15));
  return { size: { height: view.getUint16(at + 5), width: view.getUint16(at + 7), components }, factors, possible };
}

/** From a WebP's first chunk. `components` is 4 where it may have alpha. */
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

/** Pixels (times values a pixel) of a LERC blob: "Lerc2 " of any version, or the old "CntZImage ". */
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
