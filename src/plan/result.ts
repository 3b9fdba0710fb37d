import type { Point } from '../geo/types.ts';
import type { CoverClass } from './evidence.ts';
import type { ReadPlan } from './plan.ts';
import type { Interval } from './run/chances.ts';
import type { Chosen } from './terms/anchor.ts';
import type { Condition } from './terms/filter.ts';
import type { Order } from './terms/order.ts';
import type { Quantity } from './terms/quantity.ts';
import type { Place } from './terms/where.ts';

/** What a plan gave on its evidence: data, from which an answer is written and that is kept and exported. */
export type Result = Base & Outcome;

export type Outcome =
  | FoundResult
  | CountResult
  | ExistsResult
  | CompareResult
  | PlacesResult
  | ExtremeResult
  | MeasureResult
  | CoverResult
  | DescribeResult
  | ClassifyResult
  | CannotResult
  | ModelResult;

/** What every result says. */
interface Base {
  where: ReadPlan['where'];
  /** `scene` if `where` is null and the region is the whole image. */
  regionKind: 'drawn' | 'view' | 'scene';
  /** Subjects asked about that the model has no class for. The result is about the others. */
  unknown: string[];
  /** Known subjects of the same kind as an unknown one, to offer instead. */
  offers: string[];
  /** Everything that the model knows. */
  known: string[];
  /** Things that a place or an order is measured from, where the plan chooses them ("near the largest building"). */
  references: Reference[];
  leftOut: LeftOut;
  caveats: Caveat[];
}

export interface Reference {
  subject: string;
  chosen: Chosen;
  /** The chosen ones, in the choice's order. */
  things: ThingAmount[];
  /** Number of things that they were chosen from. */
  of: number;
}

export interface LeftOut {
  /** Share, 0–1, of the part asked about that was looked at. */
  lookedShare: number;
  /** Tiles that meet the part asked about. */
  failedTiles: number;
  waitingTiles: number;
  emptyTiles: number;
  /** All of them. */
  tiles: number;
  /** Found things that the region's border cuts: their sizes are too small. */
  cutIds: string[];
}

/** What a reader must know to take a result for what it is. */
export type Caveat =
  /** The image has no place: north was taken to be up. */
  | { kind: 'north-is-up' }
  /** The image has no scale: sizes are in pixels. */
  | { kind: 'pixels' }
  /** Some or all sizes are those of boxes, because there were no outlines. */
  | { kind: 'from-boxes' }
  /** Numbers of things without places were divided by area. */
  | { kind: 'spread-evenly' }
  /** Only some of them have boxes: their density says how many there are. */
  | { kind: 'unboxed'; subject: string; estimate: number }
  /** `near` or `along` without a distance: this one was taken. */
  | { kind: 'within'; amount: Amount }
  /** Numbers come from the land cover, whose cells are this wide. `iou`: of the classes that they are of, where it is known. */
  | { kind: 'by-cover'; cell: Amount; iou: number | null }
  /** The land cover doesn't tell the subject from the rest of these classes. */
  | { kind: 'wider-class'; subject: string; classes: Pick<CoverClass, 'label' | 'labelZh'>[] }
  /** Its things aren't told apart: only the ground that they cover is known. */
  | { kind: 'only-area'; subject: string }
  /** Asked about together with others, and not counted because the model only tells whether it is there. */
  | { kind: 'no-count'; subject: string; tiles: TileShare | null };

/** Tiles that show something, of all that tell. */
export interface TileShare {
  yes: number;
  of: number;
}

export type Unit = 'm2' | 'px2' | 'm' | 'px' | 'share' | 'per km2' | 'per Mpx' | 'count' | 'score' | 'degree';

export interface Amount {
  value: number;
  unit: Unit;
}

/** A number of things. */
export interface CountRow {
  subject: string;
  /** The number of things found; of a density, its sum rounded. */
  count: number;
  /** From a density: the things have no places. */
  isEstimate: boolean;
  /** 90 % interval of the real number; null if there are no scores. */
  interval: Interval | null;
  /** The things counted; empty for an estimate. */
  ids: string[];
  /** Things were found, but by their scores it is likelier that none of them is real. */
  isDoubtful?: boolean;
}

