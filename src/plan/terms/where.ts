import { type Anchor, anchorNamed, anchorText } from './anchor.ts';
import { corners, type Part, partName, partNamed } from './part.ts';
import { planError } from './plan-error.ts';

const relations = ['near', 'along', 'inside'] as const;
type Relation = (typeof relations)[number];

/** A place named by another subject, which then is needed as evidence, too. */
export interface Relative extends Anchor {
  /** `near` and `along` take their distance from a filter (`distance<50 m`), or a default that the answer states. */
  kind: Relation;
}

/** The polygons of a vector layer, by the layer's name in lower case. */
interface LayerPlace {
  kind: 'layer';
  name: string;
}

/** One place. */
export type Place = Part | { kind: 'marked' } | LayerPlace | Relative;

/** Where a plan looks: one place, or several that are told apart. */
export type Where = Place | { kind: 'several'; places: Place[] };

/** Other spellings of a canonical form. */
const spellings: Record<string, string> = {
  center: 'centre',
  middle: 'centre',
  edge: 'edges',
  'marked area': 'marked region',
  quadrants: corners.map((corner) => `${corner} quadrant`).join(', '),
};

/**
 * `left half`, `north third`, `top left quadrant`, `northwest`, `centre`, `edges`, `marked region`, `layer:parcels`, `near:dock`,
 * `near:largest building` …; several places are separated by commas: `north, south`. Errors: PLAN_INVALID.
 */
export function parseWhere(text: string): Where {
  const name = text.trim().toLowerCase().replace(/\s+/g, ' ');
  // The commas of an anchor's filter stand in brackets.
  const places = (spellings[name] ?? name).split(/,(?![^(]*\))/).map((each) => placeNamed(each.trim()));
  const known = places.filter((place) => place !== null);
  const [first] = known;
  if (!first || known.length < places.length || new Set(known.map(placeText)).size < known.length) {
    throw planError(
      'where',
      text,
      'such as "left half", "north third", "top left quadrant", "northwest", "centre", "edges", "marked region", "layer:parcels", "near:dock", "along:road", "inside:runway" or "near:largest building"; several different ones are separated by commas',
    );
  }
  return known.length > 1 ? { kind: 'several', places: known } : first;
}

function placeNamed(text: string): Place | null {
  const name = spellings[text] ?? text;
  if (name === 'marked region') return { kind: 'marked' };
  const [, layer] = /^layer:\s*(\S.*)$/.exec(name) ?? [];
  if (layer !== undefined) return { kind: 'layer', name: layer };
  const [, kind, to] = /^(near|along|inside):\s*(\S.*)$/.exec(name) ?? [];
  if (to === undefined) return partNamed(name);
  const anchor = anchorNamed(to);
  return anchor && { kind: kind as Relation, ...anchor };
}

/** The canonical text: `parseWhere` gives the same again. */
export const formatWhere = (where: Where): string => placesIn(where).map(placeText).join(', ');

function placeText(place: Place): string {
  if (place.kind === 'marked') return 'marked region';
  if (place.kind === 'layer') return `layer:${place.name}`;
  return isRelative(place) ? `${place.kind}:${anchorText(place)}` : partName(place);
}

/** The places that a plan names; none for null. */
export function placesIn(where: Where | null): readonly Place[] {
  if (where === null) return [];
  return where.kind === 'several' ? where.places : [where];
}

export const isRelative = (where: Where): where is Relative =>
  where.kind === 'near' || where.kind === 'along' || where.kind === 'inside';

/** Places named by other subjects. */
export const relativesIn = (where: Where | null): readonly Relative[] => placesIn(where).filter(isRelative);
