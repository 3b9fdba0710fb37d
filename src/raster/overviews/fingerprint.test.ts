import { expect, it } from 'vitest';
import { blobSource } from '../tiff/byte-source.ts';
import { fingerprint } from './fingerprint.ts';

const print = (content: Uint8Array<ArrayBuffer>, name = 'tile.tif', lastModified = 1) =>
  fingerprint(blobSource(new File([content], name, { lastModified })), []);

function bytes(size: number, change?: number): Uint8Array<ArrayBuffer> {
  const content = new Uint8Array(size);
  if (change !== undefined) content[change] = 1;
  return content;
}

it('distinguishes files of the same name, size and time by any byte, up to 32 MiB', async () => {
  const size = 3_000_000;
  const prints = await Promise.all([undefined, 0, 70_000, 1_500_001, size - 1].map((at) => print(bytes(size, at))));
  expect(new Set(prints).size).toBe(5);
});

it('distinguishes larger ones by ends and samples, and by their time', async () => {
  const size = 40 * 2 ** 20;
  const plain = await print(bytes(size));
  expect(await print(bytes(size, size - 1))).not.toBe(plain);
  expect(await print(bytes(size).fill(1, size / 2, size / 2 + 2 ** 20))).not.toBe(plain);
  expect(await print(bytes(size), 'tile.tif', 2)).not.toBe(plain);
});

it('recognises a file under another name', async () => {
  expect(await print(bytes(1000, 5), 'renamed.tif')).toBe(await print(bytes(1000, 5)));
});
