/** Writes small TIFF files for the stories, valid or not: little-endian, striped, chunky, uncompressed. */

export interface TiffOptions {
  width: number;
  height: number;
  bands: number;
  bits: 8 | 16;
  /** The sample at a pixel; default: a gradient. */
  sample?: (col: number, row: number, band: number) => number;
  /** False claims in the header, for files that must be refused. */
  claim?: { width?: number; height?: number; compression?: number };
  /** UTM zone 11N with this upper-left corner and pixel size. */
  utm?: { east: number; north: number; pixel: number };
  rowsPerStrip?: number;
}

type Entry = { tag: number; type: 'short' | 'long' | 'double'; values: number[] };
const TYPE = { short: { id: 3, bytes: 2 }, long: { id: 4, bytes: 4 }, double: { id: 12, bytes: 8 } } as const;

export function writeTiff(options: TiffOptions): Buffer {
  const { width, height, bands, bits, claim = {} } = options;
  const sample = options.sample ?? ((col, row, band) => (col * 3 + row * 5 + band * 40) % (bits === 8 ? 256 : 4096));
  const bytes = bits / 8;
  const pixels = Buffer.alloc(width * height * bands * bytes);
  let at = 0;
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      for (let band = 0; band < bands; band++) {
        const value = Math.max(0, Math.round(sample(col, row, band)));
        if (bits === 8) pixels.writeUInt8(Math.min(255, value), at);
        else pixels.writeUInt16LE(Math.min(65535, value), at);
        at += bytes;
      }
    }
  }
  const rowsPerStrip =
    options.rowsPerStrip ?? Math.max(1, Math.min(height, Math.floor(65536 / (width * bands * bytes))));
  const strips = Math.ceil(height / rowsPerStrip);
  const rowBytes = width * bands * bytes;
  const dataStart = 8;
  const stripOffsets = Array.from({ length: strips }, (_, index) => dataStart + index * rowsPerStrip * rowBytes);
  const stripBytes = stripOffsets.map((offset) =>
    Math.min(rowsPerStrip * rowBytes, dataStart + pixels.length - offset),
  );
  const colour = bands >= 3;
  const entries: Entry[] = [
    { tag: 256, type: 'long', values: [claim.width ?? width] },
    { tag: 257, type: 'long', values: [claim.height ?? height] },
    { tag: 258, type: 'short', values: Array.from({ length: bands }, () => bits) },
    { tag: 259, type: 'short', values: [claim.compression ?? 1] },
    { tag: 262, type: 'short', values: [colour ? 2 : 1] },
    { tag: 273, type: 'long', values: stripOffsets },
    { tag: 277, type: 'short', values: [bands] },
    { tag: 278, type: 'long', values: [rowsPerStrip] },
    { tag: 279, type: 'long', values: stripBytes },
    { tag: 284, type: 'short', values: [1] },
    ...(bands > 3 ? [{ tag: 338, type: 'short' as const, values: Array.from({ length: bands - 3 }, () => 0) }] : []),
    ...georeference(options.utm),
  ];
  const directory = writeDirectory(entries, dataStart + pixels.length);
  const header = Buffer.alloc(8);
  header.write('II', 0, 'latin1');
  header.writeUInt16LE(42, 2);
  header.writeUInt32LE(dataStart + pixels.length, 4);
  return Buffer.concat([header, pixels, directory]);
}

function georeference(utm: TiffOptions['utm']): Entry[] {
  if (!utm) return [];
  return [
    { tag: 33550, type: 'double', values: [utm.pixel, utm.pixel, 0] },
    { tag: 33922, type: 'double', values: [0, 0, 0, utm.east, utm.north, 0] },
    // GeoKeys: projected, pixel is area, EPSG:32611, metres.
    {
      tag: 34735,
      type: 'short',
      values: [1, 1, 0, 4, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32611, 3076, 0, 1, 9001],
    },
  ];
}

/** The directory, followed by its long values. Tags must be in ascending order. */
function writeDirectory(entries: Entry[], start: number): Buffer {
  const table = Buffer.alloc(2 + entries.length * 12 + 4);
  const extras: Buffer[] = [];
  let extraAt = start + table.length;
  table.writeUInt16LE(entries.length, 0);
  for (const [index, { tag, type, values }] of entries.entries()) {
    const { id, bytes } = TYPE[type];
    const data = Buffer.alloc(Math.max(4, values.length * bytes));
    for (const [place, value] of values.entries()) {
      if (type === 'short') data.writeUInt16LE(value, place * bytes);
      else if (type === 'long') data.writeUInt32LE(value, place * bytes);
      else data.writeDoubleLE(value, place * bytes);
    }
    const at = 2 + index * 12;
    table.writeUInt16LE(tag, at);
    table.writeUInt16LE(id, at + 2);
    table.writeUInt32LE(values.length, at + 4);
    if (values.length * bytes <= 4) data.copy(table, at + 8, 0, 4);
    else {
      table.writeUInt32LE(extraAt, at + 8);
      extras.push(data);
      extraAt += data.length;
    }
  }
  return Buffer.concat([table, ...extras]);
}

export const asTiff = (name: string, buffer: Buffer) => ({ name, mimeType: 'image/tiff', buffer });
