/** Shared geometry vocabulary. Pixel space: x = column (right), y = row (down), (0,0) = the outer corner of the first pixel. */

export type Point = readonly [x: number, y: number];

/** Four corners in order around the box, starting at (−w/2, −h/2) in the box's own frame. Open ring (no repeated corner). */
export type Quad = readonly [Point, Point, Point, Point];

/** Axis-aligned pixel window: `x`,`y` the upper-left corner, all in full-resolution source pixels (may be fractional). */
export interface PixelWindow {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * Rotated box in pixels: centre, size along its own axes, and θ in degrees, clockwise on screen from +x to the w axis,
 * [0,180).
 */
export interface RotatedBox {
  cx: number;
  cy: number;
  w: number;
  h: number;
  thetaDeg: number;
}

/** GDAL order: x = g0 + col·g1 + row·g2 ; y = g3 + col·g4 + row·g5, for pixel corners (PixelIsArea convention). */
export type Geotransform = readonly [number, number, number, number, number, number];
