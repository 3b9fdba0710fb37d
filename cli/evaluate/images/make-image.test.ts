import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, inflateSync } from 'node:zlib';
import { fromArrayBuffer } from 'geotiff';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Rgb } from './defects.ts';
import { imageHash, makeImage, type PageImage } from './make-image.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nadir-make-image-'));
});

/** Stands for a decoder: the file's first byte is the grey of a 4 × 3 image. */
const decode = async (file: Buffer): Promise<Rgb> => ({
  width: 4,
  height: 3,
  data: new Uint8Array(4 * 3 * 3).fill(file[0]!),
});
const write = (name: string, grey: number) => {
  const path = join(folder, name);
  writeFileSync(path, Buffer.from([grey, 1, 2]));
  return path;
};

async function bandsOf(
  file: PageImage['main'],
): Promise<{ name: string; bands: number[]; width: number; height: number }> {
  if (typeof file === 'string' || Array.isArray(file)) throw new Error('expected one image made in memory');
  const bytes = new Uint8Array(file.buffer).buffer;
  const image = await (await fromArrayBuffer(bytes)).getImage();
  const rasters = await image.readRasters();
  return {
    name: file.name,
    bands: [...rasters].map((band) => Number((band as Uint8Array)[5])),
    width: image.getWidth(),
    height: image.getHeight(),
  };
}

/** Reads an unfiltered 8-bit RGB PNG with one IDAT chunk, sums checked. */
function pixelsOf(file: PageImage['main']): { name: string; width: number; height: number; pixels: number[] } {
  if (typeof file === 'string' || Array.isArray(file)) throw new Error('expected one image made in memory');
  const { buffer, name } = file;
  expect(buffer.subarray(1, 4).toString('latin1')).toBe('PNG');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < buffer.length; ) {
    const length = buffer.readUInt32BE(at);
    const body = buffer.subarray(at + 4, at + 8 + length);
    expect(buffer.readUInt32BE(at + 8 + length)).toBe(crc32(body));
    chunks.set(body.subarray(0, 4).toString('latin1'), body.subarray(4));
    at += 12 + length;
  }
  const width = chunks.get('IHDR')!.readUInt32BE(0);
  const height = chunks.get('IHDR')!.readUInt32BE(4);
  const rows = inflateSync(chunks.get('IDAT')!);
  const pixels = [...rows].filter((_, index) => index % (1 + width * 3) !== 0);
  return { name, width, height, pixels };
}

describe('images made in memory', () => {
  it('combine near infrared with red, green and blue in a TIFF that other readers open', async () => {
    const rgb = write('a.jpg', 50);
    const nir = write('n.jpg', 90);
    const four = await bandsOf((await makeImage({ kind: 'bands', rgb, nir }, decode)).main);
    expect(four).toEqual({ name: 'a.rgbn.tif', bands: [50, 50, 50, 90], width: 4, height: 3 });
    const three = await bandsOf((await makeImage({ kind: 'bands', rgb, nir: null }, decode)).main);
    expect(three).toMatchObject({ name: 'a.rgb.tif', bands: [50, 50, 50] });
  });

  it('spoil an image, or carry it through unchanged', async () => {
    const path = write('a.jpg', 50);
    const recipe = { kind: 'defect', path, severity: 0, seed: 1 } as const;
    const clean = pixelsOf((await makeImage({ ...recipe, defect: null }, decode)).main);
    expect(clean).toEqual({ name: 'a.clean-1.png', width: 4, height: 3, pixels: new Array(36).fill(50) });
    const over = pixelsOf((await makeImage({ ...recipe, defect: 'overexposure' }, decode)).main);
    expect(over).toMatchObject({ name: 'a.overexposure-1.png', pixels: new Array(36).fill(255) });
  });

  it('place a picture by files beside it, in metres', async () => {
    const { main } = await makeImage({ kind: 'placed', path: write('chip.jpg', 7), gsdMetres: 10 }, decode);
    const files = main as Extract<typeof main, unknown[]>;
    expect(files.map(({ name }) => name)).toEqual(['chip.jpg', 'chip.jgw', 'chip.prj']);
    expect(files[0]!.buffer[0]).toBe(7);
    expect(files[1]!.buffer.toString()).toMatch(/^10\n0\n0\n-10\n/);
  });

  it('place bands by the TIFF itself', async () => {
    const { main } = await makeImage({ kind: 'bands', rgb: write('a.jpg', 50), nir: null, gsdMetres: 5 }, decode);
    if (typeof main === 'string' || Array.isArray(main)) throw new Error('expected one image made in memory');
    const image = await (await fromArrayBuffer(new Uint8Array(main.buffer).buffer)).getImage();
    expect(image.getResolution().slice(0, 2)).toEqual([5, -5]);
  });

  it('give a pair as the later image plus the earlier one', async () => {
    expect(await makeImage({ kind: 'pair', before: '/b.jpg', after: '/a.jpg' }, decode)).toEqual({
      main: '/a.jpg',
      before: '/b.jpg',
    });
  });
});

describe('the name of an image', () => {
  it('follows the bytes, not the path', () => {
    const here = { kind: 'file', path: write('a.jpg', 50) } as const;
    const there = { kind: 'file', path: write('b.jpg', 50) } as const;
    expect(imageHash(here)).toBe(imageHash(there));
    expect(imageHash({ kind: 'file', path: write('c.jpg', 51) })).not.toBe(imageHash(here));
  });

  it('differs by what is made of the bytes', () => {
    const path = write('a.jpg', 50);
    const recipe = { kind: 'defect', path, defect: 'blur', severity: 0, seed: 1 } as const;
    const names = [
      imageHash({ kind: 'file', path }),
      imageHash(recipe),
      imageHash({ ...recipe, severity: 1 }),
      imageHash({ ...recipe, defect: 'noise' }),
      imageHash({ kind: 'bands', rgb: path, nir: null }),
      imageHash({ kind: 'bands', rgb: path, nir: path }),
      imageHash({ kind: 'bands', rgb: path, nir: path, gsdMetres: 5 }),
      imageHash({ kind: 'placed', path, gsdMetres: 10 }),
      imageHash({ kind: 'placed', path, gsdMetres: 20 }),
    ];
    expect(new Set(names).size).toBe(names.length);
  });

  it('is refused for a file that is not there', () => {
    expect(() => imageHash({ kind: 'file', path: join(folder, 'none.jpg') })).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
  });
});
