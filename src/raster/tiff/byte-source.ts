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

/** Reads that bring no signal of their own stop with `signal`: for as long as an image is being opened. */
export function stoppableSource<S extends ByteSource>(source: S, signal: AbortSignal): S {
  return { ...source, read: (offset, length, own) => source.read(offset, length, own ?? signal) };
}

const CHUNK_BYTES = 16 * 1024;
const MOST_CHUNKS = 32;

/**
 * Serves small reads from pieces of 16 KiB that were read before: a directory's tags lie close together, and every read of a file
 * is a message to another process (of an address, a request).
 */
export function withReadAhead(source: ByteSource): ByteSource {
  const chunks = new Map<number, Promise<Uint8Array<ArrayBuffer>>>();
  const chunk = (index: number): Promise<Uint8Array<ArrayBuffer>> => {
    const known = chunks.get(index);
    if (known) return known;
    // Shared by whoever asks next, so no one's signal ends it.
    const read = source.read(index * CHUNK_BYTES, CHUNK_BYTES, null);
    chunks.set(index, read);
    read.catch(() => chunks.delete(index));
    const [oldest] = chunks.keys();
    if (chunks.size > MOST_CHUNKS && oldest !== undefined) chunks.delete(oldest);
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

/** The whole source, for pictures that are decoded whole. Errors: IMAGE_TOO_LARGE above `limitBytes`, and those of reading. */
export async function wholeFile(source: ByteSource, limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (source.size > limitBytes) {
    throw new NadirError(
      'IMAGE_TOO_LARGE',
      `A picture file of ${Math.round(source.size / 2 ** 20)} MB can't be opened whole; up to ${Math.round(limitBytes / 2 ** 20)} MB can. Convert it to a tiled GeoTIFF, which is read in parts: gdal_translate -co TILED=YES -co COMPRESS=DEFLATE input output.tif`,
    );
  }
  return source.read(0, source.size, null);
}
