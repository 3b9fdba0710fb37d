import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/lib/errors.ts';
import { useBrowser } from '../harness/app.ts';
import { asTiff, writeTiff } from '../harness/tiff.ts';

const browser = useBrowser({ webgpu: 'off' });

const good = writeTiff({ width: 64, height: 48, bands: 3, bits: 8 });
const large = writeTiff({ width: 600, height: 400, bands: 3, bits: 8 });

/** The file, and the acceptable error codes. */
const broken: [string, Buffer, ErrorCode[]][] = [
  ['not-a-tiff.tif', Buffer.from('This is a letter, and no image at all.'), ['NOT_AN_IMAGE']],
  ['zero-bytes.tif', Buffer.alloc(0), ['FILE_EMPTY']],
  // The directory is at the end, after the pixels, and is cut off.
  ['truncated.tif', large.subarray(0, 5000), ['TIFF_TRUNCATED', 'TIFF_CORRUPT']],
  [
    'jpeg-2000.tif',
    writeTiff({ width: 64, height: 48, bands: 3, bits: 8, claim: { compression: 34712 } }),
    ['TIFF_COMPRESSION_UNSUPPORTED'],
  ],
  [
    'absurd-header.tif',
    writeTiff({ width: 64, height: 48, bands: 3, bits: 8, claim: { width: 2_000_000_000, height: 2_000_000_000 } }),
    ['IMAGE_TOO_LARGE', 'TIFF_CORRUPT', 'TIFF_TRUNCATED'],
  ],
  ['bad-directory.tif', Buffer.from('49492a00ffffff7f', 'hex'), ['TIFF_TRUNCATED', 'TIFF_CORRUPT']],
];

describe('a file that isn’t an image', () => {
  it('is refused with a sentence and a code, each one, and a good file opens afterwards', async () => {
    const app = await browser.open();
    for (const [name, buffer, codes] of broken) {
      await app.openFile(asTiff(name, buffer));
      const notice = app.page.getByRole('alert').filter({ hasText: name }).first();
      await notice.waitFor({ timeout: 30_000 });
      const text = (await notice.textContent()) ?? '';
      expect(
        codes.some((code) => text.includes(code)),
        `${name}: ${text}`,
      ).toBe(true);
      expect(await app.map.count()).toBe(0);
    }
    await app.openFile(asTiff('good.tif', good));
    await app.map.waitFor();
    expect(await app.page.title()).toContain('good.tif');
    // Another bad file leaves the good scene open.
    const [name, buffer] = broken[0]!;
    await app.openFile(asTiff(name, buffer));
    await app.page.getByRole('alert').filter({ hasText: name }).first().waitFor();
    expect(await app.page.title()).toContain('good.tif');
  });
});

describe('an image of an unusual shape', () => {
  it.each([
    ['one pixel', writeTiff({ width: 1, height: 1, bands: 3, bits: 8 }), 1, 1],
    ['a strip of 100,000 pixels', writeTiff({ width: 100_000, height: 3, bands: 1, bits: 8 }), 100_000, 3],
  ])('%s opens and can be asked about', async (_, buffer, width, height) => {
    const app = await browser.open();
    await app.openFile(asTiff('unusual.tif', buffer));
    await app.map.waitFor();
    expect(await app.page.evaluate(() => globalThis.nadir?.session.layers.active.value?.info)).toMatchObject({
      width,
      height,
    });
    await app.modelReady();
    await app.startTask('Describe', null);
    await app.answered();
    expect((await app.answers())[0]?.status).toBe('done');
  });
});
