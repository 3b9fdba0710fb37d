import { makeToLonLat } from '../../geo/projection.ts';
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

/** A geographic CRS, then its areas: west,south,east,north,accuracy in metres,+towgs84 values. */
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
 * The definition with the datum's shift for one place, given in CRS coordinates: old datums (NAD27, ED50, Indian …) are bent, and a
 * shift is good for a region. As GDAL picks it. A CRS with one shift for all its area comes back as it is.
 */
export async function localise(crs: CrsInfo, x: number, y: number): Promise<CrsInfo> {
  const around = makeToLonLat(crs.proj4)?.(x, y);
  const regions = crs.shiftBase ? (await areas()).get(crs.shiftBase) : null;
  if (!crs.proj4 || !regions || !around?.every(Number.isFinite)) return crs;
  const region = pickShift(regions, around[0], around[1]);
  if (!region) {
    const note = `No shift to WGS 84 was ever measured for the datum of ${crs.crsName ?? crs.crs} at this place. As in GDAL none is applied, and longitude and latitude may be some hundred metres off.`;
    return { ...crs, proj4: crs.proj4.replace(/ ?\+towgs84=\S+/, ''), notes: [...crs.notes, note] };
  }
  const accuracy = region.accuracyMetres;
  const notes = accuracy >= 5 && accuracy < 900 ? [...crs.notes, accuracyNote(crs, accuracy)] : crs.notes;
  return { ...crs, proj4: crs.proj4.replace(/\+towgs84=\S+/, `+towgs84=${region.shift}`), notes };
}

const accuracyNote = (crs: CrsInfo, metres: number) =>
  `Longitude and latitude from the datum of ${crs.crsName ?? crs.crs} are good to about ${metres} m here (EPSG). Coordinates in the CRS itself are exact.`;
