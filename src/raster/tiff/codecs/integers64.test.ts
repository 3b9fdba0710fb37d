import { describe, expect, it } from 'vitest';
import { asDoubles, halvesOf, undoHorizontal64 } from './integers64.ts';

const bytesOf = (values: BigInt64Array | BigUint64Array) => new Uint8Array(values.buffer);

describe('64-bit integers', () => {
  it('are exact up to 2^53, from any offset in memory', () => {
    const signed = [0n, -1n, 4_294_967_296n, -4_294_967_297n, 2n ** 53n, -(2n ** 53n)];
    const bytes = bytesOf(BigInt64Array.from(signed));
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    for (const from of [bytes, shifted.subarray(1)])
      expect([...asDoubles(halvesOf(from), true)]).toEqual(signed.map(Number));
    const unsigned = [0n, 4_294_967_295n, 2n ** 40n + 1n, 2n ** 53n];
    expect([...asDoubles(halvesOf(bytesOf(BigUint64Array.from(unsigned))), false)]).toEqual(unsigned.map(Number));
  });

  it.each([
    [true, [2n ** 53n + 2n]],
    [true, [-(2n ** 60n)]],
    [false, [2n ** 63n]],
  ])('are refused beyond (signed: %s)', (isSigned, values) => {
    const bytes = bytesOf(isSigned ? BigInt64Array.from(values) : BigUint64Array.from(values));
    expect(() => asDoubles(halvesOf(bytes), isSigned)).toThrow(
      expect.objectContaining({ code: 'TIFF_LAYOUT_UNSUPPORTED', message: expect.stringContaining('-ot Float64') }),
    );
  });

  it('may be the extremes of their type, which stand for nodata and compare equal to it', () => {
    const signed = bytesOf(BigInt64Array.from([-(2n ** 63n), 2n ** 63n - 1n]));
    expect([...asDoubles(halvesOf(signed), true)]).toEqual([
      Number('-9223372036854775808'),
      Number('9223372036854775807'),
    ]);
    const unsigned = bytesOf(BigUint64Array.from([2n ** 64n - 1n]));
    expect([...asDoubles(halvesOf(unsigned), false)]).toEqual([Number('18446744073709551615')]);
  });

  it('add up their differences modulo 2^64, row by row and band by band', () => {
    const rows = [
      [5n, 2n ** 40n, 2n ** 32n + 4n, -(2n ** 40n), -7n, 3n],
      [-1n, 1n, 2n ** 52n, -1n, 0n, 2n ** 33n],
    ];
    const differences = rows.map((row) =>
      row.map((value, i) => BigInt.asIntN(64, i < 2 ? value : value - row[i - 2]!)),
    );
    const halves = halvesOf(bytesOf(BigInt64Array.from(differences.flat())));
    undoHorizontal64(halves, 6, 2);
    expect([...asDoubles(halves, true)]).toEqual(rows.flat().map(Number));
  });
});
