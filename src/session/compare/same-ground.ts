import { applyGeotransform, invertGeotransform } from '../../geo/ground/affine.ts';
import { makeReprojection } from '../../geo/ground/reproject.ts';
import type { Geotransform, PixelWindow, Point, Quad } from '../../geo/types.ts';
import type { SceneInfo } from '../../imagery/image.ts';
import { NadirError } from '../../lib/errors.ts';

type Placed = Pick<SceneInfo, 'fileName' | 'width' | 'height' | 'georeference'>;
/** Pixel of the later image → pixel of the earlier one; NaN outside the projection. */
export type ToBefore = (col: number, row: number) => Point;

/** Two geotransforms count as equal when no corner of the image differs by more than this part of a pixel. */
const SAME_PLACE_PX = 0.01;

/**
 * Maps pixels of `after` to pixels of `before`: the same pixels if the sizes are equal and the images have the same
 * georeferencing or none; else through the ground. Errors: SCENES_DO_NOT_MATCH, saying what differs.
 */
export function matchScenes(after: Placed, before: Placed): ToBefore {
  const sameSize = after.width === before.width && after.height === before.height;
  const a = after.georeference;
  const b = before.georeference;
  if (a.kind === 'none' && b.kind === 'none') {
    if (sameSize) return (col, row) => [col, row];
    throw mismatch(
      `${before.fileName} is ${size(before)} and ${after.fileName} is ${size(after)}, and neither says where it lies. Give both georeferencing, or the same size.`,
    );
  }
  if (a.kind === 'none' || b.kind === 'none') {
    const lacks = a.kind === 'none' ? after : before;
    throw mismatch(
      `${lacks.fileName} has no georeferencing and the other image has, so their places can't be compared. Give both or neither.`,
    );
  }
  if (sameSize && a.crs === b.crs && samePlace(a.geotransform, b.geotransform, after)) return (col, row) => [col, row];
  const through = a.proj4 && b.proj4 ? makeReprojection(a.proj4, b.proj4) : null;
  if (!through) {
    throw mismatch(
      `${after.fileName} and ${before.fileName} lie differently, and a coordinate system of theirs (${a.crs ?? 'unknown'}, ${b.crs ?? 'unknown'}) can't be converted. Save both in one known coordinate system.`,
    );
  }
  const back = invertGeotransform(b.geotransform);
  const toBefore: ToBefore = (col, row) =>
    applyGeotransform(back, ...through(...applyGeotransform(a.geotransform, col, row)));
  const whole = quadIn({ x: 0, y: 0, width: after.width, height: after.height }, toBefore);
  const shown = boundsOf(whole);
  const overlaps =
    shown.x < before.width && shown.y < before.height && shown.x + shown.width > 0 && shown.y + shown.height > 0;
  if (!overlaps)
    throw mismatch(`${before.fileName} shows other ground than ${after.fileName}. Open an image of the same place.`);
  return toBefore;
}

/** The corners of a window of the later image as pixels of the earlier one. */
export function quadIn({ x, y, width, height }: PixelWindow, toBefore: ToBefore): Quad {
  return [toBefore(x, y), toBefore(x + width, y), toBefore(x + width, y + height), toBefore(x, y + height)];
}

/** The axis-aligned window around a quad; all NaN if a corner is NaN. */
export function boundsOf(quad: Quad): PixelWindow {
  const xs = quad.map(([x]) => x);
  const ys = quad.map(([, y]) => y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

function samePlace(a: Geotransform, b: Geotransform, { width, height }: Placed): boolean {
  const back = invertGeotransform(b);
  return [
    [0, 0],
    [width, 0],
    [0, height],
  ].every(([col = 0, row = 0]) => {
    const [c, r] = applyGeotransform(back, ...applyGeotransform(a, col, row));
    return Math.abs(c - col) <= SAME_PLACE_PX && Math.abs(r - row) <= SAME_PLACE_PX;
  });
}

function mismatch(message: string): NadirError {
  return new NadirError('SCENES_DO_NOT_MATCH', message);
}

function size({ width, height }: Placed): string {
  return `${width} × ${height} px`;
}
