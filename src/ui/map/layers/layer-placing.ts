import type { PixelMap } from '../../../geo/ground/placement.ts';
import type { PixelWindow } from '../../../geo/types.ts';
import type { RawRequest } from '../../../imagery/tiles.ts';
import { gridResolutions } from '../pixel-space.ts';

/** Control points per side for a tile that isn't axis-aligned on the map; positions between them are interpolated. */
const GRID_SIDE = 9;
/** A grid this close to a straight window, in layer pixels, is read as a window: sharper, and in one read. */
const STRAIGHT_WITHIN_PX = 0.02;
/** Points along each edge of a layer, to find its extent on the map. */
const EDGE_POINTS = 16;

/** How a layer lies in the map's pixel space, which is the active layer's. */
export interface Placing {
  /** The part of the map that the layer covers, in map pixels. */
  extent: PixelWindow;
  /** Map pixels per tile pixel, coarsest first; the finest shows the layer's own pixels. */
  resolutions: number[];
  /** What to read from the layer for a window of the map; null if the layer doesn't reach it. */
  sourceOf(window: PixelWindow): Pick<RawRequest, 'window' | 'grid'> | null;
}

export interface Size {
  width: number;
  height: number;
}

/** Placing of the active layer, or of a layer without a place, which is drawn over it pixel by pixel. */
export function ownPlacing({ width, height }: Size): Placing {
  return {
    extent: { x: 0, y: 0, width, height },
    resolutions: gridResolutions(width, height),
    sourceOf: (window) => ({ window }),
  };
}

/** Placing of another layer by its place on the ground. Null if the two don't meet in any projection. */
export function placingOf(size: Size, toMap: PixelMap, fromMap: PixelMap): Placing | null {
  const extent = extentOf(size, toMap);
  if (!extent) return null;
  const scale = Math.sqrt((size.width * size.height) / (extent.width * extent.height));
  const finest = 2 ** -Math.ceil(Math.log2(Math.max(scale, 1e-6)));
  const levels = Math.max(0, Math.ceil(Math.log2(Math.max(extent.width, extent.height) / finest / 256)));
  return {
    extent,
    resolutions: Array.from({ length: levels + 1 }, (_, index) => finest * 2 ** (levels - index)),
    sourceOf: (window) => sourceOf(window, fromMap),
  };
}

/** The box around the layer's edge on the map; null if the edge can't be projected. */
function extentOf({ width, height }: Size, toMap: PixelMap): PixelWindow | null {
  const points = Array.from({ length: EDGE_POINTS + 1 }, (_, i) => i / EDGE_POINTS).flatMap((t) => [
    toMap(t * width, 0),
    toMap(t * width, height),
    toMap(0, t * height),
    toMap(width, t * height),
  ]);
  const known = points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  if (known.length < points.length / 2) return null;
  const xs = known.map((point) => point[0]);
  const ys = known.map((point) => point[1]);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  const extent = { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
  return extent.width > 0 && extent.height > 0 ? extent : null;
}

function sourceOf(window: PixelWindow, fromMap: PixelMap): Pick<RawRequest, 'window' | 'grid'> {
  const points = new Float64Array(GRID_SIDE * GRID_SIDE * 2);
  for (let row = 0; row < GRID_SIDE; row++) {
    for (let col = 0; col < GRID_SIDE; col++) {
      const [x, y] = fromMap(
        window.x + (window.width * col) / (GRID_SIDE - 1),
        window.y + (window.height * row) / (GRID_SIDE - 1),
      );
      points[(row * GRID_SIDE + col) * 2] = x;
      points[(row * GRID_SIDE + col) * 2 + 1] = y;
    }
  }
  const straight = straightWindow(points);
  if (straight) return { window: straight };
  return { window, grid: { columns: GRID_SIDE, rows: GRID_SIDE, points } };
}

/** The window that the points fill evenly, upright and unmirrored; null if there is none. */
function straightWindow(points: Float64Array): PixelWindow | null {
  const last = points.length - 2;
  const x = points[0]!;
  const y = points[1]!;
  const width = points[last]! - x;
  const height = points[last + 1]! - y;
  if (!(width > 0 && height > 0)) return null;
  for (let row = 0; row < GRID_SIDE; row++) {
    for (let col = 0; col < GRID_SIDE; col++) {
      const at = (row * GRID_SIDE + col) * 2;
      const dx = points[at]! - (x + (width * col) / (GRID_SIDE - 1));
      const dy = points[at + 1]! - (y + (height * row) / (GRID_SIDE - 1));
      // Written so that NaN fails.
      if (!(Math.abs(dx) <= STRAIGHT_WITHIN_PX && Math.abs(dy) <= STRAIGHT_WITHIN_PX)) return null;
    }
  }
  return { x, y, width, height };
}
