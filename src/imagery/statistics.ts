import type { PixelWindow } from '../geo/types.ts';
import type { SceneId } from './image.ts';

/** Numbers about the values of a band or an index in a part of an image. */

export interface StatisticsRequest {
  scene: SceneId;
  /** As in `render/expression.ts`: an index, or a single band such as "b1". */
  expression: string;
  /** In full-resolution pixels. */
  window: PixelWindow;
  /** Pixels whose values keep all of these are counted; none: nothing is counted. */
  limits: readonly ValueLimit[];
}

export interface ValueLimit {
  is: '<' | '<=' | '>' | '>=';
  value: number;
}

/** Of the pixels that have a value: neither nodata nor hidden, and not divided by 0. */
export interface ValueStatistics {
  /** Full-resolution pixels per pixel that was read, along each axis; 1 is full resolution. */
  factor: number;
  /** Pixels that were read, at that resolution. */
  pixels: number;
  /** False if only evenly spread blocks of the window were read. */
  isWhole: boolean;
  /** Pixels with a value; without one, the numbers below are 0 and there are no bins. */
  count: number;
  min: number;
  max: number;
  mean: number;
  /** Of the population, as numpy's default. */
  stdDev: number;
  /** Edges of the bins, ascending; a bin has its lower edge, the last one also its upper. */
  edges: number[];
  /** One a bin; together `count`. */
  bins: number[];
  /** Pixels that keep the request's limits; null if it has none. */
  within: number | null;
}
