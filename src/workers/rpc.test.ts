import * as Comlink from 'comlink';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { NadirError } from '../lib/errors.ts';
import { connect } from './rpc.ts';
import { moved } from './transfer.ts';

/** A worker's page side over a message channel; what answers on the other side is given, as `serve` publishes it. */
class FakeWorker extends EventTarget {
  terminated = false;
  private readonly channel = new MessageChannel();

  constructor(api: Record<string, (...args: never[]) => Promise<unknown>>) {
    super();
    this.channel.port1.onmessage = ({ data }) => void this.dispatchEvent(new MessageEvent('message', { data }));
    Comlink.expose(api, this.channel.port2 as unknown as Comlink.Endpoint);
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    this.channel.port1.postMessage(message, transfer as never);
  }

  /** As `step()` in the worker. */
  step(): void {
    this.dispatchEvent(new MessageEvent('message', { data: 'nadir.step' }));
  }

  fail(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message }));
  }

  terminate(): void {
    this.terminated = true;
    this.channel.port1.close();
  }
}

interface Api {
  add(a: number, b: number): Promise<number>;
  wait(): Promise<never>;
  refuse(): Promise<never>;
  until(signal: AbortSignal): Promise<string>;
  count(to: number, tell: (n: number) => void): Promise<string>;
  size(given: { data: Float32Array<ArrayBuffer> }): Promise<number>;
  tile(): Promise<{ data: Float32Array<ArrayBuffer> }>;
}

const methods = {
  add: async (a: number, b: number) => a + b,
  wait: () => new Promise(() => undefined),
  refuse: async () => {
    throw new NadirError('TIFF_CORRUPT', 'cut off', { details: { at: 7 } });
  },
  /** Ends when the signal fires; says how. */
  until: (signal: AbortSignal) =>
    new Promise<string>((resolve) => {
      if (signal.aborted) resolve('fired before');
      signal.addEventListener('abort', () => resolve(String(signal.reason?.name)));
    }),
  count: async (to: number, tell: (n: number) => void) => {
    for (let n = 1; n <= to; n++) tell(n);
    return 'counted';
  },
  size: async (given: { data: Float32Array<ArrayBuffer> }) => given.data.length,
  tile: async () => {
    const data = new Float32Array([1, 2, 3]);
    return moved({ data }, [data.buffer]);
  },
};

function started(worker = new FakeWorker(methods)) {
  const onCrash = vi.fn<(error: NadirError) => void>();
  const client = connect<Api>(Promise.resolve(worker as unknown as Worker), {
    what: 'The fake',
    patience: { firstMs: 60_000, minMs: 30_000 },
    onCrash,
  });
  return { worker, onCrash, client };
}

afterEach(() => void vi.useRealTimers());

