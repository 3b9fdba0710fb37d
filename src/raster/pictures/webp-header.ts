import { NOTHING_STATED, type StatedFacts } from '../../imagery/image.ts';
import { webpSize } from '../tiff/codecs/stated-size.ts';
import { findOrientation, type StoredOrientation, statedInExif } from './exif.ts';

export interface WebpHeader {
  width: number;
  height: number;
  hasAlpha: boolean;
  isAnimated: boolean;
  orientations: StoredOrientation[];
  /** By the first EXIF data. */
  stated: StatedFacts;
}

const ALPHA = 0x10;
const ANIMATION = 0x02;

/** Null if the bytes aren't a WebP file. */
export function readWebpHeader(bytes: Uint8Array): WebpHeader | null {
  const size = webpSize(bytes);
  if (!size) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = tag(bytes, 12);
  const flags = kind === 'VP8X' ? bytes[20]! : 0;
  const orientations: StoredOrientation[] = [];
  let stated: StatedFacts | null = null;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    if (tag(bytes, at) === 'EXIF') {
      const found = findOrientation(bytes, at + 8, length);
      if (found) orientations.push(found);
      stated ??= statedInExif(bytes, at + 8, length);
    }
    at += 8 + length + (length % 2);
  }
  const losslessAlpha = kind === 'VP8L' && (view.getUint32(21, true) >>> 28) % 2 === 1;
  return {
    width: size.width,
    height: size.height,
    hasAlpha: losslessAlpha || (flags & ALPHA) !== 0,
    isAnimated: (flags & ANIMATION) !== 0,
    orientations,
    stated: stated ?? NOTHING_STATED,
  };
}

const tag = (bytes: Uint8Array, at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
