import { globals } from 'geotiff';
import { type Directory, numbersOf, type TiffFile, textOf } from '../../tiff/directory.ts';
import { TAG } from '../../tiff/tags.ts';

export const USER_DEFINED = 32767;

/** The GeoKey directory (GeoTIFF 1.1 section 7.1.2) by key name. */
export interface GeoKeys {
  number(name: string): number | null;
  /** A code from EPSG's lists; null if absent, 0 (undefined) or 32767 (user-defined). */
  code(name: string): number | null;
  text(name: string): string | null;
  numbers(name: string): readonly number[] | null;
}

/** Null if the file has no GeoKeys. A key that points outside its parameter tag is ignored. */
export async function readGeoKeys(file: TiffFile, directory: Directory): Promise<GeoKeys | null> {
  const shorts = await numbersOf(file, directory, TAG.geoKeyDirectory);
  if (!shorts || shorts.length < 4) return null;
  const doubles = (await numbersOf(file, directory, TAG.geoDoubleParams)) ?? new Float64Array(0);
  const ascii = (await textOf(file, directory, TAG.geoAsciiParams)) ?? '';
  const names = globals.geoKeyNames as Record<number, string>;
  const values: Record<string, number | number[] | string> = {};
  for (let at = 4; at + 3 < shorts.length && at < 4 + shorts[3]! * 4; at += 4) {
    const [key, location, count, offset] = [shorts[at]!, shorts[at + 1]!, shorts[at + 2]!, shorts[at + 3]!];
    const name = names[key];
    if (!name) continue;
    if (location === 0) values[name] = offset;
    else if (location === TAG.geoAsciiParams) values[name] = ascii.slice(offset, offset + count).replace(/[|\0]+$/, '');
    else if (location === TAG.geoDoubleParams && offset + count <= doubles.length) {
      values[name] = count === 1 ? doubles[offset]! : [...doubles.subarray(offset, offset + count)];
    }
  }
  return geoKeysOf(values);
}

/** GeoKeys from a record of values, in the form that `readGeoKeys` returns. */
export function geoKeysOf(values: Readonly<Record<string, number | number[] | string>>): GeoKeys {
  const number = (name: string) => (typeof values[name] === 'number' ? values[name] : null);
  const code = (name: string) => {
    const stated = number(name);
    return stated && stated !== USER_DEFINED ? stated : null;
  };
  return {
    number,
    code,
    text: (name) => (typeof values[name] === 'string' ? values[name] : null),
    numbers: (name) => (Array.isArray(values[name]) ? values[name] : null),
  };
}
