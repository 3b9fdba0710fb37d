import { describe, expect, it } from 'vitest';
import type { SampleType } from '../../imagery/image.ts';
import { nodataOf } from './nodata.ts';

/** Is `sample` hidden by `text`? */
const hides = (text: string, type: SampleType, sample: number) => {
  const { low, high } = nodataOf(text, type).nodata;
  return sample >= low && sample <= high;
};

describe('a nodata value against the samples’ type, as GDAL 3.10 masks and fills', () => {
  // Text, type, what a sparse block reads as, a sample that is hidden (null: none is).
  it.each<[string, SampleType, number, number | null]>([
    ['255', 'uint8', 255, 255],
    ['300', 'uint8', 255, null],
    ['256', 'uint8', 255, null],
    ['-1', 'uint8', 0, null],
    ['-10000', 'uint8', 0, null],
    ['255.4', 'uint8', 255, null],
    ['254.5', 'uint8', 255, 254],
    ['0.4', 'uint8', 0, 0],
    ['.5', 'uint8', 1, 0],
    ['nan', 'uint8', 0, null],
    ['inf', 'uint8', 255, null],
    ['-inf', 'uint8', 0, null],
    ['-1.#IND', 'uint8', 0, null],
    ['1.#INF', 'uint8', 255, null],
    ['1e40', 'uint8', 255, null],
    ['-3.4028234663852886e+38', 'uint8', 0, null],
    [' 7 ', 'uint8', 7, 7],
    ['7 \n', 'uint8', 7, 7],
    ['+7', 'uint8', 7, 7],
    ['07', 'uint8', 7, 7],
    ['7.0', 'uint8', 7, 7],
    ['7,5', 'uint8', 8, 7],
    ['1,000', 'uint8', 1, 1],
    ['7 8 9', 'uint8', 7, 7],
    ['0x10', 'uint8', 0, 0],
    ['1e2', 'uint8', 100, 100],
    ['-0', 'uint8', 0, 0],
    ['300', 'int8', 127, null],
    ['-10000', 'int8', -128, null],
    ['-9999', 'uint16', 0, null],
    ['65536', 'uint16', 65535, null],
    ['-32768', 'int16', -32768, -32768],
    ['32768', 'int16', 32767, null],
    ['4294967295', 'uint32', 4294967295, 4294967295],
    ['1e40', 'uint32', 4294967295, null],
    ['-9223372036854775808', 'int64', -(2 ** 63), -(2 ** 63)],
    ['18446744073709551615', 'uint64', 2 ** 64, 2 ** 64],
    ['300', 'uint64', 300, 300],
  ])('%j of %s fills %d and hides %d', (text, type, fill, hidden) => {
    const { nodata } = nodataOf(text, type);
    expect(nodata.fill).toBe(fill);
    if (hidden === null) expect([nodata.value, nodata.low, nodata.high]).toEqual([null, Number.NaN, Number.NaN]);
    else
      expect([hides(text, type, hidden), hides(text, type, hidden + 1), hides(text, type, hidden - 1)]).toEqual(
        // The ends of 64 bits are doubles whose neighbours are farther than 1.
        Math.abs(hidden) > 2 ** 53 ? [true, true, true] : [true, false, false],
      );
  });

  it.each<[string, SampleType, number[], number[]]>([
    ['0.1', 'float32', [Math.fround(0.1)], [0.2, 0]],
    ['0.1', 'float64', [0.1, Math.fround(0.1)], [0.1001]],
    ['-3.4028234663852886e+38', 'float32', [-3.4028234663852886e38, Math.fround(-3.40282e38)], [0, 3.4e38, -1e30]],
    ['-3.40282e+38', 'float32', [-3.4028234663852886e38, Math.fround(-3.40282e38)], [0, -1e30]],
    ['-3.4028235e38', 'float32', [-3.4028234663852886e38], [0]],
    ['-3.40282e+38', 'float64', [-3.40282e38], [-3.4028234663852886e38]],
    ['-3.4028234663852886e+38', 'float64', [-3.4028234663852886e38, -3.4028235e38], [-3.40282e38]],
    ['-9999', 'float32', [-9999, Math.fround(-9999.001)], [-9999.01, -9998.99, 9999]],
    ['-9999', 'float64', [-9999, -9999.001], [-9999.01]],
    ['0', 'float32', [0], [1e-45, -1e-45]],
    ['-1.7976931348623157e+308', 'float64', [-1.7976931348623157e308], [-1.7e308, 0]],
  ])('%j of %s hides what 32-bit rounding makes of it: %j, and not %j', (text, type, hidden, shown) => {
    expect(hidden.map((sample) => hides(text, type, sample))).toEqual(hidden.map(() => true));
    expect(shown.map((sample) => hides(text, type, sample))).toEqual(shown.map(() => false));
  });

  it('reads the words of C and Windows for floats', () => {
    for (const word of ['nan', 'NaN', '-nan', 'nan(ind)', '-1.#IND', '1.#QNAN', '-1.#QNAN']) {
      expect(nodataOf(word, 'float32').nodata).toMatchObject({ value: Number.NaN, fill: Number.NaN });
    }
    expect(nodataOf('-inf', 'float32').nodata.value).toBe(Number.NEGATIVE_INFINITY);
    expect(nodataOf('Infinity', 'float64').nodata.value).toBe(Number.POSITIVE_INFINITY);
    expect(nodataOf('1e40', 'float32').nodata).toMatchObject({ value: null, fill: Number.POSITIVE_INFINITY });
    expect(nodataOf('1e40', 'float64').nodata.value).toBe(1e40);
  });

  it('holds no sample for an integer that no double holds; its blocks stay invalid', () => {
    const { nodata } = nodataOf('9007199254740993', 'int64');
    expect(hides('9007199254740993', 'int64', 2 ** 53)).toBe(false);
    expect(nodata.fill).toBeNaN();
  });

  it.each(['', '  ', '\0', null])('ignores an empty text: %j', (text) => {
    expect(nodataOf(text, 'uint8')).toEqual({
      nodata: { value: null, low: Number.NaN, high: Number.NaN, fill: 0 },
      note: null,
    });
  });

  it('ends at the first NUL', () => {
    expect(nodataOf('7\0\0garbage', 'uint8').nodata.value).toBe(7);
  });
});

describe('its note', () => {
  it.each<[string, SampleType, RegExp | null]>([
    ['7', 'uint8', null],
    ['-3.4028234663852886e+38', 'float32', null],
    ['nan', 'float32', null],
    ['300', 'uint8', /300 lies outside uint8 \(0 to 255\)/],
    ['-9999', 'uint16', /-9999 lies outside uint16 \(0 to 65535\)/],
    ['nan', 'int16', /nan lies outside int16/],
    ['254.5', 'uint8', /254\.5 is not an integer; Nadir uses 254/],
    ['7 8 9', 'uint8', /Of the nodata value “7 8 9” only “7” was read/],
    ['none', 'uint8', /“none” is not a number; it was ignored/],
    ['1e40', 'float32', /1e40 is too large for float32/],
  ])('%j of %s', (text, type, words) => {
    const { note } = nodataOf(text, type);
    if (words) expect(note).toMatch(words);
    else expect(note).toBeNull();
  });
});
