import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BitReader, huffmanTable, JpegDamage } from './bits.ts';
import { JpegDecoder } from './decoder.ts';
import { toPixels } from './picture.ts';

/** 53×38 pixels each; what GDAL makes of them is compared in cli/check-imagery/check.test.ts. */
function fixture(name: string): Uint8Array {
  const file = readFileSync(new URL(`../../../e2e/fixtures/values/jpeg-${name}.tif`, import.meta.url));
  const end = file.indexOf(Buffer.from([0xff, 0xd9])) + 2;
  return new Uint8Array(file.subarray(file.indexOf(Buffer.from([0xff, 0xd8])), end));
}

const PIXELS = 53 * 38;
const decode = (data: Uint8Array, maxPixels = PIXELS) => new JpegDecoder().decode(data, maxPixels);
const damage = (words: RegExp) =>
  expect.objectContaining({ constructor: JpegDamage, message: expect.stringMatching(words) });

/** The position of the first segment with this marker. */
function placeOf(data: Uint8Array, marker: number): number {
  for (let at = 2; at + 3 < data.length; at += 2 + ((data[at + 2]! << 8) | data[at + 3]!)) {
    if (data[at + 1] === marker) return at;
  }
  throw new Error(`no marker ${marker.toString(16)}`);
}

function without(data: Uint8Array, marker: number): Uint8Array {
  const at = placeOf(data, marker);
  const length = 2 + ((data[at + 2]! << 8) | data[at + 3]!);
  return Uint8Array.from([...data.subarray(0, at), ...data.subarray(at + length)]);
}

describe('Huffman codes', () => {
  it('of up to 16 bits are distinguished, also after a stuffed byte', () => {
    // One code each of 1, 2 … 16 bits: 0, 10, 110 …; their symbols are their lengths.
    const table = huffmanTable(
      new Uint8Array(16).fill(1),
      Uint8Array.from({ length: 16 }, (_, i) => i + 1),
    );
    const bits = [3, 1, 16, 10, 2]
      .map((length) => `${'1'.repeat(length - 1)}0`)
      .join('')
      .padEnd(40, '1');
    const bytes = bits.match(/.{8}/g)!.flatMap((byte) => {
      const value = Number.parseInt(byte, 2);
      return value === 0xff ? [value, 0] : [value];
    });
    const reader = new BitReader(Uint8Array.from(bytes), 0);
    expect([1, 2, 3, 4, 5].map(() => reader.symbol(table))).toEqual([3, 1, 16, 10, 2]);
    reader.check();
  });

  it('that are impossible, unassigned or missing are damage', () => {
    const counts = new Uint8Array(16);
    counts[0] = 3;
    expect(() => huffmanTable(counts, Uint8Array.of(1, 2, 3))).toThrow(damage(/impossible/));
    counts[0] = 1;
    const table = huffmanTable(counts, Uint8Array.of(7));
    expect(() => new BitReader(Uint8Array.of(0xfe, 0xfe, 0xfe), 0).symbol(table)).toThrow(damage(/not in its table/));
    const ended = new BitReader(Uint8Array.of(), 0);
    ended.symbol(table);
    expect(() => ended.check()).toThrow(damage(/end early/));
  });

  it('give signed values', () => {
    // 1 bit: −1, 1. 3 bits: 000 = −7, 011 = −4, 100 = 4, 111 = 7.
    const reader = new BitReader(Uint8Array.of(0b01000011, 0b10011100), 0);
    expect([1, 1, 3, 3, 3, 3].map((bits) => reader.signed(bits))).toEqual([-1, 1, -7, -4, 4, 7]);
  });
});

