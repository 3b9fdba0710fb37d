/** A classic little-endian TIFF with one directory: its tags, then strips compressed with Deflate. */

export type TiffEntry =
  | { tag: number; type: 'short' | 'long' | 'double'; values: readonly number[] }
  | { tag: number; type: 'ascii'; text: string };

const TYPES = {
  ascii: { id: 2, bytes: 1 },
  short: { id: 3, bytes: 2 },
  long: { id: 4, bytes: 4 },
  double: { id: 12, bytes: 8 },
};
const HEADER_BYTES = 8;
/** About as many bytes a strip before compression. */
const STRIP_BYTES = 2 ** 16;

/**
 * One band of u8[rows, cols] row-major. `entries`: what it means beside size, compression and strips; sorted here. Parts of a file, in
 * their order.
 */
export async function writeTiff(
  { rows, cols, samples }: { rows: number; cols: number; samples: Uint8Array<ArrayBuffer> },
  entries: readonly TiffEntry[],
): Promise<Uint8Array<ArrayBuffer>[]> {
  const rowsPerStrip = Math.max(1, Math.floor(STRIP_BYTES / cols));
  const starts = Array.from({ length: Math.ceil(rows / rowsPerStrip) }, (_, i) => i * rowsPerStrip);
  const strips = await Promise.all(
    starts.map((row) => deflated(samples.subarray(row * cols, Math.min(rows, row + rowsPerStrip) * cols))),
  );
  const directory = (offsets: readonly number[]) =>
    directoryOf([
      ...entries,
      { tag: 256, type: 'long', values: [cols] },
      { tag: 257, type: 'long', values: [rows] },
      { tag: 258, type: 'short', values: [8] },
      { tag: 259, type: 'short', values: [8] },
      { tag: 273, type: 'long', values: offsets },
      { tag: 277, type: 'short', values: [1] },
      { tag: 278, type: 'long', values: [rowsPerStrip] },
      { tag: 279, type: 'long', values: strips.map(({ length }) => length) },
    ]);
  // Its size doesn't depend on where the strips are.
  let at = HEADER_BYTES + directory(strips.map(() => 0)).length;
  const offsets = strips.map(({ length }) => {
    at += length;
    return at - length;
  });
  const header = new Uint8Array(HEADER_BYTES);
  header.set([0x49, 0x49, 42, 0, HEADER_BYTES, 0, 0, 0]);
  return [header, directory(offsets), ...strips];
}

/** The directory and the values that don't fit into it, as they lie after the header. */
function directoryOf(entries: readonly TiffEntry[]): Uint8Array<ArrayBuffer> {
  const sorted = [...entries].sort((a, b) => a.tag - b.tag);
  const headBytes = 2 + 12 * sorted.length + 4;
  const values = sorted.map(bytesOf);
  const isLong = (bytes: Uint8Array) => bytes.length > 4;
  const rest = values.filter(isLong).reduce((sum, { length }) => sum + even(length), 0);
  const out = new Uint8Array(even(headBytes) + rest);
  const view = new DataView(out.buffer);
  view.setUint16(0, sorted.length, true);
  let next = even(headBytes);
  sorted.forEach((entry, i) => {
    const at = 2 + 12 * i;
    const bytes = values[i]!;
    view.setUint16(at, entry.tag, true);
    view.setUint16(at + 2, TYPES[entry.type].id, true);
    view.setUint32(at + 4, bytes.length / TYPES[entry.type].bytes, true);
    if (isLong(bytes)) {
      view.setUint32(at + 8, HEADER_BYTES + next, true);
      out.set(bytes, next);
      next += even(bytes.length);
    } else out.set(bytes, at + 8);
  });
  return out;
}

const even = (bytes: number) => bytes + (bytes % 2);

function bytesOf(entry: TiffEntry): Uint8Array {
  if (entry.type === 'ascii') return new TextEncoder().encode(`${entry.text}\0`);
  const { bytes } = TYPES[entry.type];
  const view = new DataView(new ArrayBuffer(bytes * entry.values.length));
  entry.values.forEach((value, i) => {
    if (entry.type === 'short') view.setUint16(bytes * i, value, true);
    else if (entry.type === 'long') view.setUint32(bytes * i, value, true);
    else view.setFloat64(bytes * i, value, true);
  });
  return new Uint8Array(view.buffer);
}

/** In the zlib format, which is what TIFF's compression 8 means. */
async function deflated(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([data]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
