import type { InferenceSession } from 'onnxruntime-common';
import { describe, expect, it } from 'vitest';
import { NadirError } from '../../lib/errors.ts';
import { type Ort, OrtHost } from './ort-host.ts';

const session = (run: () => Promise<object>) => ({ run }) as unknown as InferenceSession;

describe('OrtHost', () => {
  it('runs one at a time, in order', async () => {
    const host = new OrtHost({} as Ort);
    const log: string[] = [];
    const slow = (name: string, ms: number) =>
      session(async () => {
        log.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, ms));
        log.push(`${name} ends`);
        return {};
      });
    await Promise.all([host.run(slow('a', 20), {}), host.run(slow('b', 1), {}), host.run(slow('c', 5), {})]);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('still runs after a failure', async () => {
    const host = new OrtHost({} as Ort);
    const failing = host.run(
      session(() => Promise.reject(new Error('bad'))),
      {},
    );
    const fine = host.run(
      session(async () => ({ y: 1 })),
      {},
    );
    await expect(failing).rejects.toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('bad') });
    expect(await fine).toEqual({ y: 1 });
  });

  it.each([
    ['std::bad_alloc', 'OUT_OF_MEMORY'],
    ['no available backend found. ERR: [wasm] CompileError: section out of range', 'PART_MISSING'],
    ['no available backend found. ERR: [wasm] RangeError: Out of memory', 'OUT_OF_MEMORY'],
    ['Array buffer allocation failed', 'OUT_OF_MEMORY'],
    ['A valid external Instance reference no longer exists: device is lost', 'DEVICE_LOST'],
    ['something else', 'INTERNAL'],
  ])('reads "%s" as %s', async (message, code) => {
    const host = new OrtHost({} as Ort);
    await expect(host.exclusive(() => Promise.reject(new Error(message)))).rejects.toMatchObject({ code });
  });

  it('passes on our own errors unchanged', async () => {
    const host = new OrtHost({} as Ort);
    const own = new NadirError('MODEL_FILE_MISSING', 'gone');
    await expect(host.exclusive(() => Promise.reject(own))).rejects.toBe(own);
  });
});
