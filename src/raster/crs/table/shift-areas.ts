/** A datum's shift to WGS 84 and the part of the world that it was measured for. */
export interface ShiftArea {
  /** Degrees; `west` > `east` crosses the antimeridian. */
  west: number;
  south: number;
  east: number;
  north: number;
  accuracyMetres: number;
  /** As +towgs84 takes it. */
  shift: string;
}

/**
 * The shift that GDAL takes at a place: of those whose area holds it, the most accurate one (OGRCoordinateTransformation); the
 * first of equals. Null where no area holds the place.
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
