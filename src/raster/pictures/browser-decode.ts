import { NadirError } from '../../lib/errors.ts';
import { NO_NODATA } from '../read/nodata.ts';
import { resetOrientations } from './exif.ts';
import { type JpegHeader, readJpegHeader, unsupportedJpeg } from './jpeg-header.ts';
import { readJpegMask } from './jpeg-mask.ts';
import { type DecodedPicture, namedBands, requireSize } from './picture.ts';
import { readWebpHeader, type WebpHeader } from './webp-header.ts';

const ROUNDED = 'This browser rounds colours where the picture is partly transparent: they may be off by a few steps.';

/**
 * Decodes a JPEG or WebP with the browser's decoder. Modifies `bytes`: the EXIF orientation is reset so that pixels
 * come as stored. `reserve` is called before any allocation. Errors: NOT_AN_IMAGE, IMAGE_TOO_LARGE, and those of
 * `reserve`.
 */
export async function decodeInBrowser(
  bytes: Uint8Array<ArrayBuffer>,
  format: 'JPEG' | 'WebP',
  reserve: (neededBytes: number) => void,
): Promise<DecodedPicture> {
  const header = headerOf(bytes, format);
  const { width, height, orientations, stated } = header;
  // Before decoding, because a small file can claim a size that uses up all memory.
  requireSize(width, height);
  reserve(width * height * 4);
  resetOrientations(bytes, orientations);
  const isGrey = 'components' in header && header.components === 1;
  const hasAlpha = 'hasAlpha' in header && header.hasAlpha;
  const exact = hasAlpha ? await exactPixelsOf(bytes, width, height) : null;
  const samples = exact ?? (await pixelsOf(new Blob([bytes]), format, width, height));
  const colours = ['red', 'green', 'blue'] as const;
  const bands = namedBands(isGrey ? ['grey'] : hasAlpha ? [...colours, 'alpha'] : colours);
  return {
    orientation: orientations[0]?.value ?? 1,
    stated,
    picture: {
      format,
      layout: 'decoded by the browser',
      width,
      height,
      samples,
      channels: 4,
      bands,
      alphaChannel: hasAlpha ? 3 : null,
      valid: format === 'JPEG' ? await readJpegMask(bytes, width, height) : null,
      nodata: bands.map(() => NO_NODATA),
      notes: hasAlpha && !exact ? [ROUNDED] : [],
      bits: 8,
    },
  };
}

function headerOf(bytes: Uint8Array, format: 'JPEG' | 'WebP'): JpegHeader | WebpHeader {
  if (format === 'WebP') {
    const header = readWebpHeader(bytes);
    if (!header) throw broken(format, 'Its header can’t be read.');
    if (header.isAnimated) throw unsupported('an animated WebP', 'Save one of its pictures as a PNG.');
    return header;
  }
  return jpegHeaderOf(bytes);
}

/** Errors: NOT_AN_IMAGE, also for kinds of JPEG that browsers can't decode. */
export function jpegHeaderOf(bytes: Uint8Array): JpegHeader {
  const header = readJpegHeader(bytes);
  if (!header) throw broken('JPEG', 'It contains no picture.');
  const kind = unsupportedJpeg(header);
  if (kind) throw unsupported(kind);
  return header;
}

async function pixelsOf(blob: Blob, format: string, width: number, height: number): Promise<Uint8ClampedArray> {
  if (typeof createImageBitmap === 'undefined') {
    throw new NadirError('NOT_AN_IMAGE', `${format} pictures need a browser to decode them. Open the file in the app.`);
  }
  let bitmap: ImageBitmap;
  try {
    // Samples as stored: no colour management, no premultiplication.
    bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  } catch (cause) {
    throw broken(format, 'The browser can’t decode it.', cause);
  }
  try {
    if (bitmap.width !== width || bitmap.height !== height) {
      throw broken(
        format,
        `Its header says ${width}×${height} pixels, but the browser finds ${bitmap.width}×${bitmap.height}.`,
      );
    }
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (!context) {
      throw new NadirError('IMAGE_TOO_LARGE', `The browser can't hold a picture of ${width}×${height} pixels.`);
    }
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, width, height).data;
  } finally {
    bitmap.close();
  }
}

/**
 * Exact pixels despite alpha. A canvas stores premultiplied colours, which rounds them, so this uses the browser's
 * ImageDecoder. Null if it is missing.
 */
async function exactPixelsOf(bytes: Uint8Array, width: number, height: number): Promise<Uint8Array | null> {
  if (typeof ImageDecoder === 'undefined') return null;
  const decoder = new ImageDecoder({
    data: bytes,
    type: 'image/webp',
    colorSpaceConversion: 'none',
    // In the specification, but not yet in TypeScript's library.
    ...({ premultiplyAlpha: 'none' } as object),
  });
  try {
    const { image } = await decoder.decode();
    const { format, codedWidth, codedHeight } = image;
    const isReversed = format === 'BGRA';
    const samples = new Uint8Array(width * height * 4);
    const isUsable = codedWidth === width && codedHeight === height && (isReversed || format === 'RGBA');
    if (isUsable) await image.copyTo(samples);
    image.close();
    if (isReversed) for (let at = 0; at < samples.length; at += 4) swap(samples, at, at + 2);
    return isUsable ? samples : null;
  } catch {
    // Decoding by canvas will report what is wrong with the file.
    return null;
  } finally {
    decoder.close();
  }
}

function swap(samples: Uint8Array, a: number, b: number): void {
  const kept = samples[a]!;
  samples[a] = samples[b]!;
  samples[b] = kept;
}

const CONVERT = 'Convert it first: gdal_translate -co TILED=YES -co COMPRESS=DEFLATE input output.tif';

function unsupported(kind: string, remedy = CONVERT): NadirError {
  return new NadirError('NOT_AN_IMAGE', `This is ${kind}, which can't be read here. ${remedy}`);
}

function broken(format: string, what: string, cause?: unknown): NadirError {
  return new NadirError(
    'NOT_AN_IMAGE',
    `This ${format} file is damaged or cut off. ${what} Get the file again, or save it again with the program that wrote it.`,
    cause === undefined ? {} : { cause },
  );
}
