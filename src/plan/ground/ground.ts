import { doubleSignedArea } from '../../geo/boxes/convex.ts';
import { applyGeotransform, isUsableGeotransform } from '../../geo/ground/affine.ts';
import { pathLengthMetres, ringAreaSquareMetres } from '../../geo/ground/ground-measure.ts';
import { makeToLonLat } from '../../geo/ground/projection.ts';
import type { Point } from '../../geo/types.ts';
import type { Georeference } from '../../imagery/place.ts';

/**
 * The linear map at a pixel from pixels to east and north: metres, or pixels where an image has no scale (north is up
 * then). `east = col·eastPerCol + row·eastPerRow`.
 */
export interface Frame {
  eastPerCol: number;
  eastPerRow: number;
  northPerCol: number;
  northPerRow: number;
}

/**
 * Where an image's pixels lie, for measuring. `geodesic`: on the WGS 84 ellipsoid. `planar`: in the metres of a CRS that
 * can't be converted to longitude and latitude. `pixels`: no scale; lengths are in pixels and north is taken to be up.
 */
export interface Ground {
  readonly kind: 'geodesic' | 'planar' | 'pixels';
  /** [lonDeg, latDeg]; null without a place, or outside the projection's domain. */
  lonLat(col: number, row: number): Point | null;
  /** Accurate to 1e-6 at the pixel, and usable for some kilometres around it. */
  frameAt(col: number, row: number): Frame;
  /** Length of a path of pixel positions, in metres or pixels. */
  length(path: readonly Point[]): number;
  /** Area of an open ring of pixel positions, ≥ 0, in square metres or square pixels. */
  area(ring: readonly Point[]): number;
}

/** The ground of an image of `width` × `height` pixels. */
export function groundOf(georeference: Georeference, width: number, height: number): Ground {
  if (georeference.kind === 'none' || !isUsableGeotransform(georeference.geotransform)) return pixelGround;
  const { geotransform: g, proj4, units } = georeference;
  const toLonLat = makeToLonLat(proj4);
  const centre: Point = [width / 2, height / 2];
  if (toLonLat) {
    const place = (col: number, row: number) => toLonLat(...applyGeotransform(g, col, row));
    if (isFinitePoint(place(...centre))) return geodesicGround(place, centre);
  }
  const metres = { metre: 1, foot: 0.3048, 'us-foot': 1200 / 3937, degree: null, unknown: null }[units];
  return metres === null ? pixelGround : planarGround(g.map((value) => value * metres));
}

/** Without a scale. */
export const pixelGround: Ground = linearGround('pixels', {
  eastPerCol: 1,
  eastPerRow: 0,
  northPerCol: 0,
  northPerRow: -1,
});

function planarGround([
  ,
  eastPerCol = 0,
  eastPerRow = 0,
  ,
  northPerCol = 0,
  northPerRow = 0,
]: readonly number[]): Ground {
  return linearGround('planar', { eastPerCol, eastPerRow, northPerCol, northPerRow });
}

function linearGround(kind: 'planar' | 'pixels', frame: Frame): Ground {
  return {
    kind,
    lonLat: () => null,
    frameAt: () => frame,
    length: (path) => path.slice(1).reduce((sum, p, i) => sum + distanceIn(frame, path[i]!, p), 0),
    area: (ring) => (Math.abs(doubleSignedArea(ring)) / 2) * pixelAreaOf(frame),
  };
}

/** Straight lines in the picture aren't geodesics: long edges are measured in pieces of this many pixels. */
const PIECE_PX = 512;

