import { farDatumShiftByName, isEarthCentred } from './datums.ts';
import { geographicByName, type KnownCrs, lookUpCrs } from './table/crs-table.ts';
import type { PlainDefinition } from './wkt/wkt-definition.ts';

/** `+towgs84` values ('' if no shift is needed) and their accuracy. */
export interface DatumShift {
  shift: string;
  approximateMetres: number | null;
  /** See CrsInfo. */
  shiftBase: number | null;
}

export const NO_SHIFT: DatumShift = { shift: '', approximateMetres: null, shiftBase: null };

/**
 * The shift of a definition's datum to WGS 84: from the text itself, else from EPSG by code or name, else no shift if
 * the ellipsoid belongs to an Earth-centred datum. Null if the datum is far from WGS 84 and its shift is unknown.
 */
export async function datumShift(
  plain: Pick<PlainDefinition, 'datum' | 'semiMajorMetres' | 'semiMinorMetres'>,
): Promise<DatumShift | null> {
  const { datum, semiMajorMetres, semiMinorMetres } = plain;
  if (datum.shift !== null) return { ...NO_SHIFT, shift: datum.shift };
  const byCode = datum.geographicCode === null ? null : await lookUpCrs(datum.geographicCode);
  for (const known of [byCode, await geographicByName(datum.geographicName), await geographicByName(datum.name)]) {
    const shift = known && shiftOf(known);
    if (shift) return shift;
  }
  const listed = farDatumShiftByName(datum.name);
  if (listed) return { ...NO_SHIFT, shift: listed };
  return isEarthCentred(semiMajorMetres, semiMinorMetres) ? NO_SHIFT : null;
}

/** The shift in a geographic CRS's definition; null if it has no definition. */
export function shiftOf(known: KnownCrs): DatumShift | null {
  if (!known.proj4) return null;
  const shift = /\+towgs84=(\S+)/.exec(known.proj4)?.[1] ?? '';
  return { shift, approximateMetres: known.approximateMetres, shiftBase: known.shiftBase };
}
