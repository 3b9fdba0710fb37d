import { NOTHING_STATED, type StatedFacts } from '../../imagery/image.ts';
import { NadirError } from '../../lib/errors.ts';
import { findOrientation, statedInExif } from './exif.ts';

/** A PNG's chunks, validated: sizes and types are possible ones. */
export interface PngHeader {
  width: number;
  height: number;
  /** Bits per sample: 1, 2, 4, 8 or 16. */
  bits: 1 | 2 | 4 | 8 | 16;
  colour: 'grey' | 'rgb' | 'palette' | 'grey-alpha' | 'rgb-alpha';
  interlaced: boolean;
  /** Red, green, blue of each entry; null without a palette. */
  palette: Uint8Array | null;
  /** tRNS: the alphas of the palette's first entries, or the transparent grey or colour as 16-bit numbers. */
  transparency: Uint8Array | null;
  /** IDAT's contents, which together form one zlib stream. Views of the file's own bytes. */
  data: Uint8Array<ArrayBuffer>[];
  /** From eXIf; 1 = as stored. */
  orientation: number;
  /** From eXIf. */
  stated: StatedFacts;
}

const COLOURS: Readonly<Record<number, PngHeader['colour']>> = {
  0: 'grey',
  2: 'rgb',
  3: 'palette',
  4: 'grey-alpha',
  6: 'rgb-alpha',
};
/** PNG specification, table 11.1. */
const BITS: Readonly<Record<PngHeader['colour'], readonly number[]>> = {
  grey: [1, 2, 4, 8, 16],
  rgb: [8, 16],
  palette: [1, 2, 4, 8],
  'grey-alpha': [8, 16],
  'rgb-alpha': [8, 16],
};
export const CHANNELS: Readonly<Record<PngHeader['colour'], number>> = {
  grey: 1,
  rgb: 3,
  palette: 1,
  'grey-alpha': 2,
  'rgb-alpha': 4,
};
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const MAX_SIDE = 2 ** 31 - 1;

export const isPng = (head: Uint8Array): boolean => SIGNATURE.slice(0, 4).every((byte, i) => head[i] === byte);

/**
 * Walks the chunks (PNG specification, third edition). Like libpng, it refuses a damaged critical chunk and skips other
 * damaged ones. Errors: NOT_AN_IMAGE.
 */
export function readPngChunks(bytes: Uint8Array<ArrayBuffer>): PngHeader {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) {
    throw damaged('Its first eight bytes were changed, probably by a transfer in text mode.');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: PngHeader | null = null;
  for (let at = 8; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at);
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const from = at + 8;
    const whole = from + length + 4 <= bytes.length;
    const content = bytes.subarray(from, Math.min(from + length, bytes.length));
    at = from + length + 4;
    const intact = whole && view.getUint32(from + length) === crc32(bytes, from - 4, from + length);
    const critical = (kind.charCodeAt(0) & 0x20) === 0;
    if (!header && kind !== 'IHDR') throw damaged(`Its first chunk is “${printable(kind)}” instead of IHDR.`);
    if (whole && !intact && critical) throw damaged(`The checksum of its chunk “${printable(kind)}” is wrong.`);
    if (!header) {
      if (!whole || length !== 13) throw damaged('Its header is cut off.');
      header = readHeader(view, from);
    } else if (kind === 'IDAT') header.data.push(content);
    else if (kind === 'IEND') break;
    else if (kind === 'PLTE' && intact) readPalette(header, content);
    else if (kind === 'tRNS' && intact) header.transparency = content;
    else if (kind === 'eXIf' && intact) {
      header.orientation = findOrientation(content, 0, length)?.value ?? 1;
      header.stated = statedInExif(content, 0, length) ?? NOTHING_STATED;
    } else if (critical && kind !== 'PLTE')
      throw damaged(`It has a chunk of an unknown critical kind, “${printable(kind)}”.`);
  }
  if (!header) throw damaged('Its header is missing.');
  if (header.data.length === 0) throw damaged('It has no picture data.');
  if (header.colour === 'palette' && !header.palette) throw damaged('Its palette is missing.');
  return header;
}

function readHeader(view: DataView, at: number): PngHeader {
  const width = view.getUint32(at);
  const height = view.getUint32(at + 4);
  const bits = view.getUint8(at + 8);
  const colour = COLOURS[view.getUint8(at + 9)];
  const [compression, filter, interlace] = [view.getUint8(at + 10), view.getUint8(at + 11), view.getUint8(at + 12)];
  if (!(width >= 1 && height >= 1 && width <= MAX_SIDE && height <= MAX_SIDE)) {
    throw damaged(`Its header says ${width}×${height} pixels.`);
  }
  if (!colour || !BITS[colour].includes(bits)) {
    throw damaged(
      `Its header says colour type ${view.getUint8(at + 9)} with ${bits} bits per sample, which PNG doesn’t allow.`,
    );
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw damaged(
      `Its header says compression ${compression}, filter ${filter} and interlace ${interlace}, which PNG doesn’t allow.`,
    );
  }
  const common = { palette: null, transparency: null, data: [], orientation: 1, stated: NOTHING_STATED };
  return { width, height, bits: bits as PngHeader['bits'], colour, interlaced: interlace === 1, ...common };
}

function readPalette(header: PngHeader, content: Uint8Array): void {
  // In a true-colour picture the palette is only a hint for old screens.
  if (header.colour !== 'palette') return;
  if (content.length % 3 !== 0 || content.length === 0 || content.length > 768) {
    throw damaged(`Its palette has ${content.length} bytes.`);
  }
  header.palette = content;
}

const printable = (kind: string) => kind.replace(/[^ -~]/g, '?');

export function damaged(what: string, cause?: unknown): NadirError {
  return new NadirError(
    'NOT_AN_IMAGE',
    `This PNG file is damaged or cut off. ${what} Get the file again, or save it again with the program that wrote it.`,
    cause === undefined ? {} : { cause },
  );
}

let table: Uint32Array | null = null;

/** CRC-32 (ISO 3309) of bytes `from` to `to`. */
export function crc32(bytes: Uint8Array, from: number, to: number): number {
  table ??= Uint32Array.from({ length: 256 }, (_, n) => {
    let value = n;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    return value;
  });
  let crc = 0xffffffff;
  for (let i = from; i < to; i++) crc = table[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
