import type { Georeference } from '../../imagery/place.ts';

/** What is known about an image's CRS. */
export interface CrsInfo {
  /** "EPSG:26911", a name for a user-defined CRS, or null. */
  crs: string | null;
  crsName: string | null;
  /** proj4 definition to WGS 84, easting first, in the CRS's own units; null if there is none. */
  proj4: string | null;
  units: Extract<Georeference, { kind: 'affine' }>['units'];
  /** What was ignored or is only approximate, as sentences for the user. */
  notes: string[];
  /** The geographic CRS whose shift to WGS 84 depends on the place, for `localise`; otherwise absent. */
  shiftBase?: number | null;
}

export const NO_CRS: CrsInfo = { crs: null, crsName: null, proj4: null, units: 'unknown', notes: [] };

const US_FOOT_METRES = 1200 / 3937;

/** Reads the units from `+to_meter` or `+units`; a geographic definition is in degrees. */
export function unitsOfDefinition(definition: string | null, geographic: boolean): CrsInfo['units'] {
  if (definition === null) return 'unknown';
  if (geographic) return 'degree';
  const named = /\+units=(\S+)/.exec(definition)?.[1];
  if (named === 'ft' || named === 'us-ft') return named === 'ft' ? 'foot' : 'us-foot';
  const metres = named && named !== 'm' ? Number.NaN : Number(/\+to_meter=(\S+)/.exec(definition)?.[1] ?? 1);
  if (Math.abs(metres - 1) < 1e-12) return 'metre';
  if (Math.abs(metres - 0.3048) < 1e-9) return 'foot';
  return Math.abs(metres - US_FOOT_METRES) < 1e-9 ? 'us-foot' : 'unknown';
}
