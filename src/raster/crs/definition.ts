/** The geographic base of a CRS: ellipsoid, prime meridian and angular unit. */
export interface Base {
  /** Ellipsoid in proj4's syntax: `+ellps=clrk66`, or `+a=… +rf=…`. */
  shape: string;
  /** Prime meridian, in degrees east of Greenwich. */
  meridianDeg: number;
  /** Size of the angular unit in degrees. */
  degreesPerUnit: number;
}

export const shapeOf = (semiMajorMetres: number, inverseFlattening: number) =>
  `+a=${semiMajorMetres} ${inverseFlattening === 0 ? `+b=${semiMajorMetres}` : `+rf=${inverseFlattening}`}`;

/** Tolerates floating-point error in a factor of one. */
const isOne = (factor: number) => Math.abs(factor - 1) < 1e-12;

/**
 * A proj4 definition without a datum shift. For a projected CRS: its plane (conversion.ts) and the metres in its unit.
 * For a geographic one, `plane` is null.
 */
export function writeDefinition(base: Base, plane: string | null, metresPerUnit: number): string {
  const parts = [plane ?? '+proj=longlat'];
  if (!plane?.includes(' +a=')) parts.push(base.shape);
  if (Math.abs(base.meridianDeg) > 1e-12) parts.push(`+pm=${base.meridianDeg}`);
  if (plane && !isOne(metresPerUnit)) parts.push(`+to_meter=${metresPerUnit}`);
  if (!plane && !isOne(base.degreesPerUnit)) parts.push(`+to_degree=${base.degreesPerUnit}`);
  return parts.join(' ');
}

const UNIT_KEYS = ['units', 'to_meter'];
const BASE_KEYS = ['ellps', 'a', 'b', 'rf', 'R', 'datum', 'towgs84', 'nadgrids', 'pm'];

function without(definition: string, keys: readonly string[]): string {
  return definition
    .trim()
    .split(/\s+/)
    .filter((part) => !keys.includes(/^\+([^=]+)/.exec(part)?.[1] ?? ''))
    .join(' ');
}

/** The plane of a full definition: its projection and false origin. proj4 gives the false origin in metres. */
export const planeOfDefinition = (definition: string) => without(definition, [...UNIT_KEYS, ...BASE_KEYS, 'no_defs']);

/** The ellipsoid of a full definition in proj4's syntax. A named datum contains an ellipsoid and a shift. */
export function shapeOfDefinition(definition: string): string {
  const named = /\+datum=(\S+)/.exec(definition)?.[1];
  const ellipsoid = named && { WGS84: 'WGS84', NAD83: 'GRS80', NAD27: 'clrk66', potsdam: 'bessel' }[named];
  if (ellipsoid) return `+ellps=${ellipsoid}`;
  return (definition.match(/\+(ellps|a|b|rf|R)=\S+/g) ?? []).join(' ');
}

/** The same definition in another unit. The false origin keeps its place on the ground. */
export function inUnit(definition: string, metresPerUnit: number): string {
  const kept = without(definition, UNIT_KEYS);
  return isOne(metresPerUnit) ? kept : `${kept} +to_meter=${metresPerUnit}`;
}

/** Metres per unit of a full definition; 1 for a geographic one, NaN for a unit that proj4js doesn't have. */
export function metresOf(definition: string): number {
  const named = /\+units=(\S+)/.exec(definition)?.[1];
  if (named) return NAMED_METRES[named] ?? Number.NaN;
  return Number(/\+to_meter=(\S+)/.exec(definition)?.[1] ?? 1);
}

const NAMED_METRES: Record<string, number> = { m: 1, km: 1000, ft: 0.3048, 'us-ft': 1200 / 3937, link: 0.201168 };
