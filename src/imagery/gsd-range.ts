/** Ground sample distances in metres a pixel, from `min` to `max`. */
export interface GsdRange {
  min: number;
  max: number;
}

/** Index of the range that has the distance, or is nearest to it by ratio; of equally near ones, and if it is unknown (null), the first. */
export function nearestRange(ranges: readonly GsdRange[], gsdMetres: number | null): number {
  if (gsdMetres === null) return 0;
  const away = ranges.map(({ min, max }) => Math.max(1, min / gsdMetres, gsdMetres / max));
  return away.indexOf(Math.min(...away));
}
