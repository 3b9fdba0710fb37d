import type { Point } from '../../../geo/types.ts';
import { NadirError } from '../../../lib/errors.ts';

/**
 * Outlines of countries and coasts: Natural Earth 1:50 million, public domain, as TopoJSON (`countries.json`: countries-50m.json of
 * the npm package world-atlas 2.0.2, unchanged). They are generalised by some kilometres.
 */
export interface Outlines {
  countries: readonly Country[];
  /** Borders between land and sea. Open lines of [lonDeg, latDeg]. */
  coasts: readonly Line[];
}

export interface Country {
  /** English, sometimes abbreviated. */
  name: string;
  /** ISO 3166-1 numeric, three digits; null where there is none. */
  code: string | null;
  /**
   * Outer rings and holes; the first point is repeated at the end. Longitudes of one ring follow each other without a jump, and may
   * go beyond ±180°.
   */
  rings: readonly Line[];
}

type Line = readonly Point[];

interface Topology {
  transform: { scale: Point; translate: Point };
  arcs: [number, number][][];
  objects: { countries: { geometries: Geometry[] } };
}

type Geometry = { id?: string; properties: { name: string } } & (
  | { type: 'Polygon'; arcs: number[][] }
  | { type: 'MultiPolygon'; arcs: number[][][] }
);

let fetching: Promise<Topology> | null = null;
let outlines: Outlines | null = null;

/** 0.7 MB, part of the app; also called early, in case the server goes away. Errors: PART_MISSING; the next call tries again. */
export function fetchOutlines(): Promise<Topology> {
  fetching ??= import('./countries.json').then(
    (module) => module.default as unknown as Topology,
    (cause: unknown) => {
      throw new NadirError(
        'PART_MISSING',
        'The outlines of countries could not be loaded: the server did not send them. Check that it runs, then try again.',
        { cause },
      );
    },
  );
  fetching.catch(() => {
    fetching = null;
  });
  return fetching;
}

/** Read from their part with the first question about it. Errors: as `fetchOutlines`. */
export async function loadOutlines(): Promise<Outlines> {
  const topology = await fetchOutlines();
  outlines ??= outlinesOf(topology);
  return outlines;
}

/** Arcs are differences of integers, and shared by the countries on both sides; ~n is arc n backwards. */
function outlinesOf({ transform, arcs, objects }: Topology): Outlines {
  const [scale, translate] = [transform.scale, transform.translate];
  const lines = arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]): Point => {
      x += dx;
      y += dy;
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
  });
  const uses = new Uint8Array(arcs.length);
  const countries = objects.countries.geometries.map((geometry): Country => {
    const rings = geometry.type === 'Polygon' ? geometry.arcs : geometry.arcs.flat();
    for (const index of rings.flat()) uses[index < 0 ? ~index : index]! += 1;
    return {
      name: geometry.properties.name,
      code: geometry.id ?? null,
      rings: rings.map((ring) =>
        unwrapped(ring.flatMap((index) => (index < 0 ? lines[~index]!.toReversed() : lines[index]!))),
      ),
    };
  });
  return { countries, coasts: lines.filter((line, index) => uses[index] === 1 && !isPole(line)) };
}

/** Antarctica's ring has a second one around the pole. */
const isPole = (line: Line) => line.every(([, lat]) => lat < -89);

/**
 * Without jumps from 180° to −180°: longitudes go on beyond them. A ring around the pole is closed along it, so that it encloses
 * an area on the plane of longitude and latitude.
 */
function unwrapped(ring: Line): Line {
  let turns = 0;
  const line = ring.map(([lon, lat], i): Point => {
    const step = i === 0 ? 0 : lon - ring[i - 1]![0];
    if (Math.abs(step) > 180) turns -= Math.sign(step);
    return [lon + 360 * turns, lat];
  });
  if (turns === 0) return line;
  const [first, last] = [line[0]!, line.at(-1)!];
  return [...line, [last[0], -90], [first[0], -90], first];
}