export interface FoundResult {
  kind: 'found';
  rows: CountRow[];
  /** In the plan's order, else the most certain first. */
  things: { id: string; subject: string; score: number | null }[];
}

export interface CountResult {
  kind: 'count';
  rows: CountRow[];
  /** Null for one subject. */
  total: Omit<CountRow, 'subject'> | null;
}

export interface ExistsResult {
  kind: 'exists';
  rows: ExistsRow[];
}

export interface ExistsRow {
  subject: string;
  /** `unsure`: neither likely nor unlikely, or not all was looked at and nothing found. */
  verdict: 'yes' | 'no' | 'unsure';
  /** That it is so; null if there are no scores. */
  probability: number | null;
  /** The evidence that decided. */
  by: 'things' | 'density' | 'cover' | 'presence';
  /** What was counted; null if only presence is known. */
  count: CountRow | null;
  /** Tiles that show it, for `presence` and `cover`. */
  tiles: TileShare | null;
  /** Of "are there more than ten …": the condition. */
  needed: Extract<Condition, { kind: 'count' }> | null;
}

export interface CompareResult {
  kind: 'compare';
  quantity: 'count' | Quantity;
  /** In the plan's order. `count` is null where areas are compared without counting. */
  rows: { subject: string; amount: Amount; count: CountRow | null; ids: string[] }[];
  /** The subject with the most; null if two have equally much. */
  most: string | null;
  /** The largest amount by the second largest; null if that is 0. */
  ratio: number | null;
  /** That `most` really has the most; null where that isn't known. */
  probability: number | null;
}

/** How much there is of the subjects, taken together, in each of several places. */
export interface PlacesResult {
  kind: 'places';
  quantity: 'count' | Quantity;
  subjects: string[];
  /** In the plan's order. */
  rows: PlaceRow[];
  /** Whether the place asked for is the one with the most or with the least. */
  asked: 'most' | 'least';
  /** Index of that place; null if two have equally much, or a place has no amount. */
  first: number | null;
  /** Whether `first` holds: it is likely, and nothing that wasn't looked at can change it. */
  isSure: boolean;
  /** That `first` really is it; null where that isn't known. */
  probability: number | null;
  /** The largest amount by the second largest; null if that is 0 or isn't known. */
  ratio: number | null;
  /** Number of found things that lie in none of the places; 0 if the things have no places themselves. */
  elsewhere: number;
  /** Found things that lie in more than one of the places, and count in each. */
  sharedIds: string[];
}

export interface PlaceRow {
  where: Place;
  /** Null where there is nothing to measure, as for an average of no things. */
  amount: Amount | null;
  /** Of counts and densities. */
  count: Omit<CountRow, 'subject'> | null;
  ids: string[];
  /** Share, 0–1, of the place that was looked at. */
  lookedShare: number;
}

export interface ExtremeResult {
  kind: 'extreme';
  order: Order;
  subjects: string[];
  /** Number of things that were put in order. */
  of: number;
  /** The first ones: one, or more where they are equal or the plan asks for the top n. */
  picks: ThingAmount[];
}

/** A thing and the amount that decided or was measured. */
export interface ThingAmount {
  id: string;
  subject: string;
  /** Null where nothing is to be said, as for the leftmost thing. */
  amount: Amount | null;
  /** [lonDeg, latDeg] of its centre. */
  lonLat: Point | null;
  /** The thing measured from or to. */
  anchor: { id: string | null; subject: string } | null;
}

export interface MeasureResult {
  kind: 'measure';
  quantity: Quantity;
  subjects: string[];
  /** The answer: a total, an average, a share, a density, or the one thing's size. Null for sizes of several things. */
  amount: Amount | null;
  /** Beside a share or density: what was divided. */
  parts: { part: Amount; whole: Amount } | null;
  /**
   * Of things, the 90 % interval of `amount`; of land cover, what errors as large as on held-out images would make of it. Null where it
   * isn't known.
   */
  interval: Interval | null;
  /** Sizes of the things, largest first; distances, nearest first. Empty for densities and cover. */
  each: ThingAmount[];
  /** Number of things that it is about; null for cover. */
  count: number | null;
  ids: string[];
}

