import type { PixelWindow } from '../types.ts';

/** The model's numbers, and the scale at which the scene should be shown. */
export interface SlicingOptions {
  /** Side of the model's square input, in its own pixels. */
  tilePx: number;
  /** Side of the square window, in whole source pixels, that a tile shows at the model's best scale. */
  nativePx: number;
  /** Minimum share of a side that neighbours have in common, 0 ≤ overlap < 1. */
  overlap: number;
  /** Maximum number of windows of one image per prompt, besides an overview. */
  maxSlices: number;
}

/** A way to divide a region into the windows that a model sees. */
export interface Slicing {
  /** Used on the command line, in manifests and in stored answers. */
  readonly id: string;
  readonly words: {
    /** What an answer calls one of its windows. */
    readonly noun: 'tile' | 'slice';
    /** A description for the command line's help. */
    readonly about: string;
  };
  /**
   * Windows in source pixels, each read into one tile. Together they cover `region`, which lies inside `scene` (at 0,
   * 0). A window may extend beyond the scene; that part is filled.
   */
  plan(region: PixelWindow, scene: PixelWindow, options: SlicingOptions): PixelWindow[];
}
