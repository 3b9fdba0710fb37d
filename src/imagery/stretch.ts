import type { PixelWindow } from '../geo/types.ts';

/** How sample values become brightness. */

/**
 * A linear stretch and a gamma per source band index, computed once and recorded with every answer: a value v shows as
 * clamp((v − black) / (white − black), 0, 1) ^ (1 / gamma).
 */
export interface Stretch {
  /** `stddev`: mean − low·σ to mean + high·σ. `manual`: the ranges were set by hand. */
  method: 'percentile' | 'minmax' | 'stddev' | 'manual' | 'none';
  /** e.g. 2 and 98 for `percentile`, 2 and 2 for `stddev`. */
  low: number;
  high: number;
  /** Above 1 brightens; absent = 1. */
  gamma?: number;
  /** The part of the scene that was sampled, in full-resolution pixels; null or absent = the whole scene. */
  window?: PixelWindow | null;
  /** `ranges[band] = [black, white]` in sample values, for every band of the file. */
  ranges: [number, number][];
  /** How many pixels were sampled, and at which downsampling factor. */
  sampledPixels: number;
  sampledLevel: number;
}

/** The distribution of one band's values, from the pixels that a stretch is computed from. */
export interface BandHistogram {
  band: number;
  /** Smallest and largest valid value; both 0 if `count` is 0. */
  min: number;
  max: number;
  mean: number;
  stdDev: number;
  /** Number of valid pixels. */
  count: number;
  /** Equal bins from `min` to `max`. */
  bins: number[];
}
