import { applyGeotransform, invertGeotransform } from '../../../geo/ground/affine.ts';
import { Geodesic } from '../../../geo/ground/geodesic.ts';
import { makeFromLonLat, makeToLonLat } from '../../../geo/ground/projection.ts';
import { pointOf, type TypedPlace, utmDefinition } from '../../../geo/ground/typed-place.ts';
import type { Point } from '../../../geo/types.ts';
import type { SceneInfo } from '../../../imagery/image.ts';

/** A place that was typed, on an image. */
export interface Spot {
  place: TypedPlace;
  /** Column and row; may lie outside the image. */
  at: Point;
}

/** Where a place lies that isn't in the image: how far from its nearest edge, and in which direction. */
export interface Away {
  distance: number;
  unit: 'm' | 'px';
  /** Clockwise from north, in degrees; null in pixels. */
  bearingDeg: number | null;
}

export type Resolved =
  | { kind: 'inside'; spot: Spot }
  /** Several meanings lie in the image. */
  | { kind: 'ambiguous'; spots: Spot[] }
  | { kind: 'outside'; place: TypedPlace; away: Away }
  /** The image has no such coordinates. */
  | { kind: 'unplaced'; place: TypedPlace };

/** Which of its meanings a typed place has on an image. `meanings` isn't empty. */
export function resolvePlace(meanings: readonly TypedPlace[], info: SceneInfo): Resolved {
  const spots = meanings.flatMap((place) => {
    const at = pixelOf(place, info);
    return at ? [{ place, at }] : [];
  });
  const inside = spots.filter(({ at }) => isInside(at, info));
  const [first, ...others] = inside;
  if (first && others.every(({ at }) => isSamePixel(at, first.at))) return { kind: 'inside', spot: first };
  if (first) return { kind: 'ambiguous', spots: inside };
  const outside = meanings.flatMap((place) => {
    const away = awayOf(place, spots.find((spot) => spot.place === place)?.at ?? null, info);
    return away ? [{ place, away }] : [];
  });
  // Fractions and signs are how degrees are written; other numbers mean what brings them nearest.
  const degrees = outside.find(({ place }) => place.system === 'lonlat' && looksLikeDegrees(place));
  const best = degrees ?? outside.sort((a, b) => metresOf(a.away, info) - metresOf(b.away, info))[0];
  return best ? { kind: 'outside', ...best } : { kind: 'unplaced', place: meanings[0]! };
}

const looksLikeDegrees = (place: TypedPlace) => pointOf(place).some((value) => value < 0 || !Number.isInteger(value));

export const isInside = ([x, y]: Point, { width, height }: Pick<SceneInfo, 'width' | 'height'>): boolean =>
  x >= 0 && y >= 0 && x < width && y < height;

const isSamePixel = (a: Point, b: Point) =>
  Math.floor(a[0]) === Math.floor(b[0]) && Math.floor(a[1]) === Math.floor(b[1]);

/** Null where the image has no place, or the place is outside its projection. */
function pixelOf(place: TypedPlace, { georeference }: SceneInfo): Point | null {
  if (place.system === 'pixel') {
    // A whole number names a pixel, whose middle is half a pixel further.
    return [place.col, place.row].map((value) => (Number.isInteger(value) ? value + 0.5 : value)) as unknown as Point;
  }
  if (georeference.kind === 'none') return null;
  const { geotransform, proj4 } = georeference;
  const fromCrs = (point: Point | null | undefined) =>
    finite(point && applyGeotransform(invertGeotransform(geotransform), ...point));
  if (place.system === 'crs' && place.utm === null) return fromCrs([place.x, place.y]);
  const lonLat = lonLatOf(place);
  return lonLat && fromCrs(finite(makeFromLonLat(proj4)?.(...lonLat)));
}

/** Of a place that is known without the image. */
function lonLatOf(place: TypedPlace): Point | null {
  if (place.system === 'lonlat') return [place.lonDeg > 180 ? place.lonDeg - 360 : place.lonDeg, place.latDeg];
  if (place.system === 'pixel' || !place.utm) return null;
  return finite(makeToLonLat(utmDefinition(place.utm))?.(place.x, place.y));
}

/** In degrees, WGS 84; null if the image has no place there. */
export function lonLatAt([x, y]: Point, { georeference }: SceneInfo): Point | null {
  if (georeference.kind === 'none') return null;
  const { geotransform, proj4 } = georeference;
  return finite(makeToLonLat(proj4)?.(...applyGeotransform(geotransform, x, y)));
}

/** From the image's nearest edge, or from its middle where a place is outside of its projection. */
function awayOf(place: TypedPlace, at: Point | null, info: SceneInfo): Away | null {
  const { width, height } = info;
  const nearest: Point = at ? [clamp(at[0], width), clamp(at[1], height)] : [width / 2, height / 2];
  const from = lonLatAt(nearest, info);
  const to = lonLatOf(place) ?? (at && lonLatAt(at, info));
  if (!from || !to) {
    if (!at) return null;
    return { distance: Math.hypot(at[0] - nearest[0], at[1] - nearest[1]), unit: 'px', bearingDeg: null };
  }
  const { s12 = 0, azi1 = 0 } = Geodesic.WGS84.Inverse(from[1], from[0], to[1], to[0]);
  return { distance: s12, unit: 'm', bearingDeg: (azi1 + 360) % 360 };
}

const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));

const metresOf = ({ distance, unit }: Away, { gsdMetres }: SceneInfo): number =>
  unit === 'm' ? distance : distance * (gsdMetres?.x ?? 1);

const finite = (point: Point | null | undefined): Point | null =>
  point && Number.isFinite(point[0]) && Number.isFinite(point[1]) ? point : null;
