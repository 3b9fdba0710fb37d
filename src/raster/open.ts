import { NadirError } from '../lib/errors.ts';
import { browserFormat, openBrowserImage } from './browser-image.ts';
import type { ByteLru } from './lru.ts';
import type { RasterScene } from './scene.ts';
import { isTiffSignature } from './tiff/directory.ts';
import type { SampleArray } from './tiff/samples.ts';
import { openTiff } from './tiff/source.ts';

/**
 * Opens a file by what its first bytes say, not by its name.
 * Errors: FILE_EMPTY, NOT_AN_IMAGE, TIFF_CORRUPT, TIFF_TRUNCATED, TIFF_COMPRESSION_UNSUPPORTED, TIFF_LAYOUT_UNSUPPORTED, IMAGE_TOO_LARGE.
 */
export async function openRaster(blob: Blob, cache: ByteLru<SampleArray>, keyPrefix: string): Promise<RasterScene> {
  if (blob.size === 0) {
    throw new NadirError('FILE_EMPTY', 'The file is empty (0 bytes). Choose another one, or copy it again.');
  }
  const head = new Uint8Array(await blob.slice(0, 16).arrayBuffer());
  if (isTiffSignature(head)) return openTiff(blob, cache, keyPrefix);
  const format = browserFormat(head);
  if (format) return openBrowserImage(blob, format);
  const start = new TextDecoder('latin1').decode(head);
  const isPointer = start.startsWith('version https:');
  throw new NadirError(
    'NOT_AN_IMAGE',
    isPointer
      ? 'This is a Git LFS pointer, a small text file that stands for the image. Fetch the image itself with "git lfs pull".'
      : 'This is not a GeoTIFF, PNG, JPEG or WebP file, going by its first bytes. Choose one of those, or convert it: gdal_translate input output.tif',
  );
}