function geodesicGround(place: (col: number, row: number) => Point, centre: Point): Ground {
  const frameOrNull = (col: number, row: number): Frame | null => {
    const here = place(col, row);
    const [east, south] = [place(col + 0.5, row), place(col, row + 0.5)];
    const [west, north] = [place(col - 0.5, row), place(col, row - 0.5)];
    if (![here, east, south, west, north].every(isFinitePoint)) return null;
    const perDegree = metresPerDegree(here[1]);
    return {
      eastPerCol: turnBetween(west[0], east[0]) * perDegree.east,
      eastPerRow: turnBetween(north[0], south[0]) * perDegree.east,
      northPerCol: (east[1] - west[1]) * perDegree.north,
      northPerRow: (south[1] - north[1]) * perDegree.north,
    };
  };
  const atCentre = frameOrNull(...centre) ?? pixelGround.frameAt(0, 0);
  const onGround = (path: readonly Point[], closed: boolean) =>
    inPieces(path, closed).map(([col, row]) => place(col, row));
  return {
    kind: 'geodesic',
    lonLat: (col, row) => {
      const point = place(col, row);
      return isFinitePoint(point) ? point : null;
    },
    frameAt: (col, row) => frameOrNull(col, row) ?? atCentre,
    length: (path) => pathLengthMetres(onGround(path, false)),
    area: (ring) => ringAreaSquareMetres(onGround(ring, true)),
  };
}

function inPieces(path: readonly Point[], closed: boolean): Point[] {
  const pieces: Point[] = [];
  path.forEach((p, i) => {
    pieces.push(p);
    const next = path[i + 1] ?? (closed ? path[0] : undefined);
    if (!next) return;
    const count = Math.ceil(Math.hypot(next[0] - p[0], next[1] - p[1]) / PIECE_PX);
    for (let k = 1; k < count; k++) {
      pieces.push([p[0] + ((next[0] - p[0]) * k) / count, p[1] + ((next[1] - p[1]) * k) / count]);
    }
  });
  return pieces;
}

const SEMI_MAJOR_METRES = 6378137;
const ECCENTRICITY_2 = 0.00669437999014;

/** On the WGS 84 ellipsoid, from its radii of curvature. */
function metresPerDegree(latDeg: number): { east: number; north: number } {
  const lat = (latDeg * Math.PI) / 180;
  const w2 = 1 - ECCENTRICITY_2 * Math.sin(lat) ** 2;
  const meridian = (SEMI_MAJOR_METRES * (1 - ECCENTRICITY_2)) / w2 ** 1.5;
  const parallel = (SEMI_MAJOR_METRES / Math.sqrt(w2)) * Math.cos(lat);
  return { east: (parallel * Math.PI) / 180, north: (meridian * Math.PI) / 180 };
}

/** Degrees from one longitude to another, in (−180,180]. */
export function turnBetween(fromDeg: number, toDeg: number): number {
  const turn = toDeg - fromDeg;
  return turn - 360 * Math.round(turn / 360);
}

/** Pixel offset → [east, north] in the frame's units. */
export function toGround(frame: Frame, [x, y]: Point): Point {
  return [x * frame.eastPerCol + y * frame.eastPerRow, x * frame.northPerCol + y * frame.northPerRow];
}

/** The pixel direction in which a ground direction grows: [col, row], not normalised. */
export function gradientOf(frame: Frame, [east, north]: Point): Point {
  return [east * frame.eastPerCol + north * frame.northPerCol, east * frame.eastPerRow + north * frame.northPerRow];
}

/** Ground area of a pixel. */
export const pixelAreaOf = (frame: Frame): number =>
  Math.abs(frame.eastPerCol * frame.northPerRow - frame.eastPerRow * frame.northPerCol);

export function distanceIn(frame: Frame, a: Point, b: Point): number {
  const [x, y] = [b[0] - a[0], b[1] - a[1]];
  const east = x * frame.eastPerCol + y * frame.eastPerRow;
  const north = x * frame.northPerCol + y * frame.northPerRow;
  // Math.hypot takes several times as long, and nearest neighbours are searched among many.
  return Math.sqrt(east * east + north * north);
}

const isFinitePoint = (p: Point): boolean => Number.isFinite(p[0]) && Number.isFinite(p[1]);
