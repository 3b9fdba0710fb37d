import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

/**
 * Large files as analysts have them, generated here so that nobody needs to download gigabytes to repeat a measurement.
 */
export interface BigFile {
  name: string;
  about: string;
  width: number;
  height: number;
  /** Writes the file; `path` doesn't exist yet. */
  make(path: string): void;
}

const UTM = { east: 400_000, north: 5_500_000, pixel: 0.5 };

export const BIG_FILES: readonly BigFile[] = [
  {
    name: 'striped-deflate.tif',
    about: '20,000 × 20,000 16-bit, one-row Deflate strips, no overviews (0.8 GB unpacked)',
    width: 20_000,
    height: 20_000,
    make: (path) => makeStriped(path, 20_000, 20_000, 'deflate'),
  },
  {
    name: 'striped-plain.tif',
    about: '20,000 × 20,000 16-bit, one-row uncompressed strips, no overviews (what QGIS writes), 0.8 GB',
    width: 20_000,
    height: 20_000,
    make: (path) => makeStriped(path, 20_000, 20_000, 'none'),
  },
  {
    name: 'bigtiff-plain.tif',
    about:
      'BigTIFF, 50,000 × 50,000 16-bit, one-row uncompressed strips, no overviews, 5 GB; rows 1 in 8 written, the rest holes of the file system',
    width: 50_000,
    height: 50_000,
    make: (path) => makeStriped(path, 50_000, 50_000, 'none', 8),
  },
];

/** The file's path; creates the file on the first call. Returns how long that took; 0 if it existed. */
export function ensureBigFile(folder: string, file: BigFile): { path: string; madeMs: number } {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, file.name);
  if (existsSync(path)) return { path, madeMs: 0 };
  const start = performance.now();
  file.make(`${path}.part`);
  renameSync(`${path}.part`, path);
  return { path, madeMs: performance.now() - start };
}

/** Hills and fields in 16 bits, in steps of 16 so that they compress like real scenes (to about a quarter). */
function makeRow(width: number): (row: number, out: Uint16Array) => void {
  const waves = Float64Array.from({ length: width }, (_, col) => Math.sin(col / 900));
  const fields = Float64Array.from({ length: width }, (_, col) => ((col >> 7) * 2654435761) % 1024);
  return (row, out) => {
    const slow = Math.cos(row / 700) * 2600;
    const field = ((row >> 7) * 40503) % 1024;
    for (let col = 0; col < width; col++) {
      const noise = ((col * 1103515245 + row * 12345) >>> 16) & 0x3f;
      out[col] = (5000 + waves[col]! * slow + ((fields[col]! + field) % 1024) + noise) & 0xfff0;
    }
  };
}

/**
 * 16-bit, one row per strip, in UTM zone 33N. `every`: writes one band of 64 rows out of this many; the others stay
 * holes (zeros that take no disk space).
 */
export function makeStriped(
  path: string,
  width: number,
  height: number,
  compression: 'none' | 'deflate',
  every = 1,
): void {
  const file = openSync(path, 'w');
  const row = new Uint16Array(width);
  const bytes = new Uint8Array(row.buffer);
  const fill = makeRow(width);
  const offsets = new Float64Array(height);
  const counts = new Float64Array(height);
  let at = 16;
  for (let y = 0; y < height; y++) {
    const written = Math.floor(y / 64) % every === 0;
    if (written) fill(y, row);
    const strip = compression === 'deflate' ? deflateSync(bytes, { level: 1 }) : bytes;
    offsets[y] = at;
    counts[y] = strip.length;
    if (written) writeSync(file, strip, 0, strip.length, at);
    at += strip.length;
  }
  ftruncateSync(file, at);
  const big = at > 4e9;
  const tail = directory(width, height, compression, offsets, counts, at, big);
  writeSync(file, tail, 0, tail.length, at);
  writeSync(file, header(at, big), 0, big ? 16 : 8, 0);
  closeSync(file);
  if (statSync(path).size !== at + tail.length) throw new Error(`${path} came out at another size`);
}

function header(directoryAt: number, big: boolean): Buffer {
  const out = Buffer.alloc(16);
  out.write('II', 0, 'latin1');
  out.writeUInt16LE(big ? 43 : 42, 2);
  if (big) {
    out.writeUInt16LE(8, 4);
    out.writeBigUInt64LE(BigInt(directoryAt), 8);
  } else {
    out.writeUInt32LE(directoryAt, 4);
  }
  return out;
}

/** An image directory and its long values, to be placed at byte `start`. */
function directory(
  width: number,
  height: number,
  compression: 'none' | 'deflate',
  offsets: Float64Array,
  counts: Float64Array,
  start: number,
  big: boolean,
): Buffer {
  const word = big ? 8 : 4;
  const long = big ? 16 : 4;
  const entries: [tag: number, type: number, values: ArrayLike<number>][] = [
    [256, 4, [width]],
    [257, 4, [height]],
    [258, 3, [16]],
    [259, 3, [compression === 'deflate' ? 8 : 1]],
    [262, 3, [1]],
    [273, long, offsets],
    [277, 3, [1]],
    [278, 4, [1]],
    [279, 4, counts],
    [339, 3, [1]],
    [33550, 12, [UTM.pixel, UTM.pixel, 0]],
    [33922, 12, [0, 0, 0, UTM.east, UTM.north, 0]],
    [34735, 3, [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32633]],
  ];
  const sizes: Record<number, number> = { 3: 2, 4: 4, 12: 8, 16: 8 };
  const countBytes = big ? 8 : 2;
  const fixed = countBytes + entries.length * (big ? 20 : 12) + word;
  let far = fixed;
  const total = entries.reduce((sum, [, type, values]) => sum + inFar(sizes[type]! * values.length, word), fixed);
  const out = Buffer.alloc(total);
  const writeWord = (value: number, at: number) =>
    big ? out.writeBigUInt64LE(BigInt(value), at) : out.writeUInt32LE(value, at);
  if (big) out.writeBigUInt64LE(BigInt(entries.length), 0);
  else out.writeUInt16LE(entries.length, 0);
  entries.forEach(([tag, type, values], i) => {
    const at = countBytes + i * (big ? 20 : 12);
    out.writeUInt16LE(tag, at);
    out.writeUInt16LE(type, at + 2);
    writeWord(values.length, at + 4);
    const valueAt = at + 4 + word;
    const bytes = sizes[type]! * values.length;
    let target = valueAt;
    if (bytes > word) {
      writeWord(start + far, valueAt);
      target = far;
      far += bytes;
    }
    for (let j = 0; j < values.length; j++) {
      if (type === 3) out.writeUInt16LE(values[j]!, target + j * 2);
      else if (type === 4) out.writeUInt32LE(values[j]!, target + j * 4);
      else if (type === 12) out.writeDoubleLE(values[j]!, target + j * 8);
      else out.writeBigUInt64LE(BigInt(values[j]!), target + j * 8);
    }
  });
  return out;
}

const inFar = (bytes: number, word: number) => (bytes > word ? bytes : 0);
