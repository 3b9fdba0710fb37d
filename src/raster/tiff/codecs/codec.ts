import { getDecoder } from 'geotiff';
import { NadirError } from '../../../lib/errors.ts';
import { JpegDamage } from '../../jpeg/bits.ts';
import { JpegDecoder } from '../../jpeg/decoder.ts';
import { toPixels } from '../../jpeg/picture.ts';
import { type BlockFormat, blockBytes, sharesChroma } from '../block-format.ts';
import { corrupt, requireFull } from '../directory.ts';
import { asSamples, reverseBits, type SampleArray, sampleBytes, swapBytes, unpackBits } from '../samples.ts';
import { decoderNotStarted } from './decoder-start.ts';
import { inflate } from './inflate.ts';
import { asDoubles, halvesOf, undoHorizontal64 } from './integers64.ts';
import { lercMask, unwrapLerc } from './lerc.ts';
import { decodeLzw } from './lzw.ts';
import { decodePackBits } from './packbits.ts';
import { undoFloatingPoint, undoHorizontal } from './predictor.ts';
import { lercSize, type StatedImage, webpSize } from './stated-size.ts';
import { spreadUnits, yCbCrToRgb } from './ycbcr.ts';
import { decodeZstd } from './zstd.ts';

type GeotiffDecoder = { decode(buffer: ArrayBuffer): Promise<ArrayBufferLike> };

/** Created on first use. */
interface Decoders {
  library(): Promise<GeotiffDecoder>;
  jpeg(): JpegDecoder;
}

/**
 * Decodes the blocks of one image. LERC, Zstandard and WebP use geotiff.js's decoders behind checks; the others are
 * ours.
 */
export interface BlockDecoder {
  /**
   * Stored bytes → samples of `rows`×`blockWidth` pixels, pixel-interleaved (one sample per pixel if planar). YCbCr
   * JPEG becomes RGB. Errors: TIFF_CORRUPT, TIFF_COMPRESSION_UNSUPPORTED.
   */
  decode(compressed: Uint8Array<ArrayBuffer>, rows: number): Promise<SampleArray>;
}

export function makeBlockDecoder(layout: BlockFormat): BlockDecoder {
  let library: Promise<GeotiffDecoder> | null = null;
  let jpeg: JpegDecoder | null = null;
  const decoders: Decoders = {
    library() {
      library ??= libraryDecoder(layout);
      return library;
    },
    jpeg() {
      if (jpeg) return jpeg;
      jpeg = new JpegDecoder();
      if (layout.jpegTables) jpeg.readTables(layout.jpegTables);
      return jpeg;
    },
  };
  return {
    async decode(compressed, rows) {
      return toSamples(layout, await unpack(layout, compressed, rows, decoders), rows);
    },
  };
}

async function unpack(
  layout: BlockFormat,
  compressed: Uint8Array<ArrayBuffer>,
  rows: number,
  decoders: Decoders,
): Promise<Uint8Array> {
  const length = blockBytes(layout, rows);
  if (layout.reversedBits && layout.compression !== 7) reverseBits(compressed);
  switch (layout.compression) {
    case 1:
      return exactly(compressed, length);
    case 5:
      return decodeLzw(compressed, length);
    case 8:
    case 32946:
      return inflate(compressed, length);
    case 34887:
      return unpackLerc(layout, compressed, rows, decoders);
    case 7:
      return exactly(unpackJpeg(layout, compressed, rows, decoders), length);
    case 32773:
      return decodePackBits(compressed, length);
    case 50000:
      return exactly(await decodeZstd(compressed, length), length);
    default:
      return exactly(await unpackWithLibrary(layout, compressed, rows, decoders), length);
  }
}

async function unpackLerc(
  layout: BlockFormat,
  compressed: Uint8Array<ArrayBuffer>,
  rows: number,
  decoders: Decoders,
): Promise<Uint8Array> {
  const length = blockBytes(layout, rows);
  const blob = await unwrapLerc(compressed, layout.lercParameters?.[1] ?? 0, length);
  const bytes = exactly(await unpackWithLibrary(layout, blob, rows, decoders), length);
  const mask = layout.sampleType.startsWith('float') ? lercMask(blob) : null;
  if (mask) {
    const samples = asSamples(bytes, layout.sampleType);
    const perPixel = samples.length / mask.length;
    for (let i = 0; i < samples.length; i++) if (mask[Math.floor(i / perPixel)] === 0) samples[i] = Number.NaN;
  }
  return bytes;
}

function unpackJpeg(layout: BlockFormat, compressed: Uint8Array, rows: number, decoders: Decoders): Uint8Array {
  try {
    const { frame } = decoders.jpeg().decode(compressed, layout.blockWidth * layout.blockHeight);
    requireFit(layout, rows, 'JPEG', { ...frame, components: frame.components.length });
    return toPixels(frame, rows, layout.photometric === 6 && !layout.planar);
  } catch (cause) {
    if (!(cause instanceof JpegDamage)) throw cause;
    throw corrupt(`A block of pixels can't be decoded as JPEG: ${cause.message}.`);
  }
}

