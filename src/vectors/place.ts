import type { Feature, Geometry, Position } from 'geojson';
import type { PixelWindow, Point } from '../geo/types.ts';

/** Part of a feature on an image, in source pixels. Rings are closed. */
export type PixelShape =
  | { kind: 'point'; at: Point }
  | { kind: 'line'; points: Point[] }
  | { kind: 'polygon'; rings: Point[][] };

export interface PlacedFeatures {
  shapes: PixelShape[];
  /** Features without a place on the image: without a geometry, or outside its projection. */
  unplaced: number;
  /** The bounds of all shapes; null if there are none. */
  extent: PixelWindow | null;
}

export interface ImagePlace {
  /** Null if the place has no pixel. */
  toPixel(lonDeg: number, latDeg: number): Point | null;
  /**
   * The longitude of the image's middle in the image's own numbering, which may continue beyond 180. Null for an image
   * that isn't in degrees, where every place has one coordinate.
   */
  centreLonDeg: number | null;
}

/**
 * Places features on an image, vertex by vertex: lines between two vertices are straight on the image. A feature with a
 * vertex that has no pixel is omitted.
 */
export function placeFeatures(features: readonly Feature[], image: ImagePlace): PlacedFeatures {
  const shapes: PixelShape[] = [];
  let unplaced = 0;
  for (const { geometry } of features) {
    const parts = geometry && partsOf(geometry).map((part) => placed(part, image));
    if (!parts || parts.length === 0 || parts.includes(null)) unplaced += 1;
    else for (const part of parts) if (part) shapes.push(part);
  }
  return { shapes, unplaced, extent: extentOf(shapes) };
}

/** Positions of one point, one line, or the rings of one polygon. */
interface Part {
  kind: PixelShape['kind'];
  lines: Position[][];
}

function partsOf(geometry: Geometry): Part[] {
  switch (geometry.type) {
    case 'Point':
      return [{ kind: 'point', lines: [[geometry.coordinates]] }];
    case 'MultiPoint':
      return geometry.coordinates.map((at) => ({ kind: 'point', lines: [[at]] }));
    case 'LineString':
      return [{ kind: 'line', lines: [geometry.coordinates] }];
    case 'MultiLineString':
      return geometry.coordinates.map((line) => ({ kind: 'line', lines: [line] }));
    case 'Polygon':
      return [{ kind: 'polygon', lines: geometry.coordinates }];
    case 'MultiPolygon':
      return geometry.coordinates.map((lines) => ({ kind: 'polygon', lines }));
    case 'GeometryCollection':
      return geometry.geometries.flatMap(partsOf);
  }
}

/** Null if a vertex has no pixel, or there are no vertices. */
function placed({ kind, lines }: Part, image: ImagePlace): PixelShape | null {
  const turnDeg = turnsTo(image.centreLonDeg, lines);
  const rings: Point[][] = [];
  for (const line of lines) {
    const ring: Point[] = [];
    for (const [lon = Number.NaN, lat = Number.NaN] of line) {
      const pixel = image.toPixel(lon + turnDeg, lat);
      if (!pixel) return null;
      ring.push(pixel);
    }
    rings.push(ring);
  }
  const [first] = rings;
  const [at] = first ?? [];
  if (!first || !at) return null;
  if (kind === 'point') return { kind, at };
  return kind === 'line' ? { kind, points: first } : { kind, rings };
}

/** Degrees (whole turns around the globe) between a part's numbering of longitudes and the image's. */
function turnsTo(centreLonDeg: number | null, lines: readonly Position[][]): number {
  if (centreLonDeg === null) return 0;
  let [west, east] = [Infinity, -Infinity];
  for (const [lon = Number.NaN] of lines.flat()) {
    west = Math.min(west, lon);
    east = Math.max(east, lon);
  }
  const turns = Math.round((centreLonDeg - (west + east) / 2) / 360);
  return Number.isFinite(turns) ? 360 * turns : 0;
}

function extentOf(shapes: readonly PixelShape[]): PixelWindow | null {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const shape of shapes) {
    for (const [x, y] of pointsOf(shape)) {
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return right < left ? null : { x: left, y: top, width: right - left, height: bottom - top };
}

function pointsOf(shape: PixelShape): readonly Point[] {
  if (shape.kind === 'point') return [shape.at];
  return shape.kind === 'line' ? shape.points : shape.rings.flat();
}
