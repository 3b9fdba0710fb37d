import { describe, expect, it } from 'vitest';
import { findTypedPlace, type TypedPlace, writeTypedPlace } from './typed-place.ts';

const lonlat = (lonDeg: number, latDeg: number): TypedPlace => ({ system: 'lonlat', lonDeg, latDeg });
const crs = (x: number, y: number, utm: { zone: number; isSouth: boolean } | null = null): TypedPlace => ({
  system: 'crs',
  x,
  y,
  utm,
});
const pixel = (col: number, row: number): TypedPlace => ({ system: 'pixel', col, row });

describe('a typed place', () => {
  it.each<[string, TypedPlace[]]>([
    ['what is the value at 34.2° N, 117.5° W?', [lonlat(-117.5, 34.2)]],
    ['value at 34.2N 117.5W', [lonlat(-117.5, 34.2)]],
    ['value at 117.5 W, 34.2 N please', [lonlat(-117.5, 34.2)]],
    ['elevation at N34.2 W117.5', [lonlat(-117.5, 34.2)]],
    ['elevation at 34°12\'00" N 117°30\'00" W', [lonlat(-117.5, 34.2)]],
    ['elevation at 34° 12′ N, 117° 30′ W', [lonlat(-117.5, 34.2)]],
    ['value at 34.2°, -117.5°', [lonlat(-117.5, 34.2)]],
    ['value at latitude 34.2 longitude -117.5', [lonlat(-117.5, 34.2)]],
    ['value at lon=-117.5, lat=34.2', [lonlat(-117.5, 34.2)]],
    ['value at lat/lon 34.2, -117.5', [lonlat(-117.5, 34.2), lonlat(34.2, -117.5)].slice(0, 1)],
    ['北纬34.2度，西经117.5度的高程', [lonlat(-117.5, 34.2)]],
    ['东经118°26′、北纬34°12′处的值', [lonlat(118 + 26 / 60, 34.2)]],
    ['纬度34.2，经度-117.5处的值', [lonlat(-117.5, 34.2)]],
    ['band values at 371623 E 4136146 N', [crs(371623, 4136146)]],
    ['band values at E 371623 N 4136146', [crs(371623, 4136146)]],
    ['band values at N 4136146 E 371623', [crs(371623, 4136146)]],
    ['values at easting 371623.5, northing 4136146', [crs(371623.5, 4136146)]],
    ['values at UTM 371623 4136146', [crs(371623, 4136146)]],
    ['values at UTM 11N 371623 4136146', [crs(371623, 4136146, { zone: 11, isSouth: false })]],
    ['values at zone 34S 371623, 6136146', [crs(371623, 6136146, { zone: 34, isSouth: true })]],
    ['value of pixel 500,300', [pixel(500, 300)]],
    ['value at column 500, row 300', [pixel(500, 300)]],
    ['value at row 300, column 500', [pixel(500, 300)]],
    ['value at x=500 y=300', [pixel(500, 300)]],
    ['第500列第300行的值', [pixel(500, 300)]],
    ['像素（500，300）的值', [pixel(500, 300)]],
    ['value at 500, 300', [crs(500, 300), pixel(500, 300)]],
    ['value at (34.2, -117.5)', [lonlat(-117.5, 34.2), crs(34.2, -117.5), pixel(34.2, -117.5)]],
    ['value at 45, 12', [lonlat(12, 45), lonlat(45, 12), crs(45, 12), pixel(45, 12)]],
    ['the pixel value at 371623, 4136146', [crs(371623, 4136146), pixel(371623, 4136146)]],
  ])('is found in “%s”', (text, expected) => {
    const found = findTypedPlace(text)!.meanings;
    expect(found).toHaveLength(expected.length);
    found.forEach((place, i) => {
      for (const [key, value] of Object.entries(expected[i]!)) {
        const own = place[key as keyof TypedPlace] as unknown;
        if (typeof value === 'number') expect(own).toBeCloseTo(value, 9);
        else expect(own).toEqual(value);
      }
    });
  });

  it.each(['value at 34.2', 'how many cars are there?', '1, 2, 3', 'band 3 of 4', 'values at 95° N 10° E', ''])(
    'isn’t read in “%s”',
    (text) => {
      expect(findTypedPlace(text)?.meanings ?? []).toEqual([]);
    },
  );

  it('leaves the other words', () => {
    expect(findTypedPlace('what is the value at 34.2N 117.5W, please')!.rest.replaceAll(/\s+/g, ' ')).toBe(
      'what is the value at , please',
    );
  });

  it('can be written so that it is found again', () => {
    for (const place of [lonlat(-117.5, 34.2), lonlat(12, -45), crs(371623.25, 4136146), pixel(500, 300)]) {
      expect(findTypedPlace(`value at ${writeTypedPlace(place)}`)!.meanings).toEqual([place]);
    }
  });
});
