import { crc32, isPng } from '../../src/raster/pictures/png-chunks.ts';

/** Seeded numbers (mulberry32): the same seed gives the same damage on every machine. */
export function makeRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

type Random = (below: number) => number;
type Bytes = Uint8Array<ArrayBuffer>;

/** An entry of a TIFF directory, found in an undamaged file. */
interface Place {
  tag: number;
  at: number;
  type: number;
  count: number;
  /** Where the value or its offset is stored. */
  valueAt: number;
}

interface Layout {
  little: boolean;
  big: boolean;
  entries: Place[];
  /** Where each directory's entry count and link to the next one are stored. */
  directories: { at: number; nextAt: number }[];
}

export interface Mutation {
  kind: string;
  apply(bytes: Bytes, layout: Layout, random: Random): Bytes;
}

const HOSTILE = [0, 1, 2, 3, 7, 255, 256, 65535, 65536, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
/** Sizes, layout, compression, offsets and lengths: they determine allocations and loops. */
const DECISIVE = [
  256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325, 338, 339, 347, 50674,
];

const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)]!;

function setNumber(bytes: Bytes, layout: Layout, at: number, value: number, size: 2 | 4 | 8): void {
  if (at + size > bytes.length) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 2) view.setUint16(at, value & 0xffff, layout.little);
  else if (size === 4) view.setUint32(at, value >>> 0, layout.little);
  else view.setBigUint64(at, BigInt(value), layout.little);
}

const wordSize = (layout: Layout): 4 | 8 => (layout.big ? 8 : 4);

/** The kinds of damage. Each gets a copy that it may modify. */
const MUTATIONS: readonly Mutation[] = [
  {
    kind: 'bytes flipped anywhere',
    apply(bytes, _, random) {
      const count = 1 + random(32);
      for (let i = 0; i < count; i++) bytes[random(bytes.length)]! ^= 1 << random(8);
      return bytes;
    },
  },
  {
    kind: 'bytes replaced in the header and directories',
    apply(bytes, layout, random) {
      const places = layout.entries.map(({ at }) => at);
      for (let i = 0; i < 1 + random(4); i++) {
        const at =
          places.length > 0 && random(4) > 0 ? pick(random, places) + random(12) : random(Math.min(64, bytes.length));
        if (at < bytes.length) bytes[at] = random(256);
      }
      return bytes;
    },
  },
  {
    kind: 'cut off',
    apply: (bytes, _, random) => bytes.slice(0, random(bytes.length)),
  },
  {
    kind: 'a value changed',
    apply(bytes, layout, random) {
      const decisive = layout.entries.filter(({ tag }) => DECISIVE.includes(tag));
      if (decisive.length === 0) return bytes;
      const { valueAt, type } = pick(random, decisive);
      const size = type === 3 ? 2 : type === 16 ? 8 : 4;
      setNumber(bytes, layout, valueAt, random(3) ? pick(random, HOSTILE) : random(2 ** 32), size);
      return bytes;
    },
  },
  {
    kind: 'a count changed',
    apply(bytes, layout, random) {
      if (layout.entries.length === 0) return bytes;
      const { at } = pick(random, layout.entries);
      const huge = layout.big && random(2) ? Number.MAX_SAFE_INTEGER - random(1000) : pick(random, HOSTILE);
      setNumber(bytes, layout, at + 4, huge, wordSize(layout));
      return bytes;
    },
  },
  {
    kind: 'an offset changed',
    apply(bytes, layout, random) {
      const far = layout.entries.filter(({ count }) => count > 1);
      if (far.length === 0) return bytes;
      const choices = [0, 8, random(bytes.length), bytes.length - 1, bytes.length, bytes.length + 1, 2 ** 32 - 1];
      setNumber(bytes, layout, pick(random, far).valueAt, pick(random, choices), wordSize(layout));
      return bytes;
    },
  },
  {
    kind: 'a type or tag changed',
    apply(bytes, layout, random) {
      if (layout.entries.length === 0) return bytes;
      const { at } = pick(random, layout.entries);
      if (random(2)) setNumber(bytes, layout, at + 2, random(20), 2);
      else setNumber(bytes, layout, at, pick(random, DECISIVE), 2);
      return bytes;
    },
  },
  {
    kind: 'block offsets and lengths changed',
    apply(bytes, layout, random) {
      const lists = layout.entries.filter(({ tag, count }) => [273, 279, 324, 325].includes(tag) && count > 1);
      if (lists.length === 0) return bytes;
      const { valueAt, type, count } = pick(random, lists);
      const size = type === 3 ? 2 : type === 16 ? 8 : 4;
      const view = new DataView(bytes.buffer);
      if (valueAt + 4 > bytes.length) return bytes;
      const start = layout.big
        ? Number(view.getBigUint64(valueAt, layout.little))
        : view.getUint32(valueAt, layout.little);
      for (let i = 0; i < 1 + random(3); i++) {
        setNumber(
          bytes,
          layout,
          start + random(Math.min(count, 4096)) * size,
          pick(random, [...HOSTILE, random(bytes.length)]),
          size,
        );
      }
      return bytes;
    },
  },
  {
    kind: 'directories linked in a circle',
    apply(bytes, layout, random) {
      if (layout.directories.length === 0) return bytes;
      const { nextAt } = pick(random, layout.directories);
      const target = random(3) ? pick(random, layout.directories).at : random(bytes.length);
      setNumber(bytes, layout, nextAt, target, wordSize(layout));
      return bytes;
    },
  },
  {
    kind: 'a directory claims many entries',
    apply(bytes, layout, random) {
      if (layout.directories.length === 0) return bytes;
      const { at } = pick(random, layout.directories);
      setNumber(bytes, layout, at, pick(random, HOSTILE), layout.big ? 8 : 2);
      return bytes;
    },
  },
  {
    kind: 'a stretch overwritten',
    apply(bytes, _, random) {
      const from = random(bytes.length);
      const fill = pick(random, [0, 255, -1]);
      const end = Math.min(bytes.length, from + 1 + random(2048));
      for (let at = from; at < end; at++) bytes[at] = fill < 0 ? random(256) : fill;
      return bytes;
    },
  },
  {
    kind: 'bytes put in or taken out',
    apply(bytes, _, random) {
      const at = random(bytes.length);
      const count = 1 + random(64);
      if (random(2))
        return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(Math.min(bytes.length, at + count))]);
      return Uint8Array.from([
        ...bytes.subarray(0, at),
        ...Array.from({ length: count }, () => random(256)),
        ...bytes.subarray(at),
      ]);
    },
  },
];

