import { describe, expect, it } from 'vitest';
import type { BlockFormat } from '../tiff/block-format.ts';
import { DecodePool, type DecodeRequest, type PoolThread } from './decode-pool.ts';
import { type DecodeTask, decodeHere } from './decode-service.ts';

const FORMAT: BlockFormat = {
  samplesPerPixel: 1,
  sampleType: 'uint8',
  bits: 8,
  compression: 32773,
  photometric: 1,
  predictor: 1,
  planar: false,
  reversedBits: false,
  littleEndian: true,
  blockWidth: 4,
  blockHeight: 1,
  jpegTables: null,
  lercParameters: null,
  yCbCr: null,
};

/** PackBits: three more times `value`. */
const taskOf = (value: number): DecodeTask => ({
  format: FORMAT,
  blocks: [{ bytes: Uint8Array.from([0xfd, value]), rows: 1 }],
});

/** A thread that really decodes, but answers only on request, and can crash. */
class FakeThread extends EventTarget implements PoolThread {
  readonly requests: DecodeRequest[] = [];
  terminated = false;

  postMessage(message: DecodeRequest): void {
    this.requests.push(message);
  }

  terminate(): void {
    this.terminated = true;
  }

  async answer(): Promise<void> {
    const { id, task } = this.requests.at(-1)!;
    const results = await decodeHere.decode(task, null, false);
    this.dispatchEvent(Object.assign(new Event('message'), { data: { id, results } }));
  }

  crash(): void {
    this.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
  }
}

function makePool(size: number, limitMs?: number) {
  const threads: FakeThread[] = [];
  const spawn = () => {
    const thread = new FakeThread();
    threads.push(thread);
    return thread;
  };
  return { threads, pool: new DecodePool({ size, spawn, ...(limitMs ? { limitMs } : {}) }) };
}

describe('DecodePool', () => {
  it('starts no more threads than its size, and gives the next task to the first that is free', async () => {
    const { threads, pool } = makePool(2);
    const results = [1, 2, 3].map((value) => pool.decode(taskOf(value), null, false));
    expect(threads.map(({ requests }) => requests.length)).toEqual([1, 1]);
    await threads[1]!.answer();
    expect(threads[1]!.requests).toHaveLength(2);
    await threads[0]!.answer();
    await threads[1]!.answer();
    const samples = (await Promise.all(results)).map(([block]) => (block!.ok ? [...block!.samples] : null));
    expect(samples).toEqual([
      [1, 1, 1, 1],
      [2, 2, 2, 2],
      [3, 3, 3, 3],
    ]);
    expect(threads).toHaveLength(2);
  });

  it('runs views before the background', async () => {
    const { threads, pool } = makePool(1);
    const first = pool.decode(taskOf(1), null, true);
    const background = pool.decode(taskOf(2), null, true);
    const view = pool.decode(taskOf(3), null, false);
    await threads[0]!.answer();
    await first;
    expect(threads[0]!.requests.at(-1)!.task.blocks[0]!.bytes[1]).toBe(3);
    await threads[0]!.answer();
    await threads[0]!.answer();
    expect((await view)[0]!.ok && (await background)[0]!.ok).toBe(true);
  });

  it('replaces a thread that crashes; only its own task fails', async () => {
    const { threads, pool } = makePool(1);
    const lost = pool.decode(taskOf(1), null, false);
    const kept = pool.decode(taskOf(2), null, false);
    threads[0]!.crash();
    await expect(lost).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    await expect(lost).rejects.toThrow(/out of memory/);
    expect(threads[0]!.terminated).toBe(true);
    await threads[1]!.answer();
    expect((await kept)[0]).toMatchObject({ ok: true });
  });

  it('ends a thread that hangs', async () => {
    const { threads, pool } = makePool(1, 20);
    await expect(pool.decode(taskOf(1), null, false)).rejects.toMatchObject({ code: 'TIFF_CORRUPT' });
    expect(threads[0]!.terminated).toBe(true);
  });

  it('drops tasks that were aborted before they started', async () => {
    const { threads, pool } = makePool(1);
    const controller = new AbortController();
    const running = pool.decode(taskOf(1), null, false);
    const dropped = pool.decode(taskOf(2), controller.signal, false);
    controller.abort();
    await threads[0]!.answer();
    await running;
    await expect(dropped).rejects.toMatchObject({ name: 'AbortError' });
    expect(threads[0]!.requests).toHaveLength(1);
  });

  it('reports a damaged block as its own error', async () => {
    const { threads, pool } = makePool(1);
    const whole = taskOf(5).blocks[0]!;
    const cut = { bytes: Uint8Array.from([0xff]), rows: 2 };
    const result = pool.decode({ format: FORMAT, blocks: [cut, whole] }, null, false);
    await threads[0]!.answer();
    const [bad, good] = await result;
    expect(bad).toMatchObject({ ok: false, error: { code: 'TIFF_CORRUPT' } });
    expect(good).toMatchObject({ ok: true });
  });

  it('decodes uncompressed blocks on its own thread', async () => {
    const { threads, pool } = makePool(1);
    const plain = { format: { ...FORMAT, compression: 1 }, blocks: [{ bytes: Uint8Array.of(1, 2, 3, 4), rows: 1 }] };
    const [block] = await pool.decode(plain, null, false);
    expect(block).toEqual({ ok: true, samples: Uint8Array.of(1, 2, 3, 4) });
    expect(threads).toHaveLength(0);
  });
});
