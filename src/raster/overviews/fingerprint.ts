import { hexOf } from '../../lib/hex.ts';
import { type ByteSource, blobSource } from '../tiff/byte-source.ts';

/** Up to this size, the whole content is read. */
const WHOLE_BYTES = 32 * 2 ** 20;
const END_BYTES = 64 * 1024;
const SAMPLES = 64;
const SAMPLE_BYTES = 16 * 1024;

/**
 * A name for a source's content, as 32 hexadecimal digits. Computed from its size, its version if it has one (a file's
 * modification time), its content, and `facts` (whatever else affects how pixels are read). Above 32 MiB only the first
 * and last 64 KiB and 64 evenly spaced pieces of 16 KiB are read: reading gigabytes would cost more than the name
 * saves. Null if the browser has no hashing (insecure pages).
 */
export async function fingerprint(source: ByteSource, facts: readonly string[]): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const { size } = source;
  const words = new TextEncoder().encode(['overviews 2', size, source.version ?? '', ...facts].join('\n'));
  const parts = await Promise.all(placesIn(size).map(({ offset, length }) => source.read(offset, length, null)));
  const hash = await crypto.subtle.digest('SHA-256', await new Blob([words, ...parts]).arrayBuffer());
  return hexOf(new Uint8Array(hash, 0, 16));
}

/**
 * As `fingerprint`, of an image with everything that lies beside it: two images with one name have the same pixels. A file that is read
 * whole has it by its content alone, whenever it was written. Of an address nothing is read: it is named by its ETag; null without one.
 */
export async function imageFingerprint(
  image: File | string,
  { size, version }: Pick<ByteSource, 'size' | 'version'>,
  sidecars: readonly File[],
): Promise<string | null> {
  const beside = await Promise.all(sidecars.map(async (file) => `${file.name} ${await contentOf(file)}`));
  if (typeof image !== 'string') return fingerprint(contentSource(image), beside);
  return version === undefined ? null : fingerprint(blobSource(new Blob([`${image} ${size} ${version}`])), beside);
}

const contentOf = (file: File) => fingerprint(contentSource(file), []);

function contentSource(file: File): ByteSource {
  const { version: _, ...content } = blobSource(file);
  return file.size <= WHOLE_BYTES ? content : blobSource(file);
}

function placesIn(size: number): { offset: number; length: number }[] {
  if (size <= WHOLE_BYTES) return [{ offset: 0, length: size }];
  const samples = Array.from({ length: SAMPLES }, (_, i) => ({
    offset: Math.floor(((size - SAMPLE_BYTES) * (i + 1)) / (SAMPLES + 1)),
    length: SAMPLE_BYTES,
  }));
  return [{ offset: 0, length: END_BYTES }, ...samples, { offset: size - END_BYTES, length: END_BYTES }];
}
