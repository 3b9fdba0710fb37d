import { planError } from './plan-error.ts';

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

const relations = ['near', 'along', 'inside'] as const;
export type Relation = (typeof relations)[number];

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

/** Where a plan looks. */
export type Where =
  | Part
  | { kind: 'marked' }
  /** `near` and `along` take their distance from a filter (`distance<50 m`), or a default that the answer states. */
  | { kind: Relation; subject: string };

/** Other spellings of a canonical form. */
const spellings: Record<string, string> = {
  center: 'centre',
  middle: 'centre',
  edge: 'edges',
  'marked area': 'marked region',
};

/** `left half`, `north third`, `top left quadrant`, `northwest`, `centre`, `edges`, `marked region`, `near:dock` … Errors: PLAN_INVALID. */
export function parseWhere(text: string): Where {
  const name = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const where = readWhere(spellings[name] ?? name);
  if (!where) {
    throw planError(
      'where',
      text,
      'such as "left half", "north third", "top left quadrant", "northwest", "centre", "edges", "marked region", "near:dock", "along:road" or "inside:runway"',
    );
  }
  return where;
}

function readWhere(name: string): Where | null {
  if (name === 'centre' || name === 'edges') return { kind: name };
  if (name === 'marked region') return { kind: 'marked' };
  if (isDirection(name)) return { kind: 'compass', direction: name };
  const relation = /^(near|along|inside):\s*(\S.*)$/.exec(name);
  if (relation) return { kind: relation[1] as Relation, subject: relation[2]! };
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

/** The canonical text: `parseWhere` gives the same again. */
export function formatWhere(where: Where): string {
  switch (where.kind) {
    case 'half':
      return `${where.side} half`;
    case 'third':
      return `${where.side} third`;
    case 'quadrant':
      return `${where.corner} quadrant`;
    case 'compass':
      return where.direction;
    case 'marked':
      return 'marked region';
    case 'centre':
    case 'edges':
      return where.kind;
    default:
      return `${where.kind}:${where.subject}`;
  }
}

/** Whether this names a place by another subject, which then is needed as evidence, too. */
export const isRelative = (where: Where): where is Extract<Where, { kind: Relation }> =>
  where.kind === 'near' || where.kind === 'along' || where.kind === 'inside';

const isSide = (name: string): name is Side => (sides as readonly string[]).includes(name);
const isCorner = (name: string): name is Corner => (corners as readonly string[]).includes(name);
const isDirection = (name: string): name is Direction => (directions as readonly string[]).includes(name);
const isMainDirection = (name: string): name is 'north' | 'east' | 'south' | 'west' =>
  name === 'north' || name === 'east' || name === 'south' || name === 'west';
