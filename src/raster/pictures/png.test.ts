import { openAsBlob, readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { namedBands } from '../../imagery/image.ts';
import { openRaster } from '../open/open.ts';
import { readRaw } from '../read/raw.ts';
import { computeHistograms, computeStretch } from '../read/stretch.ts';
import { readBands } from '../read/window.ts';
import { readSidecars } from '../sidecars/read.ts';
import { PICTURES, testContext } from '../testing.ts';
import { blobSource } from '../tiff/byte-source.ts';
import { crc32 } from './png-chunks.ts';

const open = async (bytes: Uint8Array | Blob, sidecars: File[] = []) => {
  const blob = bytes instanceof Blob ? bytes : new Blob([new Uint8Array(bytes)]);
  return openRaster(blobSource(blob), { ...testContext(), sidecars: await readSidecars(sidecars) });
};
const fixture = async (name: string, sidecars: File[] = []) => open(await openAsBlob(PICTURES + name), sidecars);
const bytesOf = (name: string) => new Uint8Array(readFileSync(PICTURES + name));

function chunk(kind: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(new TextEncoder().encode(kind), 4);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out, 4, 8 + data.length));
  return out;
}

interface Made {
  width?: number;
  height?: number;
  bits?: number;
  colour?: number;
  before?: Uint8Array[];
  data?: Uint8Array;
}

/** A PNG with the given header. */
function png({ width = 2, height = 2, bits = 8, colour = 0, before = [], data = rows(2, 2) }: Made): Uint8Array {
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([bits, colour], 8);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10),
    chunk('IHDR', header),
    ...before,
    chunk('IDAT', data),
    chunk('IEND', new Uint8Array(0)),
  ];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const rows = (width: number, height: number) => new Uint8Array(deflateSync(new Uint8Array((width + 1) * height)));

describe('a PNG of 16 bits', () => {
  it('keeps them: sample type, values, stretch, histogram, map and model', async () => {
    const scene = await fixture('wide16.png');
    expect([scene.sampleType, scene.bands.map(({ role }) => role)]).toEqual(['uint16', ['grey']]);
    expect(scene.layout).toBe('decoded whole, 16 bits a sample');
    expect(scene.defaultStretch).toMatchObject({ method: 'percentile', low: 2, high: 98 });
    const [value] = (await scene.readPixel(5, 1))!;
    const [plane] = await scene.levels[0]!.read(0, 0, scene.width, scene.height, [0], null);
    expect(value).toBe(plane![scene.width + 5]);
    expect(value).toBeGreaterThan(255);
    const stretch = await computeStretch(scene, 'percentile', 2, 98);
    const [black, white] = stretch.ranges[0]!;
    expect(white - black).toBeGreaterThan(60_000);
    const [histogram] = await computeHistograms(scene, [0], null);
    expect([histogram!.count, histogram!.max > 65_000]).toEqual([2100, true]);
    const window = { x: 0, y: 0, width: 8, height: 3 };
    const raw = await readRaw(
      scene,
      { scene: 'x', window, outWidth: 8, outHeight: 3, bands: [0], resampling: 'nearest' },
      null,
    );
    expect(raw.data).toBeInstanceOf(Float32Array);
    expect(raw.data[0]).toBe(plane![0]);
    const request = { scene: 'x', window, outWidth: 8, outHeight: 3, bands: namedBands(scene.defaultBands), stretch };
    const tile = await readBands(scene, { ...request, resampling: 'nearest' }, null);
    const expected = Math.min(1, Math.max(0, (plane![1]! - black) / (white - black)));
    expect(tile.data[tile.bands.length]).toBeCloseTo(expected, 5);
  });

  it('hides one grey, and of a colour only the whole', async () => {
    const grey = await fixture('grey16-hidden.png');
    expect(grey.bands[0]!.nodata).toEqual({ value: 1002, low: 1002, high: 1002 });
    const colour = await fixture('rgb16-hidden.png');
    const planes = await colour.levels[0]!.read(0, 0, 13, 11, [0, 1, 2], null);
    const missing = (plane: Float32Array) => plane.filter(Number.isNaN).length;
    expect(missing(planes[0]!)).toBeGreaterThan(0);
    expect(planes.map(missing)).toEqual([missing(planes[0]!), missing(planes[0]!), missing(planes[0]!)]);
    expect(missing(planes[0]!)).toBeLessThan(143 / 2);
  });
});

