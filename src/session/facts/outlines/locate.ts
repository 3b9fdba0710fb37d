import type { Point } from '../../../geo/types.ts';
import type { Country, Outlines } from './outlines.ts';

/** Where places lie by coarse outlines. */
export interface Located {
  /** Countries that contain one of the places. */
  inside: readonly Country[];
  /** Others whose outline is within `NEAR_KM`: the places may lie in them. */
  near: readonly Country[];
  /** Whether some, all or none of the places are outside all outlines. */
  atSea: 'none' | 'some' | 'all';
  /** Whether a coast is within `NEAR_KM` of one of the places. */
  nearCoast: boolean;
}

/** The outlines are trusted beyond this distance from a border. */
export const NEAR_KM = 20;

const KM_PER_DEGREE = 111.2;

/** `places`: [lonDeg, latDeg], with longitudes from −180 to 180. */
export function locate(places: readonly Point[], { countries, coasts }: Outlines): Located {
  const inside = countries.filter(({ rings }) => places.some((place) => isInside(place, rings)));
  const isLand = (place: Point) => inside.some(({ rings }) => isInside(place, rings));
  const land = places.filter(isLand).length;
  const isNear = (line: readonly Point[]) => places.some((place) => isWithin(place, line, NEAR_KM));
  return {
    inside,
    near: countries.filter((country) => !inside.includes(country) && country.rings.some(isNear)),
    atSea: land === places.length ? 'none' : land === 0 ? 'all' : 'some',
    nearCoast: coasts.some(isNear),
  };
}

const TURNS = [-360, 0, 360];

/** By the number of edges east of the place, over all rings; a ring may lie a full turn away. */
function isInside([lon, lat]: Point, rings: readonly (readonly Point[])[]): boolean {
  return TURNS.some((turn) => {
    let inside = false;
    for (const ring of rings) {
      for (let i = 1; i < ring.length; i += 1) {
        const [[x0, y0], [x1, y1]] = [ring[i - 1]!, ring[i]!];
        if (y0 > lat !== y1 > lat && lon + turn < x0 + ((lat - y0) * (x1 - x0)) / (y1 - y0)) inside = !inside;
      }
    }
    return inside;
  });
}

/** On a plane around the place: exact enough for some tens of kilometres, except at the poles. */
function isWithin([lon, lat]: Point, line: readonly Point[], km: number): boolean {
  const perLon = KM_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
  const turn = (degrees: number) => (degrees > 180 ? degrees - 360 : degrees < -180 ? degrees + 360 : degrees);
  for (let i = 1; i < line.length; i += 1) {
    const [a, b] = [line[i - 1]!, line[i]!];
    const [ay, by] = [(a[1] - lat) * KM_PER_DEGREE, (b[1] - lat) * KM_PER_DEGREE];
    if (Math.min(ay, by) > km || Math.max(ay, by) < -km) continue;
    const [ax, bx] = [turn(a[0] - lon) * perLon, turn(b[0] - lon) * perLon];
    // Its ends are on both sides of the place's antipode.
    if (Math.abs(bx - ax) > 180 * perLon) continue;
    if (Math.min(ax, bx) > km || Math.max(ax, bx) < -km) continue;
    if (distanceToOrigin(ax, ay, bx, by) <= km) return true;
  }
  return false;
}

function distanceToOrigin(ax: number, ay: number, bx: number, by: number): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length2));
  return Math.hypot(ax + along * dx, ay + along * dy);
}
