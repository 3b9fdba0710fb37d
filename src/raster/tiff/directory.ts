import { NadirError } from '../../lib/errors.ts';
import type { ByteSource } from './byte-source.ts';
import { fieldTypeSize } from './tags.ts';

/**
 * Our own reading of a TIFF's directories by byte range, before any pixel is decoded. geotiff.js trusts every count and
 * offset, reads big-endian tag arrays as little-endian, and needs FileReader, which Node lacks. We use only its codecs
 * (codec.ts).
 */
export interface Directory {
  entries: ReadonlyMap<number, Entry>;
}

export interface Entry {
  type: number;
  count: number;
  /** Absolute byte offset of the values. */
  offset: number;
}

export interface TiffFile {
  source: ByteSource;
  littleEndian: boolean;
  bigTiff: boolean;
  directories: Directory[];
}

const MAX_DIRECTORIES = 256;
const MAX_ENTRIES = 4096;
/** Larger tags are refused: 16 million tile offsets would be an image of a trillion pixels. */
const MAX_TAG_BYTES = 128 * 1024 * 1024;
/** Each value becomes 8 bytes. */
const MAX_TAG_VALUES = MAX_TAG_BYTES / 8;

export function isTiffSignature(head: Uint8Array): boolean {
  const little = head[0] === 0x49 && head[1] === 0x49;
  const big = head[0] === 0x4d && head[1] === 0x4d;
  if (!little && !big) return false;
  const magic = little ? head[2]! | (head[3]! << 8) : (head[2]! << 8) | head[3]!;
  return magic === 42 || magic === 43;
}

/**
 * Reads the header and all directories (image, overviews, masks, further pages). A broken first directory is an error.
 * A broken later one, or a loop, ends the list, because the image itself is still intact. Errors: TIFF_CORRUPT,
 * TIFF_TRUNCATED.
 */
export async function readDirectories(source: ByteSource): Promise<TiffFile> {
  const head = await view(source, 0, Math.min(16, source.size));
  if (head.byteLength < 8) throw truncated('The file ends inside the TIFF header.');
  const littleEndian = head.getUint8(0) === 0x49;
  const bigTiff = head.getUint16(2, littleEndian) === 43;
  if (bigTiff && (head.byteLength < 16 || head.getUint16(4, littleEndian) !== 8)) {
    throw corrupt('The BigTIFF header is malformed.');
  }
  const file: TiffFile = { source, littleEndian, bigTiff, directories: [] };
  const seen = new Set<number>();
  let next = bigTiff ? uint64(head, 8, littleEndian) : head.getUint32(4, littleEndian);
  if (next === 0) throw corrupt('The file is a TIFF without any image in it.');
  while (next !== 0 && !seen.has(next) && file.directories.length < MAX_DIRECTORIES) {
    seen.add(next);
    try {
      const read = await readDirectory(file, next);
      file.directories.push(read.directory);
      next = read.next;
    } catch (error) {
      if (file.directories.length === 0) throw error;
      break;
    }
  }
  return file;
}

async function readDirectory(file: TiffFile, offset: number): Promise<{ directory: Directory; next: number }> {
  const { source, littleEndian, bigTiff } = file;
  const countSize = bigTiff ? 8 : 2;
  if (!(offset >= 8) || offset + countSize > source.size) {
    throw truncated(
      `The file has ${source.size} bytes, and its image directory should be at byte ${offset}. The file was probably cut off while it was copied or downloaded: get it again.`,
    );
  }
  const countView = await view(source, offset, countSize);
  const count = bigTiff ? uint64(countView, 0, littleEndian) : countView.getUint16(0, littleEndian);
  if (count === 0 || count > MAX_ENTRIES) throw corrupt(`An image directory claims ${count} entries.`);
  const entrySize = bigTiff ? 20 : 12;
  const body = await view(source, offset + countSize, count * entrySize + (bigTiff ? 8 : 4));
  if (body.byteLength < count * entrySize) throw truncated('The file ends inside an image directory.');
  const entries = new Map<number, Entry>();
  for (let i = 0; i < count; i++) {
    const at = i * entrySize;
    const tag = body.getUint16(at, littleEndian);
    const type = body.getUint16(at + 2, littleEndian);
    const values = bigTiff ? uint64(body, at + 4, littleEndian) : body.getUint32(at + 4, littleEndian);
    const valueAt = at + (bigTiff ? 12 : 8);
    const inline = fieldTypeSize(type) * values <= (bigTiff ? 8 : 4);
    const stored = bigTiff ? () => uint64(body, valueAt, littleEndian) : () => body.getUint32(valueAt, littleEndian);
    if (!entries.has(tag)) {
      entries.set(tag, { type, count: values, offset: inline ? offset + countSize + valueAt : stored() });
    }
  }
  const tail = count * entrySize;
  const hasTail = body.byteLength >= tail + (bigTiff ? 8 : 4);
  const next = !hasTail ? 0 : bigTiff ? uint64(body, tail, littleEndian) : body.getUint32(tail, littleEndian);
  return { directory: { entries }, next };
}

