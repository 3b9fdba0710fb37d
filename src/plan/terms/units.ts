/** Units in which a plan's filter may state a size. */

interface UnitOf<Kind extends string> {
  kind: Kind;
  /** Square metres or metres in one unit; null for pixels, whose size depends on the image. */
  metric: number | null;
}

/** By the name that a plan writes. Feet are international ones. */
export const areaUnits = {
  m2: { kind: 'area', metric: 1 },
  ha: { kind: 'area', metric: 10_000 },
  km2: { kind: 'area', metric: 1_000_000 },
  ft2: { kind: 'area', metric: 0.3048 ** 2 },
  acre: { kind: 'area', metric: 4046.8564224 },
  mi2: { kind: 'area', metric: 1609.344 ** 2 },
  px2: { kind: 'area', metric: null },
} as const satisfies Record<string, UnitOf<'area'>>;

export const lengthUnits = {
  m: { kind: 'length', metric: 1 },
  km: { kind: 'length', metric: 1000 },
  ft: { kind: 'length', metric: 0.3048 },
  yd: { kind: 'length', metric: 0.9144 },
  mi: { kind: 'length', metric: 1609.344 },
  px: { kind: 'length', metric: null },
} as const satisfies Record<string, UnitOf<'length'>>;

export type AreaUnit = keyof typeof areaUnits;
export type LengthUnit = keyof typeof lengthUnits;

/** Other spellings of a unit → the name that a plan writes. */
const spellings: Record<string, AreaUnit | LengthUnit> = {
  'm²': 'm2',
  'm^2': 'm2',
  sqm: 'm2',
  'sq m': 'm2',
  hectare: 'ha',
  hectares: 'ha',
  'km²': 'km2',
  'km^2': 'km2',
  'ft²': 'ft2',
  sqft: 'ft2',
  'sq ft': 'ft2',
  acres: 'acre',
  'mi²': 'mi2',
  'px²': 'px2',
  metre: 'm',
  metres: 'm',
  meter: 'm',
  meters: 'm',
  feet: 'ft',
  foot: 'ft',
  yard: 'yd',
  yards: 'yd',
  mile: 'mi',
  miles: 'mi',
  pixel: 'px',
  pixels: 'px',
};

/** The unit that a text names; null if it names none. */
export function unitNamed(text: string): AreaUnit | LengthUnit | null {
  const name = text.trim().toLowerCase().replace(/\s+/g, ' ');
  if (isAreaUnit(name) || isLengthUnit(name)) return name;
  return spellings[name] ?? null;
}

export const isAreaUnit = (name: string): name is AreaUnit => Object.hasOwn(areaUnits, name);
export const isLengthUnit = (name: string): name is LengthUnit => Object.hasOwn(lengthUnits, name);
