import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIXTURES } from '../testing.ts';
import { lercSize, webpSize } from './codecs/stated-size.ts';
import { decodeZstd, readFrame } from './codecs/zstd.ts';

/** A Zstandard frame of run-length blocks: 4 bytes each, up to 2 MiB unpacked. No content size in its header. */
function runLengthFrame(blocks: number, size: number): Uint8Array<ArrayBuffer> {
  const bytes = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
  for (let i = 0; i < blocks; i++) {
    const header = (size << 3) | (1 << 1) | (i === blocks - 1 ? 1 : 0);
    bytes.push(header & 255, (header >> 8) & 255, header >> 16, 42);
  }
  return Uint8Array.from(bytes);
}

describe('Zstandard', () => {
  it('unpacks a frame that doesn’t state its size, and skips padding after it', async () => {
    const frame = runLengthFrame(2, 1000);
    const padded = new Uint8Array(frame.length + 7);
    padded.set(frame);
    expect(await decodeZstd(padded, 2000)).toEqual(new Uint8Array(2000).fill(42));
  });

  it('refuses a bomb before unpacking it', async () => {
    const bomb = runLengthFrame(1000, 100_000);
    expect(readFrame(bomb)!.boundBytes).toBe(100_000_000);
    await expect(decodeZstd(bomb, 65_536)).rejects.toMatchObject({ code: 'TIFF_CORRUPT' });
  });

  it('refuses cut-off, damaged and invalid frames', async () => {
    const frame = runLengthFrame(2, 1000);
    await expect(decodeZstd(frame.slice(0, 10), 2000)).rejects.toMatchObject({ code: 'TIFF_CORRUPT' });
    await expect(
      decodeZstd(
        Uint8Array.from({ length: 20 }, (_, i) => i),
        2000,
      ),
    ).rejects.toMatchObject({ code: 'TIFF_CORRUPT' });
    // A block of the reserved type: the library's own loop would never return from it.
    const damaged = frame.slice();
    damaged[6]! |= 6;
    await expect(decodeZstd(damaged, 2000)).rejects.toMatchObject({ code: 'TIFF_CORRUPT' });
  });
});

describe('stated sizes', () => {
  it('of LERC blocks match their tiles', () => {
    const file = readFileSync(`${FIXTURES}lerc.tif`);
    const at = file.indexOf('Lerc2 ');
    const size = lercSize(new Uint8Array(file.subarray(at)));
    // 67 × 53 pixels in strips of 30 rows, as GDAL says.
    expect(size).toMatchObject({ width: 67, height: 30 });
    expect(lercSize(new Uint8Array(40))).toBeNull();
  });

  it('of WebP are read from any of its three chunks', () => {
    const file = readFileSync(`${FIXTURES}webp.tif`);
    const at = file.indexOf('RIFF');
    const size = webpSize(new Uint8Array(file.subarray(at)))!;
    // Tiles of 32 × 32, as GDAL says.
    expect(size).toMatchObject({ width: 32, height: 32 });
    expect(webpSize(new Uint8Array(64))).toBeNull();
  });
});
