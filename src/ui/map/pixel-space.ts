import type { Extent } from 'ol/extent.js';
import Projection from 'ol/proj/Projection.js';
import TileGrid from 'ol/tilegrid/TileGrid.js';
import type { PixelWindow } from '../../geo/types.ts';

/**
 * The map's coordinates are source pixels with y negated: (x, y) in pixel space is (x, −y) on the map. The map library
 * needs y to point up. Negating is independent of the image's height and exact in floating point.
 */
export const tileSizePx = 256;

export function toMap(xPx: number, yPx: number): [number, number] {
  return [xPx, -yPx];
}

export function fromMap(coordinate: readonly number[]): { xPx: number; yPx: number } {
  // 0 − y instead of −y, which would give −0 at the top edge.
  return { xPx: coordinate[0]!, yPx: 0 - coordinate[1]! };
}

export function windowToExtent(window: PixelWindow): Extent {
  return [window.x, -(window.y + window.height), window.x + window.width, -window.y];
}

/** The part of a map extent inside a scene of `width`×`height` pixels; null if they don't overlap. */
export function extentToWindow(extent: Extent, width: number, height: number): PixelWindow | null {
  const x0 = Math.max(0, extent[0]!);
  const y0 = Math.max(0, 0 - extent[3]!);
  const x1 = Math.min(width, extent[2]!);
  const y1 = Math.min(height, 0 - extent[1]!);
  if (!(x1 > x0 && y1 > y0)) return null;
  return { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
}

/** Source pixels per tile pixel, coarsest first, halving down to 1; the coarsest shows the whole scene in one tile. */
export function gridResolutions(width: number, height: number): number[] {
  const levels = Math.max(0, Math.ceil(Math.log2(Math.max(width, height) / tileSizePx)));
  return Array.from({ length: levels + 1 }, (_, index) => 2 ** (levels - index));
}

/** How far the map extends around the scene, in multiples of its size: for a basemap and other layers. */
const REACH = 16;

/** `metresPerPixel`: for a basemap, to find tiles of the right scale; null if unknown. */
export function createPixelProjection(width: number, height: number, metresPerPixel: number | null): Projection {
  return new Projection({
    code: 'nadir-pixels',
    units: 'pixels',
    extent: [-REACH * width, -(REACH + 1) * height, (REACH + 1) * width, REACH * height],
    global: false,
    ...(metresPerPixel === null
      ? {}
      : { metersPerUnit: metresPerPixel, getPointResolution: (resolution) => resolution }),
  });
}

/**
 * A layer's tile grid for the map library, in CSS pixels (`pixelRatio` screen pixels each). On a dense screen tiles are
 * drawn smaller, so that their pixels still match the screen's. Indices start at the map's origin, so columns and rows
 * can be negative.
 */
export function createTileGrid(extent: PixelWindow, resolutions: readonly number[], pixelRatio: number): TileGrid {
  return new TileGrid({
    extent: windowToExtent(extent),
    origin: [0, 0],
    resolutions: resolutions.map((resolution) => resolution * pixelRatio),
    tileSize: tileSizePx / pixelRatio,
  });
}

/** Full-resolution window of a tile at grid resolution `resolution`. Border tiles extend beyond the scene. */
export function tileWindow(resolution: number, column: number, row: number): PixelWindow {
  const side = tileSizePx * resolution;
  return { x: column * side, y: row * side, width: side, height: side };
}
