import type { PixelWindow } from '../types.ts';

/** The model's numbers, and the scale that the scene is to be shown at. */
export interface SlicingOptions {
  /** Side of the model's square input, in its own pixels. */
  tilePx: number;
  /** Side of the square window, in whole source pixels, that a tile shows at the scale the model knows best. */
  nativePx: number;
  /** Least part of a side that neighbours share, 0 ≤ overlap < 1. */
  overlap: number;
  /** Most windows of one image in one prompt, beside an overview. */
  maxSlices: number;
}

/** A way to cut a region into the windows that a model sees. */
export interface Slicing {
  /** On the command line, in manifests and in kept answers. */
  readonly id: string;
  readonly words: {
    /** What one of its windows is called in an answer. */
    readonly noun: 'tile' | 'slice';
    /** What it does, for the command line's help. */
    readonly about: string;
  };
  /**
   * Windows in source pixels, each read into one tile; together they cover `region`, which lies inside `scene` (at 0, 0). A window may
   * reach outside the scene: that part is filled in.
   */
  plan(region: PixelWindow, scene: PixelWindow, options: SlicingOptions): PixelWindow[];
}
