import { inflateUpTo } from '../tiff/codecs/inflate.ts';

/**
 * The mask that GDAL and ArcGIS append to a JPEG. After the JPEG's end comes a zlib stream with one bit per pixel
 * (lowest bit first, no padding between rows), then the JPEG's length as 32 little-endian bits. Returns one byte per
 * pixel, 0 = hidden; null if the mask is missing or damaged.
 */
export async function readJpegMask(
  bytes: Uint8Array<ArrayBuffer>,
  width: number,
  height: number,
): Promise<Uint8Array | null> {
  const { length } = bytes;
  if (length < 8) return null;
  const end = new DataView(bytes.buffer, bytes.byteOffset, length).getUint32(length - 4, true);
  if (end < length / 2 || end > length - 4 || bytes[end - 2] !== 0xff || bytes[end - 1] !== 0xd9) return null;
  const pixels = width * height;
  const bits = await inflateUpTo(bytes.slice(end, length - 4), Math.ceil(pixels / 8)).catch(() => null);
  if (!bits || bits.length < Math.ceil(pixels / 8)) return null;
  const mask = new Uint8Array(pixels);
  for (let i = 0; i < pixels; i++) mask[i] = (bits[i >> 3]! >> (i & 7)) & 1;
  return mask;
}
