import { makeToLonLat } from '../../geo/ground/projection.ts';
import type { CrsInfo } from './crs-info.ts';
import { pickShift, type ShiftArea } from './table/shift-areas.ts';

let loading: Promise<ReadonlyMap<number, ShiftArea[]>> | null = null;

function areas(): Promise<ReadonlyMap<number, ShiftArea[]>> {
  loading ??= import('./table/shift-areas.json').then(
    ({ default: rows }) => new Map((rows as unknown as Row[]).map(readRow)),
  );
  loading.catch(() => {
    loading = null;
  });
  return loading;
}

/** A geographic CRS and its areas, each: west,south,east,north,accuracy in metres,+towgs84 values. */
type Row = [base: number, ...areas: string[]];

function readRow([base, ...texts]: Row): [number, ShiftArea[]] {
  return [
    base,
    texts.map((text) => {
      const [west, south, east, north, accuracyMetres, ...shift] = text.split(',');
      return {
        west: Number(west),
        south: Number(south),
        east: Number(east),
        north: Number(north),
        accuracyMetres: Number(accuracyMetres),
        shift: shift.join(','),
      };
    }),
  ];
}

/**
 * The definition with the datum shift for one place, given in CRS coordinates. Old datums (NAD27, ED50, Indian …) are
 * distorted, so each shift is valid for one region. Picks the shift that GDAL would. Returns a CRS with a single shift
 * unchanged.
 */
export async function localise(crs: CrsInfo, x: number, y: number): Promise<CrsInfo> {
  const around = makeToLonLat(crs.proj4)?.(x, y);
  const regions = crs.shiftBase ? (await areas()).get(crs.shiftBase) : null;
  if (!crs.proj4 || !regions || !around?.every(Number.isFinite)) return crs;
  const region = pickShift(regions, around[0], around[1]);
  if (!region) {
    const note = `EPSG has no shift to WGS 84 for the datum of ${crs.crsName ?? crs.crs} at this place. Nadir applies none, as GDAL does, so longitude and latitude may be some hundred metres off.`;
    return { ...crs, proj4: crs.proj4.replace(/ ?\+towgs84=\S+/, ''), notes: [...crs.notes, note] };
  }
  const accuracy = region.accuracyMetres;
  const notes = accuracy >= 5 && accuracy < 900 ? [...crs.notes, accuracyNote(crs, accuracy)] : crs.notes;
  return { ...crs, proj4: crs.proj4.replace(/\+towgs84=\S+/, `+towgs84=${region.shift}`), notes };
}

const accuracyNote = (crs: CrsInfo, metres: number) =>
  `Longitude and latitude from the datum of ${crs.crsName ?? crs.crs} are good to about ${metres} m here (EPSG). Coordinates in the CRS itself are exact.`;