/** The ground by class, from the land cover. */
export interface CoverResult {
  kind: 'cover';
  /** `classes`: what each class covers. `first`: which class covers the most or the least. `where`: where the subjects are. */
  asked: 'classes' | 'most' | 'least' | 'where';
  /** Of all classes the largest first, or of `least` the smallest; of `where` the classes of each subject in the plan's order. */
  rows: CoverRow[];
  /** Ground of which the class is known. */
  whole: Amount;
  /** Whether the first row holds: the second is so much smaller that errors as large as on held-out images don't change it. */
  isSure: boolean;
}

export interface CoverRow extends CoverClass {
  amount: Amount;
  /** Of `whole`, 0–1. */
  share: number;
  /** As in `MeasureResult`. */
  interval: Interval | null;
  /** Mean probability of the class in its cells, 0–1; null if it has none. */
  confidence: number | null;
  /** Where most of it lies. */
  place: Concentration | null;
}

export interface DescribeResult {
  kind: 'describe';
  intent: 'describe' | 'identify';
  /** Likeliest scene classes with the share of the looked-at ground that they are the best of. */
  scenes: { label: string; labelZh: string | null; share: number; probability: number }[];
  /** What was found, the most first, and where most of it lies. */
  rows: (CountRow & { place: Concentration | null })[];
  cover: { subject: string; share: number; isOutline: boolean }[];
  /** What is there without being counted. */
  present: string[];
}

/** Where most of a subject's things lie. */
export type Concentration = { kind: 'direction'; direction: string; share: number } | { kind: 'centre'; share: number };

export interface ClassifyResult {
  kind: 'classify';
  /** Whether the question offered these scenes. */
  isOffered: boolean;
  /** Likeliest first; those offered that the model has no scene for are missing and in `unknown`. */
  scenes: { label: string; labelZh: string | null; probability: number; share: number }[];
  /** The likeliest of all that the model knows, whether offered or not. */
  likeliest: { label: string; labelZh: string | null; probability: number } | null;
  tiles: number;
}

/** The model's own words answer this; nothing is computed. */
export interface ModelResult {
  kind: 'model';
  intent: 'quality' | 'change' | 'classify';
}

/** An honest end. */
export type CannotResult = { kind: 'cannot' } & Reason;

export type Reason =
  /** No class for any subject asked about. */
  | { reason: 'unknown-subject' }
  /** No class for the subject that `where` or `order` names. */
  | { reason: 'unknown-anchor'; anchor: string }
  /** Nothing was found to measure or to put in order. */
  | { reason: 'none-found'; subjects: string[] }
  /** Nothing found to measure from. */
  | { reason: 'no-anchor'; anchor: string; chosen?: Chosen }
  /** No tile could be looked at. */
  | { reason: 'not-looked' }
  /** Only a number is known of the subject, not where its things are. */
  | { reason: 'no-places'; subject: string; count: CountRow | null }
  /** Only whether it is there is known of the subject. */
  | { reason: 'no-count'; subject: string; tiles: TileShare | null }
  /** A size in metres was asked for of an image without a scale. */
  | { reason: 'no-scale' }
  | { reason: 'no-scores'; subject: string }
  /** A distance between things needs two. */
  | { reason: 'too-few'; subjects: string[]; ids: string[] }
  | { reason: 'nothing-marked' }
  /** No vector layer of that name has polygons on the image; or they overlap, so that what lies in them can't be counted once. */
  | { reason: 'no-layer' | 'layer-overlaps'; layer: string }
  /** The plan lacks a part that its intent needs. */
  | { reason: 'incomplete'; part: 'subject' | 'second subject' | 'anchor' }
  /** The ground near or along something has no area of its own to divide by. */
  | { reason: 'no-area' }
  /** Understood, but not what this program does. */
  | { reason: 'attribute'; subjects: string[] }
  | { reason: 'outside' }
  | { reason: 'help' };
