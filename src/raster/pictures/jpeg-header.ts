import { NOTHING_STATED, type StatedFacts } from '../../imagery/image.ts';
import { findOrientation, type StoredOrientation, statedInExif } from './exif.ts';

/** The facts in a JPEG before its image data. */
export interface JpegHeader {
  width: number;
  height: number;
  components: number;
  /** Bits per sample. */
  precision: number;
  /** The frame's marker: 0xc0 baseline, 0xc2 progressive … */
  process: number;
  orientations: StoredOrientation[];
  /** By the first EXIF data. */
  stated: StatedFacts;
}

/** Null if the data contain no frame. */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const orientations: StoredOrientation[] = [];
  let stated: StatedFacts | null = null;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
      continue;
    }
    if (marker === 0xd9 || marker === 0xda) return null;
    const length = view.getUint16(at + 2);
    if (marker === 0xe1) {
      const found = findOrientation(bytes, at + 4, length - 2);
      if (found) orientations.push(found);
      stated ??= statedInExif(bytes, at + 4, length - 2);
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      if (at + 10 > bytes.length) return null;
      return {
        precision: bytes[at + 4]!,
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        components: bytes[at + 9]!,
        process: marker,
        orientations,
        stated: stated ?? NOTHING_STATED,
      };
    }
    at += 2 + length;
  }
  return null;
}

const PROCESSES: Readonly<Record<number, string>> = {
  195: 'lossless',
  197: 'hierarchical',
  198: 'hierarchical',
  199: 'hierarchical lossless',
  201: 'arithmetic-coded',
  202: 'arithmetic-coded progressive',
  203: 'arithmetic-coded lossless',
  205: 'arithmetic-coded hierarchical',
  206: 'arithmetic-coded hierarchical',
  207: 'arithmetic-coded hierarchical lossless',
};

/** Why browsers can't decode this JPEG: "a JPEG of 12 bits a sample"; null if they can. */
export function unsupportedJpeg({ precision, process, components }: JpegHeader): string | null {
  const kind = PROCESSES[process];
  if (kind) return `${kind.startsWith('a') ? 'an' : 'a'} ${kind} JPEG`;
  if (precision !== 8) return `a JPEG of ${precision} bits a sample`;
  return [1, 3, 4].includes(components) ? null : `a JPEG of ${components} components`;
}
