import { ringArea } from '../../../geo/boxes/rings.ts';
import { pathLengthMetres, ringAreaSquareMetres } from '../../../geo/ground/ground-measure.ts';
import type { Point } from '../../../geo/types.ts';
import type { OpenScene } from '../../../session/document.ts';
import type { GroundPort } from '../../../session/layers/port.ts';
import { formatGrouped, formatMetres } from '../../format/format.ts';

export type MeasureKind = 'distance' | 'area';

/** A measurement in metres on the ellipsoid, in the CRS's plane, or in pixels, in this order of preference. */
export interface Measure {
  length: number;
  /** Null for a line. */
  area: number | null;
  unit: 'metre' | 'foot' | 'unit' | 'pixel';
  /** How it was measured, for the user. */
  how: string;
}

type Ground = Pick<GroundPort, 'toLonLat' | 'toCrs'>;

/** `points` in source pixels. For an area the ring is closed, and its length is the whole perimeter. */
export function measure(ground: Ground, scene: OpenScene, points: readonly Point[], kind: MeasureKind): Measure {
  const closed = kind === 'area' && points.length > 2 ? [...points, points[0]!] : points;
  const lonLat = placed(closed, (col, row) => ground.toLonLat(col, row));
  if (lonLat) {
    const area = kind === 'area' ? ringAreaSquareMetres(lonLat.slice(0, points.length)) : null;
    return { length: pathLengthMetres(lonLat), area, unit: 'metre', how: 'geodesic on WGS 84' };
  }
  const reference = scene.info.georeference;
  const crs = placed(closed, (col, row) => ground.toCrs(col, row));
  const planar = (on: readonly Point[]) => ({
    length: planeLength(on),
    area: kind === 'area' ? ringArea(on.slice(0, points.length)) : null,
  });
  if (crs && reference.kind === 'affine' && reference.units !== 'degree') {
    const unit = reference.units === 'metre' ? 'metre' : reference.units === 'unknown' ? 'unit' : 'foot';
    return { ...planar(crs), unit, how: 'in the plane of the CRS' };
  }
  return { ...planar(closed), unit: 'pixel', how: 'in pixels: the image has no known location' };
}

function placed(points: readonly Point[], place: (col: number, row: number) => Point | null): Point[] | null {
  const found = points.map(([col, row]) => place(col, row));
  return found.every((point) => point !== null) ? found : null;
}

function planeLength(path: readonly Point[]): number {
  let length = 0;
  for (let i = 1; i < path.length; i++) {
    length += Math.hypot(path[i]![0] - path[i - 1]![0], path[i]![1] - path[i - 1]![1]);
  }
  return length;
}

/** "1.24 km", "310 px". */
export function lengthWords({ length, unit }: Pick<Measure, 'length' | 'unit'>): string {
  if (unit === 'metre') return formatMetres(length);
  const digits = length >= 100 ? 0 : 1;
  return `${formatGrouped(length, digits)} ${{ foot: 'ft', unit: 'CRS units', pixel: 'px' }[unit]}`;
}

/** "2 340 m²", "1.2 ha", "3.05 km²", "812 px²". */
export function areaWords({ area, unit }: Pick<Measure, 'area' | 'unit'>): string {
  if (area === null) return '';
  if (unit !== 'metre') return `${formatGrouped(area)} ${{ foot: 'ft²', unit: 'CRS units²', pixel: 'px²' }[unit]}`;
  if (area >= 1e6) return `${Number((area / 1e6).toPrecision(4))} km²`;
  if (area >= 1e4) return `${Number((area / 1e4).toPrecision(4))} ha`;
  return `${formatGrouped(area, area >= 100 ? 0 : 1)} m²`;
}
