import type { ByteSource } from '../tiff/byte-source.ts';

const END_BYTES = 64 * 1024;
const SAMPLES = 16;
const SAMPLE_BYTES = 16 * 1024;

/**
 * A name for what a source holds, as 32 hexadecimal digits: from its size, its version where it has one (a file's time of change), its
 * first and last 64 KiB, 16 pieces of 16 KiB spread between, and `facts` (whatever else decides how its pixels are read). Null
 * where the browser has no hashing (pages that aren't served securely).
 */
export async function fingerprint(source: ByteSource, facts: readonly string[]): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const { size } = source;
  const places = Array.from({ length: SAMPLES }, (_, i) => ({
    offset: Math.floor(((size - SAMPLE_BYTES) * (i + 1)) / (SAMPLES + 1)),
    length: SAMPLE_BYTES,
  }));
  const wanted = [
    { offset: 0, length: END_BYTES },
    ...(size > END_BYTES + SAMPLES * SAMPLE_BYTES ? places : []),
    { offset: Math.max(0, size - END_BYTES), length: END_BYTES },
  ];
  const words = new TextEncoder().encode(['overviews 1', size, source.version ?? '', ...facts].join('\n'));
  const parts = [words, ...(await Promise.all(wanted.map(({ offset, length }) => source.read(offset, length, null))))];
  const hash = await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer());
  return [...new Uint8Array(hash, 0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
