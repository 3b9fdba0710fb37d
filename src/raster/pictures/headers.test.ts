import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openRaster } from '../open/open.ts';
import { PICTURES, testContext } from '../testing.ts';
import { blobSource } from '../tiff/byte-source.ts';
import { resetOrientations } from './exif.ts';
import { readJpegHeader, unsupportedJpeg } from './jpeg-header.ts';
import { readJpegMask } from './jpeg-mask.ts';
import { orientationNote } from './orientation.ts';
import { readWebpHeader } from './webp-header.ts';

const bytesOf = (name: string) => new Uint8Array(readFileSync(PICTURES + name));
const open = (bytes: Uint8Array) => openRaster(blobSource(new Blob([new Uint8Array(bytes)])), testContext());

/** The place of the first frame marker (baseline). */
const frameOf = (bytes: Uint8Array) => bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);

function changed(name: string, change: (bytes: Uint8Array, frame: number) => void): Uint8Array {
  const bytes = bytesOf(name);
  change(bytes, frameOf(bytes));
  return bytes;
}

describe('a JPEG’s header', () => {
  it('gives size, components and EXIF’s turn, which is turned off in place', () => {
    const bytes = bytesOf('turned.jpg');
    const header = readJpegHeader(bytes)!;
    expect(header).toMatchObject({ width: 48, height: 32, components: 3, precision: 8 });
    expect(header.orientations.map(({ value }) => value)).toEqual([6]);
    resetOrientations(bytes, header.orientations);
    expect(readJpegHeader(bytes)!.orientations.map(({ value }) => value)).toEqual([1]);
    const before = bytesOf('turned.jpg');
    expect(bytes.filter((byte, i) => byte !== before[i]).length).toBe(1);
  });

  it('is read after any number of other segments', () => {
    const bytes = bytesOf('grey.jpg');
    const segment = Uint8Array.of(0xff, 0xe2, 0xff, 0xff, ...new Uint8Array(0xfffd));
    const parts = [bytes.subarray(0, 2), segment, segment, segment, bytes.subarray(2)];
    expect(readJpegHeader(Uint8Array.from(parts.flatMap((part) => [...part])))).toMatchObject({ components: 1 });
  });

  it.each<[string, (bytes: Uint8Array, frame: number) => void, RegExp]>([
    [
      '12 bits a sample',
      (bytes, frame) => bytes.fill(12, frame + 4, frame + 5),
      /JPEG of 12 bits a sample.*gdal_translate/,
    ],
    ['lossless', (bytes, frame) => bytes.fill(0xc3, frame + 1, frame + 2), /a lossless JPEG/],
    ['arithmetic-coded', (bytes, frame) => bytes.fill(0xc9, frame + 1, frame + 2), /an arithmetic-coded JPEG/],
    ['of two components', (bytes, frame) => bytes.fill(2, frame + 9, frame + 10), /2 components/],
    ['of more pixels than fit', (bytes, frame) => bytes.fill(255, frame + 5, frame + 9), /65535×65535 pixels/],
    ['cut off before its frame', (bytes, frame) => bytes.fill(0, frame), /damaged or cut off/],
  ])('that is %s is refused by name', async (_, change, words) => {
    const error = await open(changed('turned.jpg', change)).catch((thrown) => thrown);
    expect(['NOT_AN_IMAGE', 'IMAGE_TOO_LARGE']).toContain(error.code);
    expect(error.message).toMatch(words);
  });

  it('of the kinds that browsers decode isn’t refused', () => {
    const header = readJpegHeader(bytesOf('turned.jpg'))!;
    for (const [process, components] of [
      [0xc0, 1],
      [0xc1, 3],
      [0xc2, 4],
    ] as const) {
      expect(unsupportedJpeg({ ...header, process, components })).toBeNull();
    }
  });
});

describe('the mask that GDAL appends to a JPEG', () => {
  it('hides the pixels that GDAL hides', async () => {
    const mask = (await readJpegMask(bytesOf('masked.jpg'), 51, 32))!;
    const expected = Array.from({ length: 51 * 32 }, (_, i) => (i % 51 < 24 ? 0 : 1));
    expect([...mask]).toEqual(expected);
  });

  it('is null if the file has none, or it is damaged', async () => {
    expect(await readJpegMask(bytesOf('turned.jpg'), 48, 32)).toBeNull();
    const bytes = bytesOf('masked.jpg');
    bytes.fill(1, bytes.length - 20, bytes.length - 4);
    expect(await readJpegMask(bytes, 51, 32)).toBeNull();
    expect(await readJpegMask(bytesOf('masked.jpg'), 5000, 3000)).toBeNull();
  });
});

describe('a WebP’s header', () => {
  it('gives size, alpha and EXIF’s turn', () => {
    expect(readWebpHeader(bytesOf('turned.webp'))).toMatchObject({ width: 48, height: 32, hasAlpha: false });
    expect(readWebpHeader(bytesOf('turned.webp'))!.orientations.map(({ value }) => value)).toEqual([6]);
    expect(readWebpHeader(bytesOf('faint.webp'))).toMatchObject({ width: 48, height: 32, hasAlpha: true });
  });

  it('that claims a size beyond memory, or zero, is refused', async () => {
    const bytes = bytesOf('turned.webp');
    bytes.fill(255, 24, 30);
    await expect(open(bytes)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
    await expect(open(bytesOf('turned.webp').subarray(0, 20))).rejects.toMatchObject({ code: 'NOT_AN_IMAGE' });
  });
});

it('an orientation is named by what a viewer would do', () => {
  expect([0, 1, 9].map(orientationNote)).toEqual([null, null, null]);
  expect(orientationNote(3)).toContain('turned by 180° (orientation 3)');
});
