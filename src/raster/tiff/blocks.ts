import { waitFor } from '../../lib/abort.ts';
import { NadirError } from '../../lib/errors.ts';
import type { OpenContext } from '../open/open-context.ts';
import { type DecodedBlock, decodeHere } from '../pool/decode-service.ts';
import type { ReadPurpose } from '../scene.ts';
import { type BlockFormat, blockBytes, blockFormatOf } from './block-format.ts';
import { type TiffFile, truncated } from './directory.ts';
import { blockIndex, type ImageLayout, rowsInBlock } from './layout.ts';
import type { SampleArray } from './samples.ts';

export interface BlockAddress {
  bx: number;
  by: number;
  /** Band, for planar images; else 0. */
  sample: number;
}

/** Neighbouring blocks are fetched in one read if the gap between them is at most this. */
const MAX_GAP_BYTES = 64 * 1024;
const MAX_READ_BYTES = 8 * 1024 * 1024;
/** Small blocks are sent to a decoder together. */
const TASK_BYTES = 512 * 1024;

interface Missing {
  index: number;
  rows: number;
  offset: number;
  length: number;
}

/** One read of neighbouring blocks. It continues while somebody waits for any of them. */
interface Flight {
  controller: AbortController;
  readers: number;
}

interface Underway {
  flight: Flight;
  samples: Promise<SampleArray>;
}

/**
 * Decoded blocks of one image, read by byte range and kept in a shared, bounded cache. Simultaneous requests for a
 * block share one decode. When all callers have aborted, work that hasn't started is dropped. Arrays belong to the
 * cache: don't write to them.
 */
export class BlockReader {
  private readonly file: TiffFile;
  private readonly layout: ImageLayout;
  private readonly format: BlockFormat;
  private readonly context: OpenContext;
  private readonly keyPrefix: string;
  private readonly fill: readonly number[];
  private readonly underway = new Map<number, Underway>();
  /** Blocks decoded so far, for tests and for measuring the cache. */
  decodedBlocks = 0;

  /**
   * `part` separates this image's cache keys from those of the scene's other images. `fill`: the value of each sample
   * in sparse blocks.
   */
  constructor(file: TiffFile, layout: ImageLayout, context: OpenContext, part: string, fill: readonly number[]) {
    this.file = file;
    this.layout = layout;
    this.format = blockFormatOf(layout);
    this.context = context;
    this.keyPrefix = `${context.keyPrefix}/${part}/`;
    this.fill = fill;
  }

  /** True if the file stores no bytes for the block: it is all nodata (or zero). */
  isSparse({ bx, by, sample }: BlockAddress): boolean {
    return this.layout.blockByteCounts[blockIndex(this.layout, bx, by, sample)] === 0;
  }

  /** Errors: TIFF_CORRUPT, TIFF_TRUNCATED, FILE_UNREADABLE, WORKER_CRASHED, ABORTED. */
  async read(
    addresses: readonly BlockAddress[],
    signal: AbortSignal | null,
    purpose: ReadPurpose = 'view',
  ): Promise<SampleArray[]> {
    signal?.throwIfAborted();
    const found = new Map<number, SampleArray | Promise<SampleArray>>();
    const flights = new Set<Flight>();
    const missing: Missing[] = [];
    for (const address of addresses) {
      const index = blockIndex(this.layout, address.bx, address.by, address.sample);
      if (found.has(index)) continue;
      const underway = this.underway.get(index);
      const known = this.context.cache.get(this.keyPrefix + index) ?? underway?.samples;
      if (known) {
        found.set(index, known);
        if (underway) flights.add(underway.flight);
      } else if (this.isSparse(address)) {
        found.set(index, this.sparse(rowsInBlock(this.layout, address.by), address.sample));
      } else {
        // The same block requested twice in one call.
        found.set(index, Promise.resolve(EMPTY));
        missing.push(this.rangeOf(index, address.by));
      }
    }
    for (const [index, underway] of this.launch(missing, purpose)) {
      found.set(index, underway.samples);
      flights.add(underway.flight);
    }
    for (const flight of flights) flight.readers++;
    try {
      const blocks: SampleArray[] = [];
      for (const { bx, by, sample } of addresses) {
        const block = found.get(blockIndex(this.layout, bx, by, sample))!;
        blocks.push(block instanceof Promise ? await waitFor(block, signal) : block);
      }
      return blocks;
    } finally {
      for (const flight of flights) {
        flight.readers--;
        if (flight.readers === 0) flight.controller.abort();
      }
    }
  }

