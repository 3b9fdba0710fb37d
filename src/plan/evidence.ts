import type { CoverRaster } from '../cover/cover-raster.ts';
import type { PixelWindow, Point, RotatedBox } from '../geo/types.ts';

/**
 * What was gathered for a plan. All places are in full-resolution source pixels; all scores and probabilities are
 * calibrated, 0–1. Evidence is data: it can be kept and used again for the next question about the same region.
 */
export interface Evidence {
  /** The region asked about, inside the image. */
  region: PixelWindow;
  regionKind: 'drawn' | 'view' | 'scene';
  /** What the user marked, as an open ring; null if nothing is marked. */
  marked: readonly Point[] | null;
  /** Polygons of the vector layers that the plan names, by the layers' names in lower case; each as open rings, even-odd. */
  layers?: Readonly<Record<string, readonly (readonly (readonly Point[])[])[]>>;
  /** Every tile of the plan for gathering, looked at or not. Tiles may overlap and reach outside the region. */
  tiles: readonly TileState[];
  /** By canonical name or `other:<word>`: an entry for each of `subjectsNeeded(plan)`. */
  subjects: Readonly<Record<string, SubjectEvidence>>;
  /** Canonical names of all that the model has any evidence for, so that an answer can say what it knows. */
  known: readonly string[];
  /** Scene classes by tile; null if the model has none. Each tile's scores add up to at most 1. */
  scenes: readonly TileScores[] | null;
  /** Null if the model has none, or the plan needs none. */
  cover: CoverEvidence | null;
}

/** Land cover of the region, of the tiles that were looked at. */
export interface CoverEvidence {
  raster: CoverRaster;
  /** In the order of the raster's labels. */
  classes: readonly CoverClass[];
}

export interface CoverClass {
  label: string;
  labelZh: string | null;
  /** Intersection over union with the truth, measured on held-out images; null if it isn't known. */
  iou: number | null;
}

/** What of the land cover a subject is. */
export interface SubjectCover {
  /** Indices of the raster's classes; at least one. */
  classes: readonly number[];
  /** False if these classes hold more than the subject: a lake is some of the water. */
  isExact: boolean;
}

export interface TileState {
  window: PixelWindow;
  /** `empty`: without valid pixels. `waiting`: not looked at (yet, or because the region was sampled or stopped). */
  state: 'looked' | 'empty' | 'failed' | 'waiting';
  /** Share of its pixels that are valid, where that is below 1. */
  validShare?: number;
}

/** What is known of one subject. A kind of evidence that the model can't give is null; that it found nothing is an empty list. */
export interface SubjectEvidence {
  /** False if the model has no class for it: everything else is null then. */
  known: boolean;
  /** Merged over tiles, so that each object is there once. Rejected ones are left out; accepted ones have a score of 1. */
  things: readonly EvidenceThing[] | null;
  /**
   * Things below this score aren't counted as found, unless the plan's filter asks for a score. They only widen the
   * interval of a count.
   */
  leastScore: number;
  /** The share of real things of this subject that is found, measured on held-out images; null if it isn't known. */
  recall: number | null;
  /**
   * By how much the scores and the recall differ from place to place, as the standard deviation of their log odds. 0: they
   * hold everywhere, or it isn't known.
   */
  placeSpread: number;
  /** Numbers of things without places. */
  densities: readonly TileDensity[] | null;
  /** Standard deviation of a density's relative error, measured on held-out images; null if it isn't known. */
  densityError: number | null;
  /** Only where `Evidence.cover` is known. */
  cover: SubjectCover | null;
  /** Probability that it is there at all, by tile. */
  presence: readonly TileScore[] | null;
}

export interface EvidenceThing {
  /** Unique among all subjects; answers link to it. */
  id: string;
  box: RotatedBox;
  /** Outlines: open outer rings. Null if only the box is known. */
  rings: readonly (readonly Point[])[] | null;
  /** Null if the model gives none. */
  score: number | null;
}

export interface TileDensity {
  /** Inside the image. So too of the kinds below. */
  window: PixelWindow;
  /** Number of things in the window's valid pixels, ≥ 0; not rounded. */
  count: number;
}

export interface TileScore {
  window: PixelWindow;
  probability: number;
}

export interface TileScores {
  window: PixelWindow;
  /** Likeliest first. */
  scores: readonly SceneScore[];
}

export interface SceneScore {
  /** The model's name of the class. */
  label: string;
  labelZh?: string;
  /** Canonical subjects that the class is a scene of: agricultural land is one of `field`. */
  subjects?: readonly string[];
  probability: number;
}

/** A subject that the model has no class for. */
export const UNKNOWN: SubjectEvidence = {
  known: false,
  things: null,
  leastScore: 0,
  recall: null,
  placeSpread: 0,
  densities: null,
  densityError: null,
  cover: null,
  presence: null,
};
