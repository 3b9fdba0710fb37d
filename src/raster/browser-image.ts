import { NadirError } from '../lib/errors.ts';
import { placePicture } from './georeference.ts';
import type { OpenContext } from './open-context.ts';
import type { RasterScene } from './scene.ts';
import { type ByteSource, wholeBlob } from './tiff/byte-source.ts';

/** Decoded, a pixel takes 4 bytes: 256 MiB. Larger pictures belong into a GeoTIFF, which is read by window. */
const MAX_PIXELS = 64 * 1024 * 1024;
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** The format by its first bytes, or null. Only formats that browsers decode in a worker. */
export function browserFormat(head: Uint8Array): 'PNG' | 'JPEG' | 'WebP' | null {
  const starts = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47)) return 'PNG';
  if (starts(0xff, 0xd8, 0xff)) return 'JPEG';
  const ascii = (from: number) => String.fromCharCode(...head.subarray(from, from + 4));
  return ascii(0) === 'RIFF' && ascii(8) === 'WEBP' ? 'WebP' : null;
}

/** Opens a picture through the browser's own decoder, whole. Errors: NOT_AN_IMAGE, IMAGE_TOO_LARGE. */
export async function openBrowserImage(
  source: ByteSource,
  format: 'PNG' | 'JPEG' | 'WebP',
  { cache, keyPrefix, sidecars }: OpenContext,
): Promise<RasterScene> {
  const blob = await wholeBlob(source, MAX_FILE_BYTES);
  // Before decoding: a small PNG can claim a size that takes all memory.
  const stated = await statedSize(blob, format);
  if (stated) requireSize(stated.width, stated.height);
  const bitmap = await decode(blob, format);
  requireSize(bitmap.width, bitmap.height);
  const { width, height } = bitmap;
  // The picture stays in memory for as long as it is open.
  if (!cache.reserve(`${keyPrefix}/picture`, width * height * 4)) {
    bitmap.close();
    throw new NadirError(
      'IMAGE_TOO_LARGE',
      `The picture needs ${Math.round((width * height * 4) / 2 ** 20)} MiB, more than is left of the ${Math.round(cache.capacityBytes / 2 ** 20)} MiB for open pictures. Close other images, or convert it to a tiled GeoTIFF, which is read in parts.`,
    );
  }
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context)
    throw new NadirError('IMAGE_TOO_LARGE', `The browser can't hold a picture of ${width}×${height} pixels.`);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const scene = sceneFromRgba(context.getImageData(0, 0, width, height).data, width, height, format);
  const georeference = await placePicture(format, scene, sidecars);
  return { ...scene, georeference, close: () => cache.deletePrefix(`${keyPrefix}/`) };
}

/** A scene over decoded RGBA, u8[height, width, 4]; takes `rgba` over. Transparent pixels are invalid. */
export function sceneFromRgba(
  rgba: Uint8ClampedArray<ArrayBufferLike>,
  width: number,
  height: number,
  format: string,
): RasterScene {
  const colours = ['red', 'green', 'blue'] as const;
  return {
    width,
    height,
    bands: colours.map((role, index) => ({ index, name: role, role })),
    sampleType: 'uint8',
    notes: [],
    compression: format,
    layout: 'decoded by the browser',
    georeference: { kind: 'none', reason: `A ${format} picture carries no georeferencing.` },
    defaultBands: { red: 0, green: 1, blue: 2, nir: null },
    // A finished picture: its author chose the contrast.
    defaultStretch: { method: 'none', low: 2, high: 98 },
    levels: [
      {
        width,
        height,
        factorX: 1,
        factorY: 1,
        blockCols: width,
        blockRows: 1,
        only: null,
        async read(x, y, w, h, bands, signal) {
          signal?.throwIfAborted();
          return bands.map((band) => {
            const plane = new Float32Array(w * h);
            for (let row = 0; row < h; row++) {
              let source = ((y + row) * width + x) * 4;
              for (let col = 0; col < w; col++, source += 4) {
                plane[row * w + col] = rgba[source + 3] === 0 ? Number.NaN : rgba[source + band]!;
              }
            }
            return plane;
          });
        },
      },
    ],
    async readPixel(col, row) {
      if (!(col >= 0 && row >= 0 && col < width && row < height)) return null;
      const at = (Math.floor(row) * width + Math.floor(col)) * 4;
      return [rgba[at]!, rgba[at + 1]!, rgba[at + 2]!];
    },
    close: () => {},
  };
}

async function decode(blob: Blob, format: string): Promise<ImageBitmap> {
  try {
    // Pixels as stored: no colour management, no premultiplication, and the file's own turn (EXIF) applied as viewers do.
    return await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  } catch (cause) {
    throw new NadirError(
      'NOT_AN_IMAGE',
      `The browser can't decode this ${format} file; it is probably damaged or cut off.`,
      {
        cause,
      },
    );
  }
}

function requireSize(width: number, height: number): void {
  if (width * height <= MAX_PIXELS) return;
  throw new NadirError(
    'IMAGE_TOO_LARGE',
    `The picture has ${width}×${height} pixels; up to ${Math.floor(MAX_PIXELS / 2 ** 20)} million can be opened in this format. Convert it to a tiled GeoTIFF, which is read in parts: gdal_translate -co TILED=YES -co COMPRESS=DEFLATE input output.tif`,
  );
}

/** Size from the header: PNG's IHDR, or JPEG's frame header; null where it isn't found in the first 64 KiB. */
async function statedSize(blob: Blob, format: string): Promise<{ width: number; height: number } | null> {
  const bytes = new DataView(await blob.slice(0, 65536).arrayBuffer());
  if (format === 'PNG' && bytes.byteLength >= 24) return { width: bytes.getUint32(16), height: bytes.getUint32(20) };
  if (format !== 'JPEG') return null;
  for (let at = 2; at + 9 < bytes.byteLength; ) {
    const marker = bytes.getUint16(at);
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return { height: bytes.getUint16(at + 5), width: bytes.getUint16(at + 7) };
    at += 2 + bytes.getUint16(at + 2);
  }
  return null;
}