describe('connect', () => {
  it('answers, and rebuilds errors with their codes', async () => {
    const { client } = started();
    await expect(client.api.add(1, 2)).resolves.toBe(3);
    await expect(client.api.refuse()).rejects.toMatchObject({ code: 'TIFF_CORRUPT', details: { at: 7 } });
    client.terminate();
  });

  it('rejects pending calls when the worker throws, ends it, and reports once', async () => {
    const { worker, onCrash, client } = started();
    await client.api.add(1, 2);
    const pending = [client.api.wait(), client.api.wait()];
    worker.fail('out of memory');
    worker.fail('again');
    for (const each of pending) {
      await expect(each).rejects.toMatchObject({ code: 'WORKER_CRASHED', details: { reason: 'out of memory' } });
    }
    await expect(client.api.add(1, 2)).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    expect(worker.terminated).toBe(true);
    expect(onCrash).toHaveBeenCalledTimes(1);
  });

  it('says that a worker could not be started if it fails before its first message', async () => {
    const { worker, client } = started();
    const pending = client.api.wait();
    await Promise.resolve();
    worker.fail('');
    await expect(pending).rejects.toThrow(/^The fake could not be started: .*docs\/hosting\.md/);
  });

  it('ends a worker that hangs, and rejects pending calls with the length of the silence', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const { worker, onCrash, client } = started();
    const pending = client.api.wait();
    const outcome = expect(pending).rejects.toMatchObject({
      code: 'WORKER_CRASHED',
      message: 'The fake did not respond for 60 s and was stopped. Try the action again.',
      details: { silentMs: expect.any(Number) },
    });
    await vi.advanceTimersByTimeAsync(61_000);
    await outcome;
    expect(worker.terminated).toBe(true);
    expect(onCrash).toHaveBeenCalledTimes(1);
  });

  it('lets a worker work for long that makes steps meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const { worker, onCrash, client } = started();
    void client.api.wait().catch(() => undefined);
    await Promise.resolve();
    for (let i = 0; i < 20; i++) {
      await vi.advanceTimersByTimeAsync(29_000);
      worker.step();
    }
    expect(onCrash).not.toHaveBeenCalled();
    client.terminate();
  });

  it('finds a steady worker hanging that nobody waits for', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const worker = new FakeWorker(methods);
    const onCrash = vi.fn();
    connect<Api>(Promise.resolve(worker as unknown as Worker), {
      what: 'The fake',
      patience: { firstMs: 30_000, minMs: 30_000 },
      isSteady: true,
      onCrash,
    });
    await vi.advanceTimersByTimeAsync(20_000);
    worker.step();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(onCrash).not.toHaveBeenCalled();
    // A pace of 20 s gives it 200 s.
    await vi.advanceTimersByTimeAsync(180_000);
    expect(onCrash).toHaveBeenCalledTimes(1);
  });

  it('doesn’t count the time in which the worker’s file is fetched', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const onCrash = vi.fn();
    const client = connect<Api>(new Promise(() => undefined), {
      what: 'The fake',
      patience: { firstMs: 1000, minMs: 1000 },
      onCrash,
    });
    void client.api.add(1, 2).catch(() => undefined);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(onCrash).not.toHaveBeenCalled();
    client.terminate();
  });

  it('passes on why a worker could not be had', async () => {
    const onCrash = vi.fn();
    const client = connect<Api>(Promise.reject(new NadirError('PART_MISSING', 'no server')), {
      what: 'The fake',
      patience: { firstMs: 1000, minMs: 1000 },
      onCrash,
    });
    await expect(client.api.add(1, 2)).rejects.toMatchObject({ code: 'PART_MISSING' });
    await expect(client.api.add(1, 2)).rejects.toMatchObject({ code: 'PART_MISSING' });
    expect(onCrash).toHaveBeenCalledTimes(1);
  });

  it('ends on purpose a worker that is still being started', async () => {
    let arrive = (_: Worker) => {};
    const starting = new Promise<Worker>((resolve) => {
      arrive = resolve;
    });
    const client = connect<Api>(starting, { what: 'The fake', patience: { firstMs: 1000, minMs: 1000 } });
    const pending = client.api.add(1, 2);
    client.terminate();
    await expect(pending).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    const worker = new FakeWorker(methods);
    arrive(worker as unknown as Worker);
    await vi.waitFor(() => expect(worker.terminated).toBe(true));
  });
});

describe('what crosses to a worker', () => {
  it('is a signal that fires on the other side', async () => {
    const { client } = started();
    const stop = new AbortController();
    const call = client.api.until(stop.signal);
    await client.api.add(1, 1);
    stop.abort();
    await expect(call).resolves.toBe('AbortError');
  });

  it('is no call at all under a signal that has fired already', async () => {
    const { client } = started();
    await expect(client.api.until(AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('leaves no listener on a signal once the call has ended', async () => {
    const { client } = started();
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const adding = client.api as unknown as { add(a: number, b: number, signal: AbortSignal): Promise<number> };
    for (let n = 0; n < 50; n++) await adding.add(1, n, signal);
    expect(added).toHaveBeenCalledTimes(50);
    await vi.waitFor(() => {
      const gone = new Set(removed.mock.calls.map(([, tell]) => tell));
      expect(added.mock.calls.filter(([, tell]) => !gone.has(tell))).toEqual([]);
    });
  });

  it('is a function that is called back', async () => {
    const { client } = started();
    const told: number[] = [];
    await expect(client.api.count(3, (n) => told.push(n))).resolves.toBe('counted');
    await vi.waitFor(() => expect(told).toEqual([1, 2, 3]));
  });

  it('is a buffer that is moved, there and back', async () => {
    const { client } = started();
    const data = new Float32Array(8);
    await expect(client.api.size(moved({ data }, [data.buffer]))).resolves.toBe(8);
    expect(data.buffer.byteLength).toBe(0);
    expect([...(await client.api.tile()).data]).toEqual([1, 2, 3]);
  });
});
