type Bytes = Uint8Array<ArrayBuffer>;

/** One request for neighbouring blocks. It continues while anybody waits for it. */
class Run {
  private readonly controller = new AbortController();
  private waiting = 0;
  private finished = false;

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  finish(): void {
    this.finished = true;
  }

  /**
   * Adds a reader until the returned function is called or its signal fires. The request is aborted when the last
   * reader leaves.
   */
  join(signal: AbortSignal | null): () => void {
    this.waiting++;
    let inside = true;
    const leave = () => {
      if (!inside) return;
      inside = false;
      signal?.removeEventListener('abort', leave);
      this.waiting--;
      if (this.waiting === 0 && !this.finished) this.controller.abort();
    };
    signal?.addEventListener('abort', leave, { once: true });
    return leave;
  }
}

interface Block {
  bytes: Promise<Bytes>;
  /** Null for a block that was there from the start. */
  run: Run | null;
}

/** Fetches blocks `start` … `start + count − 1` in one request. */
export type FetchRun = (start: number, count: number, signal: AbortSignal) => Promise<Bytes>;

/**
 * One file's blocks by index; the least recently used is dropped first. Simultaneous requests for a block share one
 * fetch.
 */
export class BlockCache {
  private readonly kept = new Map<number, Block>();
  private readonly maxBlocks: number;
  private readonly maxPerRun: number;
  private readonly blockBytes: number;

  constructor(maxBlocks: number, maxPerRun: number, blockBytes: number) {
    this.maxBlocks = maxBlocks;
    this.maxPerRun = maxPerRun;
    this.blockBytes = blockBytes;
  }

  put(index: number, bytes: Bytes): void {
    this.kept.set(index, { bytes: Promise.resolve(bytes), run: null });
  }

  /**
   * Returns blocks `from` … `to` in order, fetching runs of missing neighbours. Callers must join the blocks' runs
   * immediately.
   */
  take(from: number, to: number, fetchRun: FetchRun): Block[] {
    for (let start = from; start <= to; start++) {
      if (this.has(start)) continue;
      let count = 1;
      while (start + count <= to && count < this.maxPerRun && !this.has(start + count)) count++;
      this.fetch(start, count, fetchRun);
    }
    const wanted: Block[] = [];
    for (let index = from; index <= to; index++) {
      const block = this.kept.get(index)!;
      this.kept.delete(index);
      this.kept.set(index, block);
      wanted.push(block);
    }
    for (const index of this.kept.keys()) {
      if (this.kept.size <= this.maxBlocks) break;
      this.kept.delete(index);
    }
    return wanted;
  }

  private has(index: number): boolean {
    const block = this.kept.get(index);
    return block !== undefined && !block.run?.signal.aborted;
  }

  private fetch(start: number, count: number, fetchRun: FetchRun): void {
    const run = new Run();
    const work = fetchRun(start, count, run.signal).finally(() => run.finish());
    for (let i = 0; i < count; i++) {
      const bytes = work.then((all) => all.slice(i * this.blockBytes, (i + 1) * this.blockBytes));
      const block = { bytes, run };
      this.kept.set(start + i, block);
      // A failure isn't cached: the next read tries again.
      bytes.catch(() => {
        if (this.kept.get(start + i) === block) this.kept.delete(start + i);
      });
    }
  }
}