describe('JPEG', () => {
  it('gives its size, and a restart changes nothing', () => {
    const { frame, isYCbCr } = decode(fixture('2x2-restarts'));
    expect([frame.width, frame.height, frame.components.length, isYCbCr]).toEqual([53, 38, 3, true]);
    expect(toPixels(frame, 38, true)).toHaveLength(PIXELS * 3);
    expect(toPixels(frame, 5, true)).toEqual(toPixels(frame, 38, true).subarray(0, 53 * 5 * 3));
  });

  it('recognises RGB by Adobe’s marker or by component names, unless JFIF means YCbCr', () => {
    const jfif = fixture('1x1');
    const plain = without(jfif, 0xe0);
    const adobe = (transform: number) => [0xff, 0xee, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, transform];
    const withAdobe = (data: Uint8Array, transform: number) =>
      Uint8Array.from([...data.subarray(0, 2), ...adobe(transform), ...data.subarray(2)]);
    const named = plain.slice();
    const [frame, scan] = [placeOf(named, 0xc0), placeOf(named, 0xda)];
    [...Buffer.from('RGB')].forEach((letter, i) => {
      named[frame + 10 + 3 * i] = letter;
      named[scan + 5 + 2 * i] = letter;
    });
    const cases = [jfif, plain, withAdobe(plain, 1), withAdobe(plain, 0), named, withAdobe(jfif, 0)];
    expect(cases.map((data) => decode(data).isYCbCr)).toEqual([true, true, true, false, false, true]);
  });

  it('uses tables from an earlier stream', () => {
    const whole = fixture('2x2-restarts');
    const at = placeOf(whole, 0xdb);
    const length = 2 + ((whole[at + 2]! << 8) | whole[at + 3]!);
    const tables = Uint8Array.from([0xff, 0xd8, ...whole.subarray(at, at + length), 0xff, 0xd9]);
    const decoder = new JpegDecoder();
    decoder.readTables(tables);
    const rest = decoder.decode(whole, PIXELS);
    expect(toPixels(rest.frame, 38, true)).toEqual(toPixels(decode(whole).frame, 38, true));
    expect(() => new JpegDecoder().readTables(whole)).toThrow(JpegDamage);
  });

  it.each([
    ['that is larger than expected', (data: Uint8Array) => decode(data, PIXELS - 1), /more than expected/],
    ['without its quantisation tables', (data: Uint8Array) => decode(without(data, 0xdb)), /quantisation table/],
    ['without its Huffman tables', (data: Uint8Array) => decode(without(data, 0xc4)), /Huffman table/],
    ['without its frame', (data: Uint8Array) => decode(without(data, 0xc0)), /before its frame header/],
    ['without data', (data: Uint8Array) => decode(data.subarray(0, placeOf(data, 0xda))), /end early/],
    [
      'of two frames',
      (data: Uint8Array) => {
        const at = placeOf(data, 0xc0);
        return decode(Uint8Array.from([...data.subarray(0, at), ...data.subarray(at, at + 19), ...data.subarray(at)]));
      },
      /several pictures/,
    ],
    ['of no sampling', (data: Uint8Array) => decode(data.with(placeOf(data, 0xc0) + 11, 0)), /sampled 0×0/],
    ['of 12 bits', (data: Uint8Array) => decode(data.with(placeOf(data, 0xc0) + 4, 12)), /12 bits/],
    ['of arithmetic coding', (data: Uint8Array) => decode(data.with(placeOf(data, 0xc0) + 1, 0xc9)), /arithmetic/],
    ['of lossless coding', (data: Uint8Array) => decode(data.with(placeOf(data, 0xc0) + 1, 0xc3)), /lossless/],
    ['that is none', () => decode(Uint8Array.of(1, 2, 3)), /does not start/],
    ['of fill bytes', () => decode(Uint8Array.from([0xff, 0xd8, ...new Array(64).fill(0xff)])), /no picture/],
  ])('%s is refused by name', (_, run, words) => {
    expect(() => run(fixture('1x1'))).toThrow(damage(words));
  });

  it.each(['2x2', '2x2-progressive', '2x2-restarts'])('%s cut off anywhere in its data is refused', (name) => {
    const data = fixture(name);
    const start = placeOf(data, 0xda);
    for (let length = start; length < data.length - 40; length += 7) {
      expect(() => decode(data.subarray(0, length)), `${length} bytes`).toThrow(JpegDamage);
    }
  });

  it.each(['2x2', '4x2', '2x2-progressive', '2x2-restarts'])(
    '%s damaged at random comes to pixels or to damage',
    (name) => {
      const good = fixture(name);
      let seed = 1;
      const random = (below: number) => {
        seed = (seed * 48271) % 2147483647;
        return seed % below;
      };
      for (let i = 0; i < 400; i++) {
        const data = good.slice();
        for (let changes = 1 + random(4); changes > 0; changes--) data[random(data.length)] = random(256);
        try {
          const { frame } = decode(data, 4 * PIXELS);
          toPixels(frame, frame.height, true);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(JpegDamage);
        }
      }
    },
  );
});