/**
 * All numbers of a tag, or null if it is absent. Rationals become quotients. `maxCount` limits reading to the first
 * values. Errors: TIFF_CORRUPT, TIFF_TRUNCATED.
 */
export async function numbersOf(
  file: TiffFile,
  directory: Directory,
  tag: number,
  maxCount = Number.POSITIVE_INFINITY,
): Promise<Float64Array | null> {
  const entry = directory.entries.get(tag);
  if (!entry) return null;
  const count = Math.min(entry.count, maxCount);
  const bytes = await valueBytes(file, tag, entry, count);
  const out = new Float64Array(count);
  const size = fieldTypeSize(entry.type);
  const read = reader(entry.type);
  for (let i = 0; i < count; i++) out[i] = read(bytes, i * size, file.littleEndian);
  return out;
}

/** The first number of a tag, or `fallback`. */
export async function numberOf(file: TiffFile, directory: Directory, tag: number, fallback: number): Promise<number> {
  return (await numbersOf(file, directory, tag, 1))?.[0] ?? fallback;
}

/** Raw bytes of a tag (JPEG tables). */
export async function bytesOf(file: TiffFile, directory: Directory, tag: number): Promise<Uint8Array | null> {
  const entry = directory.entries.get(tag);
  if (!entry) return null;
  const bytes = await valueBytes(file, tag, entry, entry.count);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Text of an ASCII tag without trailing NULs, or null. */
export async function textOf(file: TiffFile, directory: Directory, tag: number): Promise<string | null> {
  const bytes = await bytesOf(file, directory, tag);
  return bytes ? new TextDecoder('utf-8').decode(bytes).replace(/\0+$/, '') : null;
}

async function valueBytes(file: TiffFile, tag: number, entry: Entry, count: number): Promise<DataView> {
  const size = fieldTypeSize(entry.type);
  if (size === 0) throw corrupt(`Tag ${tag} has the unknown field type ${entry.type}.`);
  const length = size * count;
  if (length > MAX_TAG_BYTES || count > MAX_TAG_VALUES) throw corrupt(`Tag ${tag} claims ${count} values.`);
  if (entry.offset + length > file.source.size) {
    throw truncated(`Tag ${tag} points to bytes ${entry.offset}–${entry.offset + length}, past the end of the file.`);
  }
  return view(file.source, entry.offset, length);
}

function reader(type: number): (bytes: DataView, at: number, little: boolean) => number {
  switch (type) {
    case 3:
      return (b, at, little) => b.getUint16(at, little);
    case 4:
    case 13:
      return (b, at, little) => b.getUint32(at, little);
    case 5:
      return (b, at, little) => b.getUint32(at, little) / b.getUint32(at + 4, little);
    case 6:
      return (b, at) => b.getInt8(at);
    case 8:
      return (b, at, little) => b.getInt16(at, little);
    case 9:
      return (b, at, little) => b.getInt32(at, little);
    case 10:
      return (b, at, little) => b.getInt32(at, little) / b.getInt32(at + 4, little);
    case 11:
      return (b, at, little) => b.getFloat32(at, little);
    case 12:
      return (b, at, little) => b.getFloat64(at, little);
    case 16:
    case 18:
      return uint64;
    case 17:
      return (b, at, little) => Number(b.getBigInt64(at, little));
    default:
      return (b, at) => b.getUint8(at);
  }
}

/** Exact up to 2^53, beyond any file size. */
function uint64(bytes: DataView, at: number, little: boolean): number {
  return Number(bytes.getBigUint64(at, little));
}

async function view(source: ByteSource, offset: number, length: number): Promise<DataView> {
  return new DataView((await source.read(offset, length, null)).buffer);
}

export function corrupt(what: string): NadirError {
  return new NadirError(
    'TIFF_CORRUPT',
    `This TIFF file is damaged. ${what} Get the file again, or repair it with "gdal_translate".`,
  );
}

export function truncated(what: string): NadirError {
  return new NadirError('TIFF_TRUNCATED', `This TIFF file is incomplete. ${what}`);
}

/**
 * A block that unpacks to fewer bytes than its pixels need is damaged; libtiff treats it so, too. Errors: TIFF_CORRUPT.
 */
export function requireFull(bytes: number, expected: number): void {
  if (bytes < expected) throw corrupt(`A block of pixels ends after ${bytes} of ${expected} bytes.`);
}
