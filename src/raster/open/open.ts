import { NadirError } from '../../lib/errors.ts';
import { openPicture, pictureFormat } from '../pictures/open-picture.ts';
import type { RasterScene } from '../scene.ts';
import type { ByteSource } from '../tiff/byte-source.ts';
import { isTiffSignature } from '../tiff/directory.ts';
import { openTiff } from '../tiff/source.ts';
import type { OpenContext } from './open-context.ts';

/**
 * Opens a file by its first bytes, not its name.
 * Errors: FILE_EMPTY, NOT_AN_IMAGE, TIFF_CORRUPT, TIFF_TRUNCATED, TIFF_COMPRESSION_UNSUPPORTED,
 * TIFF_LAYOUT_UNSUPPORTED, IMAGE_TOO_LARGE.
 */
export async function openRaster(source: ByteSource, context: OpenContext): Promise<RasterScene> {
  if (source.size === 0) {
    throw new NadirError('FILE_EMPTY', 'The file is empty (0 bytes). Choose another one, or copy it again.');
  }
  const head = await source.read(0, 16, null);
  if (isTiffSignature(head)) return openTiff(source, context);
  const format = pictureFormat(head);
  if (format) return openPicture(source, format, context);
  const start = new TextDecoder('latin1').decode(head);
  const isPointer = start.startsWith('version https:');
  throw new NadirError(
    'NOT_AN_IMAGE',
    isPointer
      ? 'This is a Git LFS pointer, a small text file that stands for the image. Fetch the image itself with "git lfs pull".'
      : 'This is not a GeoTIFF, PNG, JPEG or WebP file, going by its first bytes. Choose one of those, or convert it: gdal_translate input output.tif',
  );
}