  private rangeOf(index: number, by: number): Missing {
    const { layout } = this;
    const rows = rowsInBlock(layout, by);
    const stored = layout.blockByteCounts[index]!;
    const length = layout.compression === 1 ? Math.min(stored, blockBytes(layout, rows)) : stored;
    return { index, rows, offset: layout.blockOffsets[index]!, length };
  }

  private launch(missing: Missing[], purpose: ReadPurpose): [number, Underway][] {
    const launched: [number, Underway][] = [];
    missing.sort((a, b) => a.offset - b.offset);
    for (const group of groupRanges(missing)) {
      const flight: Flight = { controller: new AbortController(), readers: 0 };
      // No new reader may join a flight that was aborted.
      const cleanups: (() => void)[] = [];
      flight.controller.signal.addEventListener('abort', () => cleanups.forEach((forget) => void forget()));
      const bytes = this.fetch(group.offset, group.length, flight.controller.signal);
      for (const task of splitTasks(this.format, group.members)) {
        const decoded = this.decode(bytes, group.offset, task, flight.controller.signal, purpose);
        task.forEach((block, i) => {
          const samples = decoded.then((results) => this.keep(block.index, results[i]!, purpose));
          const underway: Underway = { flight, samples };
          this.underway.set(block.index, underway);
          // Callers see the failure; left unhandled it would end the worker.
          const forget = () => {
            if (this.underway.get(block.index) === underway) this.underway.delete(block.index);
          };
          samples.then(forget, forget);
          cleanups.push(forget);
          launched.push([block.index, underway]);
        });
      }
    }
    return launched;
  }

  private keep(index: number, result: DecodedBlock, purpose: ReadPurpose): SampleArray {
    if (!result.ok) throw NadirError.fromData(result.error);
    // A pass needs each block once, unless the block extends into its next step.
    if (purpose === 'view' || result.samples.byteLength > LARGE_BLOCK_BYTES) {
      this.context.cache.set(this.keyPrefix + index, result.samples, result.samples.byteLength);
    }
    return result.samples;
  }

  private async fetch(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.file.source.read(offset, length, signal);
    if (bytes.byteLength < length) {
      throw truncated(`Bytes ${offset}–${offset + length} are past its end at ${this.file.source.size}.`);
    }
    return bytes;
  }

  private async decode(
    fetched: Promise<Uint8Array<ArrayBuffer>>,
    start: number,
    blocks: readonly Missing[],
    signal: AbortSignal,
    purpose: ReadPurpose,
  ): Promise<DecodedBlock[]> {
    const bytes = await fetched;
    this.decodedBlocks += blocks.length;
    return this.context.decoders.decode(
      {
        format: this.format,
        // Copies, because codecs work in place and transfer the whole underlying buffer.
        blocks: blocks.map(({ offset, length, rows }) => ({
          bytes: bytes.slice(offset - start, offset - start + length),
          rows,
        })),
      },
      signal,
      purpose === 'pass',
    );
  }

  /** Sparse blocks of the same height (and band, if planar) share one array. */
  private async sparse(rows: number, sample: number): Promise<SampleArray> {
    const key = `${this.keyPrefix}sparse/${rows}/${sample}`;
    const known = this.context.cache.get(key);
    if (known) return known;
    const format: BlockFormat = {
      ...this.format,
      compression: 1,
      predictor: 1,
      photometric: 1,
      reversedBits: false,
      littleEndian: true,
      yCbCr: null,
    };
    const bytes = new Uint8Array(blockBytes(format, rows));
    const [result] = await decodeHere.decode({ format, blocks: [{ bytes, rows }] }, null, false);
    if (!result?.ok) throw NadirError.fromData(result!.error);
    const { samples } = result;
    const fill = this.layout.planar ? [this.fill[sample] ?? 0] : this.fill;
    if (fill.every((value) => value === fill[0])) samples.fill(fill[0] ?? 0);
    else for (let i = 0; i < samples.length; i++) samples[i] = fill[i % fill.length]!;
    this.context.cache.set(key, samples, samples.byteLength);
    return samples;
  }
}

/** Placeholder for a block until its read starts. */
const EMPTY: SampleArray = new Uint8Array(0);
/** Larger than one step of a pass over an image (see overviews/): the next step needs such a block again. */
const LARGE_BLOCK_BYTES = 4 * 1024 * 1024;

/** Groups neighbours of about TASK_BYTES decoded, in order. */
function splitTasks(format: BlockFormat, blocks: readonly Missing[]): Missing[][] {
  const tasks: Missing[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const block of blocks) {
    if (bytes >= TASK_BYTES) {
      tasks.push([]);
      bytes = 0;
    }
    tasks.at(-1)!.push(block);
    bytes += blockBytes(format, block.rows);
  }
  return tasks;
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
