import { getDecoder } from 'geotiff';
import { NadirError } from '../../lib/errors.ts';
import { corrupt } from './directory.ts';
import { inflate } from './inflate.ts';
import { blockBytes, type ImageLayout } from './layout.ts';
import { decodeLzw } from './lzw.ts';
import { decodePackBits } from './packbits.ts';
import { undoFloatingPoint, undoHorizontal } from './predictor.ts';
import { asSamples, reverseBits, type SampleArray, sampleBytes, swapBytes, unpackBits } from './samples.ts';

type GeotiffDecoder = { decode(buffer: ArrayBuffer): Promise<ArrayBufferLike> };

/** Decodes the blocks of one image. JPEG, LERC, Zstandard and WebP are geotiff.js's; the plain ones are ours. */
export interface BlockDecoder {
  /**
   * `compressed` as stored → samples of `rows`×`blockWidth` pixels, pixel-interleaved (one sample a pixel where planar).
   * YCbCr JPEG comes back as RGB. Errors: TIFF_CORRUPT, TIFF_COMPRESSION_UNSUPPORTED.
   */
  decode(compressed: Uint8Array<ArrayBuffer>, rows: number): Promise<SampleArray>;
}

export function makeBlockDecoder(layout: ImageLayout, littleEndian: boolean): BlockDecoder {
  let library: Promise<GeotiffDecoder> | null = null;
  const fromLibrary = () => {
    library ??= libraryDecoder(layout);
    return library;
  };
  return {
    async decode(compressed, rows) {
      const bytes = await unpack(layout, compressed, rows, fromLibrary);
      return toSamples(layout, bytes, rows, littleEndian);
    },
  };
}

async function unpack(
  layout: ImageLayout,
  compressed: Uint8Array<ArrayBuffer>,
  rows: number,
  fromLibrary: () => Promise<GeotiffDecoder>,
): Promise<Uint8Array> {
  const length = blockBytes(layout, rows);
  if (layout.reversedBits && layout.compression !== 7) reverseBits(compressed);
  switch (layout.compression) {
    case 1:
      return padded(compressed, length);
    case 5:
      return decodeLzw(compressed, length);
    case 8:
    case 32946:
      return inflate(compressed, length);
    case 32773:
      return decodePackBits(compressed, length);
    default:
      return padded(await unpackWithLibrary(layout, compressed, fromLibrary), length);
  }
}

async function unpackWithLibrary(
  layout: ImageLayout,
  compressed: Uint8Array<ArrayBuffer>,
  fromLibrary: () => Promise<GeotiffDecoder>,
): Promise<Uint8Array> {
  try {
    const decoder = await fromLibrary();
    return new Uint8Array(await decoder.decode(compressed.buffer));
  } catch (cause) {
    if (cause instanceof NadirError) throw cause;
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

function libraryDecoder(layout: ImageLayout): Promise<GeotiffDecoder> {
  return getDecoder(layout.compression, {
    tileWidth: layout.blockWidth,
    tileHeight: layout.blockHeight,
    // Predictors are undone below, for every codec alike.
    predictor: 1,
    bitsPerSample: layout.bits,
    planarConfiguration: layout.planar ? 2 : 1,
    samplesPerPixel: layout.planar ? 1 : layout.samplesPerPixel,
    ...(layout.jpegTables ? { JPEGTables: layout.jpegTables } : {}),
    ...(layout.lercParameters ? { LercParameters: layout.lercParameters } : {}),
  } as Parameters<typeof getDecoder>[1]);
}

function toSamples(layout: ImageLayout, bytes: Uint8Array, rows: number, littleEndian: boolean): SampleArray {
  const perPixel = layout.planar ? 1 : layout.samplesPerPixel;
  const rowSamples = layout.blockWidth * perPixel;
  const size = sampleBytes(layout.sampleType);
  if (layout.bits !== size * 8) {
    return unpackBits(bytes, layout.bits, rowSamples, rows, layout.sampleType);
  }
  if (layout.predictor === 3) {
    undoFloatingPoint(bytes, rowSamples * size, perPixel, size);
  } else if (!littleEndian && size > 1 && storesFileByteOrder(layout.compression)) {
    swapBytes(bytes, size);
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
  if (layout.photometric === 6 && perPixel >= 3 && samples instanceof Uint8Array) yCbCrToRgb(samples, perPixel);
  return samples;
}

/** LERC carries its own byte order and always decodes to the machine's; image codecs have 8 bits. */
const storesFileByteOrder = (compression: number) =>
  compression !== 34887 && compression !== 7 && compression !== 50001;

/** ITU-R BT.601, full range, in place: what JPEG means by YCbCr. */
function yCbCrToRgb(samples: Uint8Array, perPixel: number): void {
  const clamped = new Uint8ClampedArray(3);
  for (let i = 0; i + 2 < samples.length; i += perPixel) {
    const y = samples[i]!;
    const cb = samples[i + 1]! - 128;
    const cr = samples[i + 2]! - 128;
    clamped[0] = y + 1.402 * cr;
    clamped[1] = y - 0.344136 * cb - 0.714136 * cr;
    clamped[2] = y + 1.772 * cb;
    samples.set(clamped, i);
  }
}

/** A block that decoded short is filled up with zeros, as libtiff leaves it; a longer one is cut. */
function padded(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length >= length) return bytes.subarray(0, length);
  const out = new Uint8Array(length);
  out.set(bytes);
  return out;
}
