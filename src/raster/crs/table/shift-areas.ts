/** A datum's shift to WGS 84 and the area that it is valid for. */
export interface ShiftArea {
  /** Degrees; `west` > `east` crosses the antimeridian. */
  west: number;
  south: number;
  east: number;
  north: number;
  accuracyMetres: number;
  /** `+towgs84` values. */
  shift: string;
}

/**
 * The shift that GDAL uses at a place: the most accurate one whose area contains it, or the first of equals
 * (OGRCoordinateTransformation). Null if no area contains the place.
 */
export function pickShift(areas: readonly ShiftArea[], lonDeg: number, latDeg: number): ShiftArea | null {
  let best: ShiftArea | null = null;
  for (const area of areas) {
    const inLongitude =
      area.west <= area.east ? lonDeg >= area.west && lonDeg <= area.east : lonDeg >= area.west || lonDeg <= area.east;
    if (!inLongitude || latDeg < area.south || latDeg > area.north) continue;
    if (!best || area.accuracyMetres < best.accuracyMetres) best = area;
  }
  return best;
}
