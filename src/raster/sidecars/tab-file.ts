import { type Gcp, MIN_POINTS } from '../place/gcp-fit.ts';

/** A MapInfo table that registers an image. */
export interface TabRegistration {
  /** Pixels from the first pixel's outer corner, as GDAL reads them. */
  points: Gcp[];
  /** The CoordSys clause; null if there is none. */
  coordSys: string | null;
}

/** More than anybody sets by hand. */
const MAX_POINTS = 10_000;
const NUMBER = String.raw`([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)`;
const PAIR = String.raw`\(\s*${NUMBER}\s*,\s*${NUMBER}\s*\)`;
const POINT = new RegExp(String.raw`${PAIR}\s*,?\s*${PAIR}\s*,?\s*Label`, 'i');

/** Reads a .tab. If it registers no image, returns the reason as the end of a sentence. */
export function parseTab(text: string): TabRegistration | string {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  const type = lines.map((line) => /^Type\s+"?(\w+)"?/i.exec(line)?.[1]).find(Boolean);
  if (!lines.some((line) => /^!table\b|^Definition Table\b/i.test(line))) return 'isn’t a MapInfo table';
  if (type?.toUpperCase() !== 'RASTER')
    return `is a MapInfo table of type ${type ?? 'unknown'}, which registers no image`;
  const points: Gcp[] = [];
  for (const line of lines) {
    const [, x, y, col, row] = POINT.exec(line) ?? [];
    if (row !== undefined && points.length < MAX_POINTS) {
      points.push({ col: Number(col), row: Number(row), x: Number(x), y: Number(y) });
    }
  }
  if (points.length < MIN_POINTS) {
    return `gives ${points.length} control point${points.length === 1 ? '' : 's'}, and ${MIN_POINTS} are needed`;
  }
  return { points, coordSys: lines.find((line) => /^CoordSys\b/i.test(line)) ?? null };
}
