type Bytes = Uint8Array<ArrayBuffer>;

/** One request for neighbouring blocks. It goes on while anybody waits for it. */
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

  /** Counts a reader in until the returned function is called or its signal fires; the last one out stops the request. */
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

/** Fetches blocks `start` … `start + count − 1` in one go. */
export type FetchRun = (start: number, count: number, signal: AbortSignal) => Promise<Bytes>;

/** Blocks of one file by index, the least recently used dropped first. A block asked for twice at once is fetched once. */
export class BlockCache {
  private readonly kept = new Map<number, Block>();
  private readonly mostBlocks: number;
  private readonly mostPerRun: number;
  private readonly blockBytes: number;

  constructor(mostBlocks: number, mostPerRun: number, blockBytes: number) {
    this.mostBlocks = mostBlocks;
    this.mostPerRun = mostPerRun;
    this.blockBytes = blockBytes;
  }

  put(index: number, bytes: Bytes): void {
    this.kept.set(index, { bytes: Promise.resolve(bytes), run: null });
  }

  /** Blocks `from` … `to`, in order; those that aren't there are fetched in runs of neighbours. Join their runs at once. */
  take(from: number, to: number, fetchRun: FetchRun): Block[] {
    for (let start = from; start <= to; start++) {
      if (this.has(start)) continue;
      let count = 1;
      while (start + count <= to && count < this.mostPerRun && !this.has(start + count)) count++;
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
      if (this.kept.size <= this.mostBlocks) break;
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
      // A failure isn't kept: the next read asks again.
      bytes.catch(() => {
        if (this.kept.get(start + i) === block) this.kept.delete(start + i);
      });
    }
  }
}
