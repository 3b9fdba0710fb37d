import type { ByteLru } from '../lru.ts';
import { makeBlockDecoder } from './codec.ts';
import { type TiffFile, truncated } from './directory.ts';
import { blockBytes, blockIndex, type ImageLayout, rowsInBlock } from './layout.ts';
import type { SampleArray } from './samples.ts';

export interface BlockAddress {
  bx: number;
  by: number;
  /** Band, for planar images; else 0. */
  sample: number;
}

/** Neighbouring blocks are fetched in one read when no more than this lies between them. */
const MAX_GAP_BYTES = 64 * 1024;
const MAX_READ_BYTES = 8 * 1024 * 1024;

/**
 * Decoded blocks of one image, read by byte range and kept in a shared, bounded cache. A block asked for twice at the
 * same time is decoded once. Arrays belong to the cache: don't write into them.
 */
export class BlockReader {
  private readonly file: TiffFile;
  private readonly layout: ImageLayout;
  private readonly cache: ByteLru<SampleArray>;
  private readonly keyPrefix: string;
  private readonly fillValue: number;
  private readonly decoder: ReturnType<typeof makeBlockDecoder>;
  private readonly underway = new Map<number, Promise<SampleArray>>();
  /** Blocks decoded so far, for tests and for measuring what a cache saves. */
  decodedBlocks = 0;

  constructor(file: TiffFile, layout: ImageLayout, cache: ByteLru<SampleArray>, keyPrefix: string, fillValue: number) {
    this.file = file;
    this.layout = layout;
    this.cache = cache;
    this.keyPrefix = keyPrefix;
    this.fillValue = fillValue;
    this.decoder = makeBlockDecoder(layout, file.littleEndian);
  }

  /** Errors: TIFF_CORRUPT, TIFF_TRUNCATED, ABORTED. */
  async read(addresses: readonly BlockAddress[], signal: AbortSignal | null): Promise<SampleArray[]> {
    signal?.throwIfAborted();
    const { layout } = this;
    const found = new Map<number, SampleArray | Promise<SampleArray>>();
    const missing: { index: number; by: number; offset: number; length: number }[] = [];
    for (const { bx, by, sample } of addresses) {
      const index = blockIndex(layout, bx, by, sample);
      const known = this.cache.get(this.keyPrefix + index) ?? this.underway.get(index);
      if (known) {
        found.set(index, known);
      } else {
        const stored = layout.blockByteCounts[index]!;
        const raw = blockBytes(layout, rowsInBlock(layout, by));
        const length = layout.compression === 1 ? Math.min(stored, raw) : stored;
        missing.push({ index, by, offset: layout.blockOffsets[index]!, length });
      }
    }
    missing.sort((a, b) => a.offset - b.offset);
    for (const group of groupRanges(missing)) {
      const bytes = this.fetch(group.offset, group.length);
      for (const { index, by, offset, length } of group.members) {
        const decoded = this.decode(bytes, by, offset - group.offset, length);
        const kept = decoded.then((samples) => {
          this.cache.set(this.keyPrefix + index, samples, samples.byteLength);
          return samples;
        });
        this.underway.set(index, kept);
        // Unlike finally(), this leaves no second, unobserved promise that rejects.
        const forget = () => this.underway.delete(index);
        kept.then(forget, forget);
        found.set(index, kept);
      }
    }
    const blocks: SampleArray[] = [];
    for (const { bx, by, sample } of addresses) {
      blocks.push(await found.get(blockIndex(layout, bx, by, sample))!);
      signal?.throwIfAborted();
    }
    return blocks;
  }

  private async fetch(offset: number, length: number): Promise<ArrayBuffer> {
    if (length === 0) return new ArrayBuffer(0);
    const bytes = await this.file.blob.slice(offset, offset + length).arrayBuffer();
    if (bytes.byteLength < length) {
      throw truncated(`Bytes ${offset}–${offset + length} are past its end at ${this.file.blob.size}.`);
    }
    return bytes;
  }

  private async decode(bytes: Promise<ArrayBuffer>, by: number, at: number, length: number): Promise<SampleArray> {
    const rows = rowsInBlock(this.layout, by);
    if (length === 0) return this.sparse(rows);
    // Own copy: codecs work in place, and hand the whole underlying buffer around.
    const compressed = new Uint8Array((await bytes).slice(at, at + length));
    this.decodedBlocks++;
    return this.decoder.decode(compressed, rows);
  }

  private async sparse(rows: number): Promise<SampleArray> {
    const zeros = new Uint8Array(blockBytes(this.layout, rows));
    const empty = await makeBlockDecoder({ ...this.layout, compression: 1, predictor: 1, photometric: 1 }, true).decode(
      zeros,
      rows,
    );
    return this.fillValue === 0 ? empty : empty.fill(this.fillValue);
  }
}

interface Range {
  offset: number;
  length: number;
}

function groupRanges<T extends Range>(sorted: readonly T[]): (Range & { members: T[] })[] {
  const groups: (Range & { members: T[] })[] = [];
  for (const range of sorted) {
    const group = groups.at(-1);
    const end = range.offset + range.length;
    const joins =
      group && range.offset - (group.offset + group.length) <= MAX_GAP_BYTES && end - group.offset <= MAX_READ_BYTES;
    if (joins) {
      group.length = Math.max(group.length, end - group.offset);
      group.members.push(range);
    } else {
      groups.push({ offset: range.offset, length: range.length, members: [range] });
    }
  }
  return groups;
}
