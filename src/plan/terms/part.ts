/** Sides of the picture as it is on the screen, whatever lies north. */
export const sides = ['left', 'right', 'top', 'bottom'] as const;
export type Side = (typeof sides)[number];

/** Directions on the ground, clockwise from north. */
export const directions = [
  'north',
  'northeast',
  'east',
  'southeast',
  'south',
  'southwest',
  'west',
  'northwest',
] as const;
export type Direction = (typeof directions)[number];

export const corners = ['top left', 'top right', 'bottom left', 'bottom right'] as const;
export type Corner = (typeof corners)[number];

/** A part of the region asked about. */
export type Part =
  | { kind: 'half'; side: Side }
  /** `middle` lies between the left and the right third. */
  | { kind: 'third'; side: Side | 'north' | 'east' | 'south' | 'west' | 'middle' }
  | { kind: 'quadrant'; corner: Corner }
  /** North, east, south and west are halves; the directions between them are quarters. */
  | { kind: 'compass'; direction: Direction }
  /** The middle half each way. */
  | { kind: 'centre' }
  /** A band along the border, a tenth of each side wide. */
  | { kind: 'edges' };

/** `left half`, `north third`, `top left quadrant`, `northwest`, `centre`, `edges`; null for anything else. */
export function partNamed(name: string): Part | null {
  if (name === 'centre' || name === 'edges') return { kind: name };
  if (isDirection(name)) return { kind: 'compass', direction: name };
  const [, first = '', size = ''] = /^(.+) (half|third|quadrant)$/.exec(name) ?? [];
  if (size === 'half' && isSide(first)) return { kind: 'half', side: first };
  if (size === 'half' && isMainDirection(first)) return { kind: 'compass', direction: first };
  if (size === 'third' && (isSide(first) || isMainDirection(first) || first === 'middle')) {
    return { kind: 'third', side: first };
  }
  if (size === 'quadrant' && isCorner(first)) return { kind: 'quadrant', corner: first };
  if (size === 'quadrant' && isDirection(first) && !isMainDirection(first)) {
    return { kind: 'compass', direction: first };
  }
  return null;
}

/** The canonical name: `partNamed` gives the same again. */
export function partName(part: Part): string {
  switch (part.kind) {
    case 'half':
      return `${part.side} half`;
    case 'third':
      return `${part.side} third`;
    case 'quadrant':
      return `${part.corner} quadrant`;
    case 'compass':
      return part.direction;
    case 'centre':
    case 'edges':
      return part.kind;
  }
}

const isSide = (name: string): name is Side => (sides as readonly string[]).includes(name);
const isCorner = (name: string): name is Corner => (corners as readonly string[]).includes(name);
const isDirection = (name: string): name is Direction => (directions as readonly string[]).includes(name);
const isMainDirection = (name: string): name is 'north' | 'east' | 'south' | 'west' =>
  name === 'north' || name === 'east' || name === 'south' || name === 'west';
