import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { asSamples, reverseBits, swapBytes, unpackBits } from '../samples.ts';
import { inflate } from './inflate.ts';
import { lercMask } from './lerc.ts';
import { decodeLzw } from './lzw.ts';
import { decodePackBits } from './packbits.ts';
import { undoFloatingPoint, undoHorizontal } from './predictor.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('LZW', () => {
  it('decodes the worked example of TIFF 6.0 section 13', () => {
    // Codes 256, 7, 258, 8, 8, 258, 6, 6, 257 of 9 bits for 7 7 7 8 8 7 7 6 6.
    const bits = [256, 7, 258, 8, 8, 258, 6, 6, 257].map((code) => code.toString(2).padStart(9, '0')).join('');
    const packed = Uint8Array.from(bits.padEnd(88, '0').match(/.{8}/g)!, (byte) => Number.parseInt(byte, 2));
    expect([...decodeLzw(packed, 9)]).toEqual([7, 7, 7, 8, 8, 7, 7, 6, 6]);
  });

  it('refuses a code that can’t exist, and a stream that ends early', () => {
    expect(() => decodeLzw(bytes(0x80, 0x7f, 0xff, 0xff), 10)).toThrow(/impossible code/);
    expect(() => decodeLzw(bytes(), 10)).toThrow(/ends after 0 of 10/);
  });
});

describe('PackBits', () => {
  it('decodes Apple’s example', () => {
    const packed = bytes(0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa);
    const expected = [
      ...[0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22],
      ...new Array(10).fill(0xaa),
    ];
    expect([...decodePackBits(packed, 24)]).toEqual(expected);
  });

  it('passes over −128', () => {
    expect([...decodePackBits(bytes(0x80, 0x00, 0x05), 1)]).toEqual([5]);
  });
});

describe('Deflate', () => {
  const packed = new Uint8Array(deflateSync(new Uint8Array(5000).fill(9)));

  it('stops at the wanted bytes, whatever follows', async () => {
    expect(await inflate(packed, 5000)).toEqual(new Uint8Array(5000).fill(9));
    expect(await inflate(Uint8Array.from([...packed, 1, 2, 3]), 5000)).toHaveLength(5000);
    expect(await inflate(packed, 7)).toHaveLength(7);
  });

  it('refuses data that end early or are invalid', async () => {
    await expect(inflate(packed, 5001)).rejects.toMatchObject({ code: 'TIFF_CORRUPT' });
    await expect(inflate(packed.slice(0, 8), 5000)).rejects.toMatchObject({ code: 'TIFF_CORRUPT' });
    await expect(inflate(bytes(1, 2, 3, 4), 4)).rejects.toMatchObject({ code: 'TIFF_CORRUPT' });
  });
});

describe('predictors', () => {
  it('add horizontally, per sample of a pixel, restarting in each row', () => {
    const samples = Uint16Array.from([10, 100, 1, 2, 65535, 3, 5, 50, 1, 1]);
    undoHorizontal(samples.subarray(0, 6), 6, 2);
    expect([...samples.subarray(0, 6)]).toEqual([10, 100, 11, 102, 10, 105]);
  });

  it('undo the floating-point one', () => {
    const values = Float32Array.from([1.5, -2.25, 1e-3, 42]);
    const raw = new Uint8Array(values.buffer);
    // Forwards, as TIFF Technical Note 3 states it: group bytes by significance, then difference.
    const grouped = new Uint8Array(16);
    for (let i = 0; i < 4; i++) for (let b = 0; b < 4; b++) grouped[b * 4 + i] = raw[i * 4 + (3 - b)]!;
    const stored = grouped.map((value, i) => (i === 0 ? value : value - grouped[i - 1]!));
    undoFloatingPoint(stored, 16, 1, 4);
    expect(asSamples(stored, 'float32')).toEqual(values);
  });
});

describe('samples', () => {
  it('unpack any width, rows padded to bytes', () => {
    // Two rows of three 4-bit samples: 1 2 3 _, 4 5 6 _.
    expect([...unpackBits(bytes(0x12, 0x30, 0x45, 0x60), 4, 3, 2, 'uint8')]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...unpackBits(bytes(0xab, 0xcd, 0xef), 12, 2, 1, 'uint16')]).toEqual([0xabc, 0xdef]);
    expect([...unpackBits(bytes(0xff, 0xff, 0xff, 0xfe), 31, 1, 1, 'uint32')]).toEqual([2 ** 31 - 1]);
  });

  it('widen half floats', () => {
    const halves = Uint16Array.from([0x3c00, 0xc000, 0x0001, 0x7c00, 0x7e00, 0x7bff]);
    const wide = asSamples(new Uint8Array(halves.buffer), 'float16');
    expect([...wide]).toEqual([1, -2, 2 ** -24, Number.POSITIVE_INFINITY, Number.NaN, 65504]);
  });

  it('turn bytes and bits round', () => {
    const swapped = bytes(1, 2, 3, 4);
    swapBytes(swapped, 2);
    expect([...swapped]).toEqual([2, 1, 4, 3]);
    const reversed = bytes(0b10000000, 0b00010110);
    reverseBits(reversed);
    expect([...reversed]).toEqual([0b00000001, 0b01101000]);
  });

  it('are also read if the bytes don’t start on a boundary', () => {
    const shifted = bytes(0, 1, 0, 2, 0).subarray(1);
    expect([...asSamples(shifted, 'uint16')]).toEqual([1, 2]);
  });
});

describe('lercMask', () => {
  it('is null for what isn’t LERC2', () => {
    expect(lercMask(bytes(1, 2, 3, 4, 5, 6, 7, 8))).toBeNull();
  });
});
