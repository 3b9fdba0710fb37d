import { describe, expect, it } from 'vitest';
import { blobSource, stoppableSource, withReadAhead } from './byte-source.ts';

const SIZE = 100_000;
const bytes = Uint8Array.from({ length: SIZE }, (_, i) => (i * 31) % 251);

function counted() {
  const reads: number[] = [];
  const whole = blobSource(new Blob([bytes]));
  const source = withReadAhead({
    ...whole,
    read(offset, length, signal) {
      reads.push(length);
      return whole.read(offset, length, signal);
    },
  });
  return { source, reads };
}

describe('stoppableSource', () => {
  it('ends reads without a signal of their own, even shared ones', async () => {
    const opening = new AbortController();
    const source = withReadAhead(stoppableSource(blobSource(new Blob([bytes])), opening.signal));
    expect(await source.read(0, 4, null)).toEqual(bytes.slice(0, 4));
    opening.abort();
    await expect(source.read(50_000, 4, null)).rejects.toThrow(/abort/i);
    const own = new AbortController().signal;
    expect(await source.read(60_000, 20_000, own)).toEqual(bytes.slice(60_000, 80_000));
  });
});

describe('withReadAhead', () => {
  it('gives the same bytes, also at boundaries and past the end', async () => {
    const { source } = counted();
    for (const [offset, length] of [
      [0, 16],
      [16_380, 8],
      [16_384, 4],
      [SIZE - 3, 10],
      [SIZE + 5, 4],
      [10, 50_000],
      [7, 0],
    ] as const) {
      expect(await source.read(offset, length, null)).toEqual(bytes.slice(offset, offset + length));
    }
  });

  it('reads neighbours once, and large pieces directly', async () => {
    const { source, reads } = counted();
    for (let offset = 0; offset < 16_000; offset += 100) await source.read(offset, 12, null);
    expect(reads).toEqual([16_384]);
    await source.read(100, 20_000, null);
    expect(reads).toEqual([16_384, 20_000]);
  });

  it('hands out copies', async () => {
    const { source } = counted();
    (await source.read(0, 4, null)).fill(255);
    expect(await source.read(0, 4, null)).toEqual(bytes.slice(0, 4));
  });
});
