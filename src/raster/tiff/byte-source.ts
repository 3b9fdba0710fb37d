import { NadirError } from '../../lib/errors.ts';

/** Where an image's bytes come from: a file on disk, or an address that supports range requests. */
export interface ByteSource {
  /** Total size in bytes. */
  readonly size: number;
  /**
   * Changes whenever the content may have changed: a file's modification time, an address's ETag. Derived data is
   * stored under it.
   */
  readonly version?: string;
  /**
   * Up to `length` bytes from `offset`, in a buffer of their own that the caller may modify and transfer. Fewer only at
   * the source's end (the caller then reports TIFF_TRUNCATED). Errors: ABORTED, FILE_UNREADABLE, and those of the
   * source.
   */
  read(offset: number, length: number, signal: AbortSignal | null): Promise<Uint8Array<ArrayBuffer>>;
}

/** A dropped file (or any Blob), read by range; never entirely in memory. */
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

/** Makes reads without a signal of their own stop with `signal`; used while an image is being opened. */
export function stoppableSource<S extends ByteSource>(source: S, signal: AbortSignal): S {
  return { ...source, read: (offset, length, own) => source.read(offset, length, own ?? signal) };
}

const CHUNK_BYTES = 16 * 1024;
const MAX_CHUNKS = 32;

/**
 * Serves small reads from cached pieces of 16 KiB. A directory's tags lie close together, and every read of a file is a
 * message to another process (for an address, a request).
 */
export function withReadAhead(source: ByteSource): ByteSource {
  const chunks = new Map<number, Promise<Uint8Array<ArrayBuffer>>>();
  const chunk = (index: number): Promise<Uint8Array<ArrayBuffer>> => {
    const known = chunks.get(index);
    if (known) return known;
    // Shared by later callers, so no single signal may abort it.
    const read = source.read(index * CHUNK_BYTES, CHUNK_BYTES, null);
    chunks.set(index, read);
    read.catch(() => chunks.delete(index));
    const [oldest] = chunks.keys();
    if (chunks.size > MAX_CHUNKS && oldest !== undefined) chunks.delete(oldest);
    return read;
  };
  return {
    ...source,
    async read(offset, length, signal) {
      const first = Math.floor(offset / CHUNK_BYTES);
      const last = Math.floor((offset + length - 1) / CHUNK_BYTES);
      if (length === 0 || last - first > 1 || length > CHUNK_BYTES / 2) return source.read(offset, length, signal);
      signal?.throwIfAborted();
      const parts = await Promise.all(first === last ? [chunk(first)] : [chunk(first), chunk(last)]);
      const out = new Uint8Array(length);
      let written = 0;
      parts.forEach((part, i) => {
        const start = (first + i) * CHUNK_BYTES;
        const piece = part.subarray(Math.max(0, offset - start), Math.max(0, offset + length - start));
        out.set(piece, written);
        written += piece.length;
      });
      return out.slice(0, written);
    },
  };
}

/**
 * The whole source, for pictures that are decoded at once. Errors: IMAGE_TOO_LARGE above `limitBytes`, and those of
 * reading.
 */
export async function wholeFile(source: ByteSource, limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (source.size > limitBytes) {
    throw new NadirError(
      'IMAGE_TOO_LARGE',
      `A picture file of ${Math.round(source.size / 2 ** 20)} MB can't be opened whole; up to ${Math.round(limitBytes / 2 ** 20)} MB can. Convert it to a tiled GeoTIFF, which is read in parts: gdal_translate -co TILED=YES -co COMPRESS=DEFLATE input output.tif`,
    );
  }
  return source.read(0, source.size, null);
}
