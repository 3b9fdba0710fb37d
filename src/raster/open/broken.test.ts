import { openAsBlob } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, NadirError } from '../../lib/errors.ts';
import { computeStretch } from '../read/stretch.ts';
import { FIXTURES, openFixture, testContext } from '../testing.ts';
import { blobSource } from '../tiff/byte-source.ts';
import { openRaster } from './open.ts';

async function failureOf(name: string): Promise<NadirError> {
  try {
    const scene = await openFixture(name);
    await computeStretch(scene, 'percentile', 2, 98);
  } catch (error) {
    if (error instanceof NadirError) return error;
    throw error;
  }
  throw new Error(`${name} should have been refused`);
}

const CASES: [string, ErrorCode, RegExp][] = [
  ['broken-empty.tif', 'FILE_EMPTY', /empty/],
  ['broken-text.tif', 'NOT_AN_IMAGE', /not a GeoTIFF/],
  ['broken-header-only.tif', 'TIFF_TRUNCATED', /header/],
  ['broken-truncated.tif', 'TIFF_TRUNCATED', /cut off|past/],
  ['broken-directory-past-end.tif', 'TIFF_TRUNCATED', /cut off/],
  ['broken-absurd-size.tif', 'IMAGE_TOO_LARGE', /4000000000×53/],
  ['broken-zero-width.tif', 'TIFF_CORRUPT', /0×53/],
  ['broken-many-bands.tif', 'TIFF_CORRUPT', /200 bands/],
  ['broken-rows-per-strip.tif', 'TIFF_CORRUPT', /53 blocks/],
  ['broken-lzw-data.tif', 'TIFF_CORRUPT', /LZW|ends after/],
  ['broken-jpeg2000.tif', 'TIFF_COMPRESSION_UNSUPPORTED', /JPEG 2000 \(code 34712\).*gdal_translate/],
  ['broken-old-jpeg.tif', 'TIFF_COMPRESSION_UNSUPPORTED', /old-style JPEG.*gdal_translate/],
  ['broken-lzma.tif', 'TIFF_COMPRESSION_UNSUPPORTED', /LZMA.*gdal_translate/],
  ['broken-ccitt.tif', 'TIFF_COMPRESSION_UNSUPPORTED', /CCITT Group 4/],
  ['broken-int64.tif', 'TIFF_LAYOUT_UNSUPPORTED', /64-bit integers beyond 2\^53/],
  ['webp.tif', 'TIFF_COMPRESSION_UNSUPPORTED', /need a browser/],
];

describe('files that can’t be read', () => {
  it.each(CASES)('%s → %s', async (name, code, words) => {
    const error = await failureOf(name);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
  });

  it('names a Git LFS pointer for what it is', async () => {
    const blob = new Blob(['version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n']);
    await expect(openRaster(blobSource(blob), testContext())).rejects.toThrow(/git lfs pull/);
  });

  it('opens the image of a file whose directories run in a circle', async () => {
    const scene = await openFixture('directory-loop.tif');
    expect([scene.width, scene.height]).toEqual([67, 53]);
  });
});

// Every cut and every flipped byte of a header must end in an answer: a scene or a NadirError, soon, and no crash.
describe('damage at random', () => {
  const tryBytes = async (bytes: Uint8Array<ArrayBuffer>) => {
    try {
      const scene = await openRaster(blobSource(new Blob([bytes])), testContext(16 * 2 ** 20));
      await scene.levels[0]!.read(0, 0, Math.min(16, scene.width), Math.min(16, scene.height), [0], null);
    } catch (error) {
      expect(error).toBeInstanceOf(NadirError);
    }
  };

  it.each(['strips-lzw.tif', 'bigtiff.tif', 'float32-nan.tif', 'lerc.tif', 'jpeg-ycbcr.tif'])(
    '%s',
    async (name) => {
      const whole = new Uint8Array(await (await openAsBlob(FIXTURES + name)).arrayBuffer());
      for (let length = 1; length < whole.length; length += Math.ceil(whole.length / 40)) {
        await tryBytes(whole.slice(0, length));
      }
      let state = 12345;
      const random = (below: number) => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        return state % below;
      };
      for (let round = 0; round < 120; round++) {
        const damaged = whole.slice();
        const inHeader = round % 2 === 0;
        for (let i = 0; i < 4; i++)
          damaged[random(inHeader ? Math.min(600, damaged.length) : damaged.length)] = random(256);
        await tryBytes(damaged);
      }
    },
    120_000,
  );
});