async function unpackWithLibrary(
  layout: BlockFormat,
  compressed: Uint8Array<ArrayBuffer>,
  rows: number,
  decoders: Decoders,
): Promise<Uint8Array> {
  requireSize(layout, compressed, rows);
  try {
    const decoder = await decoders.library();
    return new Uint8Array(await decoder.decode(wholeBuffer(compressed)));
  } catch (cause) {
    if (cause instanceof NadirError) throw cause;
    const notStarted = decoderNotStarted(cause);
    if (notStarted) throw notStarted;
    if (layout.compression === 50001 && typeof OffscreenCanvas === 'undefined') {
      throw new NadirError(
        'TIFF_COMPRESSION_UNSUPPORTED',
        'WebP tiles need a browser to decode them. Open the file in the app, or convert it: gdal_translate -co COMPRESS=DEFLATE input.tif output.tif',
        { cause },
      );
    }
    throw corrupt(`A block of pixels can't be decoded (${cause instanceof Error ? cause.message : String(cause)}).`);
  }
}

/**
 * Checks that the data state the block's own size, before a decoder allocates what they claim or misaligns rows of
 * another width. Errors: TIFF_CORRUPT.
 */
function requireSize(layout: BlockFormat, bytes: Uint8Array, rows: number): void {
  const sizes: Record<number, [string, (bytes: Uint8Array) => StatedImage | null]> = {
    34887: ['LERC', lercSize],
    50001: ['WebP', webpSize],
  };
  const [name, sizeOf] = sizes[layout.compression] ?? ['', () => null];
  const stated = sizeOf(bytes);
  if (!stated) throw corrupt(`A block of pixels isn't ${name} data.`);
  requireFit(layout, rows, name, stated);
}

function requireFit(layout: BlockFormat, rows: number, name: string, stated: StatedImage): void {
  const samples = layout.planar ? 1 : layout.samplesPerPixel;
  // A last strip may be stored at full height. A WebP picture may omit an alpha band that hides nothing.
  const fits =
    stated.width === layout.blockWidth &&
    stated.height >= rows &&
    stated.height <= layout.blockHeight &&
    (layout.compression === 50001 || stated.components === samples);
  if (fits) return;
  throw corrupt(
    `A block of ${layout.blockWidth}×${rows} pixels of ${samples} band${samples === 1 ? '' : 's'} holds a ${name} picture of ${stated.width}×${stated.height} and ${stated.components}.`,
  );
}

function libraryDecoder(layout: BlockFormat): Promise<GeotiffDecoder> {
  return getDecoder(layout.compression, {
    tileWidth: layout.blockWidth,
    tileHeight: layout.blockHeight,
    // Predictors are undone below, for every codec.
    predictor: 1,
    bitsPerSample: layout.bits,
    planarConfiguration: layout.planar ? 2 : 1,
    samplesPerPixel: layout.planar ? 1 : layout.samplesPerPixel,
    // The blob is already unwrapped.
    ...(layout.lercParameters ? { LercParameters: [layout.lercParameters[0] ?? 4, 0] } : {}),
  } as Parameters<typeof getDecoder>[1]);
}

function toSamples(layout: BlockFormat, bytes: Uint8Array, rows: number): SampleArray {
  const perPixel = layout.planar ? 1 : layout.samplesPerPixel;
  const rowSamples = layout.blockWidth * perPixel;
  const size = sampleBytes(layout.sampleType);
  if (layout.yCbCr && sharesChroma(layout.yCbCr)) {
    const pixels = spreadUnits(bytes, layout.yCbCr, layout.blockWidth, rows);
    yCbCrToRgb(pixels, 3, layout.yCbCr);
    return pixels;
  }
  if (layout.bits !== size * 8) {
    return unpackBits(bytes, layout.bits, rowSamples, rows, layout.sampleType);
  }
  if (layout.predictor === 3) {
    undoFloatingPoint(bytes, rowSamples * size, perPixel, size);
  } else if (!layout.littleEndian && size > 1 && storesFileByteOrder(layout.compression)) {
    swapBytes(bytes, size);
  }
  const isInteger64 = size === 8 && !layout.sampleType.startsWith('float');
  if (isInteger64 && layout.predictor === 2) {
    const halves = halvesOf(bytes);
    undoHorizontal64(halves, rowSamples, perPixel);
    return asDoubles(halves, layout.sampleType === 'int64');
  }
  const samples = asSamples(bytes, layout.sampleType);
  if (layout.predictor === 2) {
    if (samples instanceof Float32Array || samples instanceof Float64Array) {
      const words = size === 4 ? new Uint32Array(samples.buffer, samples.byteOffset, samples.length) : null;
      if (!words) throw corrupt('It uses the horizontal predictor on floating-point samples.');
      undoHorizontal(words, rowSamples, perPixel);
    } else {
      undoHorizontal(samples, rowSamples, perPixel);
    }
  }
  if (layout.yCbCr && samples instanceof Uint8Array) yCbCrToRgb(samples, perPixel, layout.yCbCr);
  return samples;
}

/**
 * True for codecs that keep the file's byte order. LERC has its own and decodes to the machine's; image codecs have 8
 * bits.
 */
const storesFileByteOrder = (compression: number) =>
  compression !== 34887 && compression !== 7 && compression !== 50001;

/** A buffer that contains exactly these bytes. */
const wholeBuffer = (bytes: Uint8Array<ArrayBuffer>): ArrayBuffer =>
  bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;

/** The first `length` bytes; tiles may have padding at the end. Errors: TIFF_CORRUPT if there are fewer. */
function exactly(bytes: Uint8Array, length: number): Uint8Array {
  requireFull(bytes.length, length);
  return bytes.subarray(0, length);
}
