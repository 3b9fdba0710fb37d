import { NadirError } from '../../lib/errors.ts';

/** Where an image's bytes come from: a file on disk, or an address that answers range requests. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** Changes whenever the content may have: a file's time of change, an address's ETag. What is derived is kept under it. */
  readonly version?: string;
  /**
   * Up to `length` bytes from `offset`, in a buffer of their own that the caller may change and transfer; fewer only where the
   * source ends (the caller reports TIFF_TRUNCATED). Errors: ABORTED, FILE_UNREADABLE and whatever a source adds.
   */
  read(offset: number, length: number, signal: AbortSignal | null): Promise<Uint8Array<ArrayBuffer>>;
}

/** A dropped file (or any Blob), read by range; never held in memory whole. */
export function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    ...(blob instanceof File ? { version: String(blob.lastModified) } : {}),
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      try {
        return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      } catch (cause) {
        throw new NadirError(
          'FILE_UNREADABLE',
          'The file can no longer be read: it was changed, moved or unplugged after it was opened. Open it again.',
          { cause },
        );
      }
    },
  };
}

/** The whole source as a Blob, for decoders that take nothing else. `limitBytes` keeps it out of memory otherwise. */
export async function wholeBlob(source: ByteSource, limitBytes: number): Promise<Blob> {
  if (source.size > limitBytes) {
    throw new NadirError(
      'IMAGE_TOO_LARGE',
      `A picture file of ${Math.round(source.size / 2 ** 20)} MB can't be opened whole; up to ${Math.round(limitBytes / 2 ** 20)} MB can. Convert it to a tiled GeoTIFF, which is read in parts: gdal_translate -co TILED=YES -co COMPRESS=DEFLATE input output.tif`,
    );
  }
  return new Blob([await source.read(0, source.size, null)]);
}
