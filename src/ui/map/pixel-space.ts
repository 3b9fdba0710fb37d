import type { Extent } from 'ol/extent.js';
import Projection from 'ol/proj/Projection.js';
import TileGrid from 'ol/tilegrid/TileGrid.js';
import type { PixelWindow } from '../../geo/types.ts';

/**
 * The map's coordinates are source pixels with y turned up: (x, y) in pixel space lies at (x, −y) on the map. The map
 * library wants y to grow upwards; negating keeps both free of the image's height and exact in floating point.
 */
export const tileSizePx = 256;

export function toMap(xPx: number, yPx: number): [number, number] {
  return [xPx, -yPx];
}

export function fromMap(coordinate: readonly number[]): { xPx: number; yPx: number } {
  // 0 − y, not −y: a plain negation would give −0 at the top edge.
  return { xPx: coordinate[0]!, yPx: 0 - coordinate[1]! };
}

export function windowToExtent(window: PixelWindow): Extent {
  return [window.x, -(window.y + window.height), window.x + window.width, -window.y];
}

/** The part of a map extent that lies on a scene of `width`×`height` pixels; null where they don't meet. */
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

/** How far around the scene the map reaches, in sizes of the scene: for a basemap and for other layers. */
const REACH = 16;

/** `metresPerPixel`: for a basemap, to find tiles of a fitting scale; null where it isn't known. */
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
 * The tiles of a layer as the map library sees them: in CSS pixels, of which one is `pixelRatio` pixels of the screen. On a
 * dense screen a tile is drawn smaller, so that its pixels still meet the screen's. Counted from the map's origin, so that
 * columns and rows can be negative.
 */
export function createTileGrid(extent: PixelWindow, resolutions: readonly number[], pixelRatio: number): TileGrid {
  return new TileGrid({
    extent: windowToExtent(extent),
    origin: [0, 0],
    resolutions: resolutions.map((resolution) => resolution * pixelRatio),
    tileSize: tileSizePx / pixelRatio,
  });
}

/** Full-resolution window of a tile whose grid resolution is `resolution`; border tiles reach past the scene. */
export function tileWindow(resolution: number, column: number, row: number): PixelWindow {
  const side = tileSizePx * resolution;
  return { x: column * side, y: row * side, width: side, height: side };
}
