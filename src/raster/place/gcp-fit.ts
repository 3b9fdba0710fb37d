import { applyGeotransform, invertGeotransform, isUsableGeotransform } from '../../geo/ground/affine.ts';
import type { Geotransform } from '../../geo/types.ts';

/**
 * A ground control point: a pixel position (corner convention: (0.5, 0.5) is the first pixel's centre) and its
 * coordinates in the CRS.
 */
export interface Gcp {
  col: number;
  row: number;
  x: number;
  y: number;
}

export interface GcpFit {
  geotransform: Geotransform;
  count: number;
  /** Distance in image pixels between the points and their fitted positions. */
  rmsPx: number;
  worstPx: number;
}

export const MIN_POINTS = 3;
/** Above this, an affine doesn't describe the image: terrain, a turned camera or a mistyped point. */
const MAX_RMS_PX = 2;
const MAX_WORST_PX = 6;

/**
 * Least-squares affine through ground control points, or a sentence that says why there is none. With `degrees`,
 * longitudes that jump at the antimeridian are unwrapped first.
 */
export function fitGcps(points: readonly Gcp[], degrees: boolean): GcpFit | string {
  const finite = points.filter((p) => [p.col, p.row, p.x, p.y].every(Number.isFinite));
  if (finite.length < MIN_POINTS) {
    return `The file gives ${finite.length} ground control point${finite.length === 1 ? '' : 's'}; a fit needs at least ${MIN_POINTS} that don’t lie on a line.`;
  }
  const unwrapped = degrees ? unwrapLongitudes(finite) : finite;
  const geotransform = leastSquares(unwrapped);
  if (!geotransform)
    return `The file’s ${finite.length} ground control points lie on a line, so they don’t place the image.`;
  const toPixel = invertGeotransform(geotransform);
  const distances = unwrapped.map((p) => {
    const [col, row] = applyGeotransform(toPixel, p.x, p.y);
    return Math.hypot(col - p.col, row - p.row);
  });
  const rmsPx = Math.sqrt(distances.reduce((sum, d) => sum + d * d, 0) / distances.length);
  const worstPx = distances.reduce((worst, d) => Math.max(worst, d), 0);
  if (!(rmsPx <= MAX_RMS_PX && worstPx <= MAX_WORST_PX)) {
    return `The file’s ${finite.length} ground control points don’t fit a plane: an affine transform misses them by ${words(rmsPx)} pixels (RMS), ${words(worstPx)} at worst; up to ${MAX_RMS_PX} and ${MAX_WORST_PX} are accepted. Warp the image first: gdalwarp -tps input.tif output.tif`;
  }
  return { geotransform, count: finite.length, rmsPx, worstPx };
}

/** E.g. "12 ground control points, fitted: 0.31 px RMS, 0.80 px at worst". */
export function describeFit(fit: GcpFit): string {
  return `${fit.count} ground control points, fitted: ${words(fit.rmsPx)} px RMS, ${words(fit.worstPx)} px at worst`;
}

const words = (pixels: number) => (pixels < 10 ? pixels.toFixed(2) : Math.round(pixels).toLocaleString('en-GB'));

function unwrapLongitudes(points: readonly Gcp[]): Gcp[] {
  const lowest = points.reduce((low, p) => Math.min(low, p.x), Infinity);
  const highest = points.reduce((high, p) => Math.max(high, p.x), -Infinity);
  return highest - lowest <= 180 ? [...points] : points.map((p) => (p.x < 0 ? { ...p, x: p.x + 360 } : p));
}

/**
 * Fits x and y each as a plane over (col, row). Works relative to the points' mean, so large eastings cost no
 * precision.
 */
function leastSquares(points: readonly Gcp[]): Geotransform | null {
  const mean = (value: (p: Gcp) => number) => points.reduce((sum, p) => sum + value(p), 0) / points.length;
  const [col0, row0, x0, y0] = [mean((p) => p.col), mean((p) => p.row), mean((p) => p.x), mean((p) => p.y)];
  let [cc, cr, rr, cx, rx, cy, ry] = [0, 0, 0, 0, 0, 0, 0];
  for (const p of points) {
    const [c, r, x, y] = [p.col - col0, p.row - row0, p.x - x0, p.y - y0];
    cc += c * c;
    cr += c * r;
    rr += r * r;
    cx += c * x;
    rx += r * x;
    cy += c * y;
    ry += r * y;
  }
  const determinant = cc * rr - cr * cr;
  if (!(determinant > 1e-9 * Math.max(cc, rr) ** 2)) return null;
  const [xPerCol, xPerRow] = [(cx * rr - rx * cr) / determinant, (rx * cc - cx * cr) / determinant];
  const [yPerCol, yPerRow] = [(cy * rr - ry * cr) / determinant, (ry * cc - cy * cr) / determinant];
  const geotransform: Geotransform = [
    x0 - col0 * xPerCol - row0 * xPerRow,
    xPerCol,
    xPerRow,
    y0 - col0 * yPerCol - row0 * yPerRow,
    yPerCol,
    yPerRow,
  ];
  return isUsableGeotransform(geotransform) ? geotransform : null;
}
