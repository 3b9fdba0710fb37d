import { openAsBlob } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIXTURES, testContext } from '../testing.ts';
import { BlockReader } from './blocks.ts';
import { blobSource } from './byte-source.ts';
import { readDirectories } from './directory.ts';
import { readLayout } from './layout.ts';

async function readerOf(name: string, cacheBytes = 2 ** 24) {
  const blob = await openAsBlob(FIXTURES + name);
  const ranges: number[] = [];
  // Counts the bytes that are really read.
  const counted = Object.assign(blob, {
    slice(from: number, to: number) {
      ranges.push(to - from);
      return Blob.prototype.slice.call(blob, from, to);
    },
  });
  const file = await readDirectories(blobSource(counted));
  const layout = await readLayout(file, file.directories[0]!, 2 ** 26);
  ranges.length = 0;
  return { reader: new BlockReader(file, layout, testContext(cacheBytes), '0', [0]), layout, ranges };
}

describe('BlockReader', () => {
  const strips = (count: number) => Array.from({ length: count }, (_, by) => ({ bx: 0, by, sample: 0 }));

  it('decodes a strip once for many windows, even at the same time', async () => {
    const { reader, layout } = await readerOf('strips-lzw.tif');
    await Promise.all([reader.read(strips(3), null), reader.read(strips(3), null)]);
    await reader.read(strips(3), null);
    expect(reader.decodedBlocks).toBe(3);
    await reader.read(strips(layout.blocksDown), null);
    expect(reader.decodedBlocks).toBe(layout.blocksDown);
  });

  it('fetches neighbouring strips in one read', async () => {
    const { reader, layout, ranges } = await readerOf('one-row-strips.tif');
    expect(layout.blocksDown).toBe(53);
    await reader.read(strips(53), null);
    expect(ranges).toEqual([53 * 67 * 3]);
  });

  it('reads only the blocks asked for', async () => {
    const { reader, ranges } = await readerOf('tiles-raw.tif');
    await reader.read([{ bx: 1, by: 2, sample: 0 }], null);
    expect(ranges).toEqual([16 * 16 * 3]);
  });

  it('decodes again what its cache had no room for', async () => {
    const { reader } = await readerOf('strips-lzw.tif', 67 * 7 * 3);
    await reader.read(strips(2), null);
    await reader.read(strips(1), null);
    expect(reader.decodedBlocks).toBe(3);
  });
});

describe('one giant uncompressed strip', () => {
  it('is read in parts', async () => {
    // 700×900 RGB in a single strip of 1.9 MB, written here: header, one directory, pixels.
    const [width, height] = [700, 900];
    const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7) % 251);
    const entries = [
      [256, 4, 1, width],
      [257, 4, 1, height],
      [258, 3, 1, 8],
      [259, 3, 1, 1],
      [262, 3, 1, 2],
      [273, 4, 1, 8 + 2 + 9 * 12 + 4],
      [277, 3, 1, 3],
      [278, 4, 1, height],
      [279, 4, 1, pixels.length],
    ] as const;
    const head = new DataView(new ArrayBuffer(8 + 2 + entries.length * 12 + 4));
    head.setUint32(0, 0x002a4949, true);
    head.setUint32(4, 8, true);
    head.setUint16(8, entries.length, true);
    entries.forEach(([tag, type, count, value], i) => {
      head.setUint16(10 + i * 12, tag, true);
      head.setUint16(12 + i * 12, type, true);
      head.setUint32(14 + i * 12, count, true);
      head.setUint32(18 + i * 12, value, true);
    });
    const file = await readDirectories(blobSource(new Blob([head.buffer, pixels])));
    const layout = await readLayout(file, file.directories[0]!, 2 ** 26);
    expect(layout.blocksDown).toBeGreaterThan(1);
    expect(layout.storedBlockHeight).toBe(height);
    const reader = new BlockReader(file, layout, testContext(), '0', [0]);
    const last = layout.blocksDown - 1;
    const [block] = await reader.read([{ bx: 0, by: last, sample: 0 }], null);
    const from = last * layout.blockHeight * width * 3;
    expect(block).toEqual(pixels.subarray(from));
  });
});