describe('any PNG', () => {
  it('shows 8 bits unchanged, fewer over their range, and never alpha as a colour', async () => {
    expect((await fixture('rgb8.png')).defaultStretch.method).toBe('none');
    expect((await fixture('grey2.png')).defaultStretch.method).toBe('minmax');
    expect((await fixture('palette2.png')).defaultStretch.method).toBe('none');
    expect((await fixture('rgb-alpha8.png')).defaultBands).toEqual({ red: 0, green: 1, blue: 2, nir: null });
    expect((await fixture('grey-alpha8.png')).defaultBands).toEqual({ red: 0, green: 0, blue: 0, nir: null });
  });

  it('is shown as stored despite its EXIF, with a note', async () => {
    const { width, height, georeference } = await fixture('rgb8-exif-6.png');
    expect([width, height]).toEqual([13, 11]);
    expect(georeference.notes).toEqual([
      'The file asks viewers to show it turned by 90° clockwise (orientation 6); Nadir shows its pixels as stored, as GDAL does.',
    ]);
  });

  it('uses nodata and names from .aux.xml, and a .msk instead of other masks', async () => {
    const [value] = (await (await fixture('grey8.png')).readPixel(3, 2))!;
    const text = `<PAMDataset><PAMRasterBand band="1"><NoDataValue>${value}</NoDataValue><Description>shade</Description></PAMRasterBand></PAMDataset>`;
    const scene = await fixture('grey8.png', [new File([text], 'grey8.png.aux.xml')]);
    expect(scene.bands[0]!.name).toBe('shade');
    expect((await scene.levels[0]!.read(3, 2, 1, 1, [0], null))[0]![0]).toBeNaN();
    const masked = await fixture('grey-alpha8.png', [new File([mask(13, 11)], 'grey-alpha8.png.msk')]);
    const [plane] = await masked.levels[0]!.read(0, 0, 13, 11, [0], null);
    expect([...plane!.subarray(0, 13)].map(Number.isNaN)).toEqual(Array.from({ length: 13 }, (_, i) => i % 2 === 0));
    const other = await fixture('grey8.png', [new File([mask(5, 5)], 'grey8.png.msk')]);
    expect(other.notes[0]).toContain('grey8.png.msk is 5×5 pixels, but the picture is 13×11');
  });
});

/** An uncompressed TIFF whose odd columns are valid. */
function mask(width: number, height: number): Uint8Array<ArrayBuffer> {
  const tags = [
    [256, width],
    [257, height],
    [258, 8],
    [259, 1],
    [262, 1],
    [273, 122],
    [277, 1],
    [278, height],
    [279, width * height],
  ] as const;
  const bytes = new Uint8Array(122 + width * height);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0, 8, 0, 0, 0, tags.length, 0]);
  tags.forEach(([tag, value], i) => {
    view.setUint16(10 + i * 12, tag, true);
    view.setUint16(12 + i * 12, 4, true);
    view.setUint32(14 + i * 12, 1, true);
    view.setUint32(18 + i * 12, value, true);
  });
  for (let i = 0; i < width * height; i++) bytes[122 + i] = (i % width) % 2 ? 255 : 0;
  return bytes;
}