/** Applies one to three kinds of damage to a copy of `good`; `kinds` describes them. */
export function mutate(good: Bytes, seed: number): { bytes: Bytes; kinds: string[] } {
  const random = makeRandom(seed);
  const layout = findLayout(good);
  let bytes: Bytes = good.slice();
  const kinds: string[] = [];
  const rounds = [1, 1, 1, 2, 3][random(5)]!;
  for (let i = 0; i < rounds && bytes.length > 0; i++) {
    const mutation = pick(random, MUTATIONS);
    bytes = mutation.apply(bytes, layout, random);
    kinds.push(mutation.kind);
  }
  // A damaged PNG usually fails at a checksum; correcting it tests the rest of the decoder.
  if (isPng(good) && random(4) > 0) {
    repairChecksums(bytes);
    kinds.push('checksums made right');
  }
  return { bytes, kinds };
}

/** Corrects the checksums of a PNG's chunks, as far as the chunks can be followed. */
function repairChecksums(bytes: Bytes): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) return;
    view.setUint32(end, crc32(bytes, at + 4, end));
    at = end + 4;
  }
}

/** Directories of an intact file. For anything else (a PNG, a damaged file) nothing is found, and damage is random. */
function findLayout(bytes: Bytes): Layout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const layout: Layout = { little: bytes[0] === 0x49, big: false, entries: [], directories: [] };
  try {
    const magic = view.getUint16(2, layout.little);
    if (magic !== 42 && magic !== 43) return layout;
    layout.big = magic === 43;
    const word = (at: number) =>
      layout.big ? Number(view.getBigUint64(at, layout.little)) : view.getUint32(at, layout.little);
    const entrySize = layout.big ? 20 : 12;
    for (let at = word(layout.big ? 8 : 4); at !== 0 && layout.directories.length < 8; ) {
      const count = layout.big ? word(at) : view.getUint16(at, layout.little);
      const first = at + (layout.big ? 8 : 2);
      for (let i = 0; i < Math.min(count, 100); i++) {
        const entry = first + i * entrySize;
        layout.entries.push({
          tag: view.getUint16(entry, layout.little),
          at: entry,
          type: view.getUint16(entry + 2, layout.little),
          count: word(entry + 4),
          valueAt: entry + (layout.big ? 12 : 8),
        });
      }
      const nextAt = first + count * entrySize;
      layout.directories.push({ at, nextAt });
      at = word(nextAt);
    }
  } catch (thrown) {
    // Read past the end of a file that is already damaged.
    if (!(thrown instanceof RangeError)) throw thrown;
  }
  return layout;
}