describe('a hostile or damaged PNG is refused with a reason', () => {
  const good = bytesOf('rgb8.png');
  const flipped = (at: number) => good.map((byte, i) => (i === at ? byte ^ 1 : byte));
  const unknown = chunk('ZZZZ', new Uint8Array(3));

  it.each<[string, Uint8Array, string, RegExp]>([
    [
      'claims 2 billion pixels a side',
      png({ width: 2 ** 31 - 1, height: 2 ** 31 - 1 }),
      'IMAGE_TOO_LARGE',
      /gdal_translate/,
    ],
    ['claims more than memory', png({ width: 8192, height: 8192, bits: 16, colour: 6 }), 'IMAGE_TOO_LARGE', /512 MiB/],
    ['is of no size', png({ width: 0 }), 'NOT_AN_IMAGE', /0×2/],
    ['has 3 bits a sample', png({ bits: 3 }), 'NOT_AN_IMAGE', /colour type 0 with 3 bits/],
    ['has colour type 5', png({ colour: 5 }), 'NOT_AN_IMAGE', /colour type 5/],
    ['lacks its palette', png({ colour: 3 }), 'NOT_AN_IMAGE', /palette is missing/],
    ['has a critical chunk of its own', png({ before: [unknown] }), 'NOT_AN_IMAGE', /“ZZZZ”/],
    ['ends before its rows', png({ data: rows(2, 1) }), 'NOT_AN_IMAGE', /end at row 1 of 2/],
    ['holds no zlib data', png({ data: Uint8Array.of(1, 2, 3, 4, 5, 6) }), 'NOT_AN_IMAGE', /can’t be unpacked/],
    [
      'has an unknown filter',
      png({ data: new Uint8Array(deflateSync(Uint8Array.of(9, 0, 0, 0, 0, 0))) }),
      'NOT_AN_IMAGE',
      /filter 9/,
    ],
    ['has a damaged header', flipped(17), 'NOT_AN_IMAGE', /checksum.*“IHDR”/],
    ['has damaged data', flipped(60), 'NOT_AN_IMAGE', /checksum.*“IDAT”/],
    ['went through text mode', flipped(4), 'NOT_AN_IMAGE', /text mode/],
    ['is cut off', good.subarray(0, 200), 'NOT_AN_IMAGE', /end at row|unpacked/],
    ['is cut off in its header', good.subarray(0, 20), 'NOT_AN_IMAGE', /header/],
  ])('that %s', async (_, bytes, code, words) => {
    await expect(open(bytes)).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
  });

  it('but a bomb after a valid picture isn’t unpacked', async () => {
    const data = new Uint8Array(deflateSync(new Uint8Array(200 * 2 ** 20), { level: 9 }));
    let unpackedBytes = 0;
    const count = (chunk: Uint8Array, to: TransformStreamDefaultController) => {
      unpackedBytes += chunk.length;
      to.enqueue(chunk);
    };
    const Real = DecompressionStream;
    vi.stubGlobal('DecompressionStream', function counting(format: CompressionFormat) {
      const { readable, writable } = new Real(format);
      return { writable, readable: readable.pipeThrough(new TransformStream({ transform: count })) };
    });
    try {
      expect((await open(png({ data }))).width).toBe(2);
    } finally {
      vi.unstubAllGlobals();
    }
    expect(unpackedBytes).toBeGreaterThan(0);
    expect(unpackedBytes).toBeLessThan(2 ** 20);
  });

  it('and a damaged ancillary chunk is skipped', async () => {
    const broken = chunk('tRNS', Uint8Array.of(0, 0));
    broken[broken.length - 1]! ^= 1;
    expect((await open(png({ before: [broken] }))).bands[0]!.nodata).toBeUndefined();
  });

  it('leaves nothing reserved', async () => {
    const context = testContext();
    await expect(
      openRaster(blobSource(new Blob([png({ data: rows(2, 1) }) as BlobPart])), context),
    ).rejects.toMatchObject({ code: 'NOT_AN_IMAGE' });
    expect(context.cache.heldBytes).toBe(0);
  });
});
