import type { PixelWindow } from '../geo/types.ts';
import type { BandChoice, SceneId } from './image.ts';
import type { Stretch } from './stretch.ts';

/** Pixels of a window of an image, for the screen and for a model. */

export interface ReadRequest {
  scene: SceneId;
  /** In full-resolution pixels; parts outside the scene come back transparent. */
  window: PixelWindow;
  /** Output size in pixels. The nearest sufficient overview is read and resampled. */
  outWidth: number;
  outHeight: number;
  bands: BandChoice;
  stretch: Stretch;
  resampling: 'nearest' | 'bilinear' | 'area';
}

/** Model input: `f32[outHeight, outWidth, 4]` = R,G,B,NIR after the stretch, in [0,1]; NIR 0 where `hasNir` is false. Transferred. */
export interface BandTile {
  width: number;
  height: number;
  hasNir: boolean;
  /** Fraction of pixels that are valid (not nodata, inside the scene). */
  validFraction: number;
  data: Float32Array<ArrayBuffer>;
}

/** The bands as they are, for a shader to stretch. */
export interface RawRequest {
  scene: SceneId;
  /** In full-resolution pixels; parts outside the scene come back invalid. */
  window: PixelWindow;
  outWidth: number;
  outHeight: number;
  /** 0-based source bands, in the order wanted. */
  bands: number[];
  resampling: ReadRequest['resampling'];
  /**
   * For another pixel grid than the scene's own: where output points lie in the scene, as (columns × rows) pairs of source
   * column and row, row by row, spread evenly over the output with the first at its upper-left and the last at its
   * lower-right corner; between them positions are interpolated. `window` is ignored then.
   */
  grid?: { columns: number; rows: number; points: Float64Array };
}

/** Sample values for the screen. Transferred. */
export interface RawTile {
  width: number;
  height: number;
  bands: number[];
  /**
   * `[outHeight, outWidth, bands + 1]`, row-major: the samples (Uint8 where `tilesHoldBytes`), then validity: 0, or 255 (1 in
   * floats) where any band is valid. An invalid sample is 0; in floats beside valid ones −1e20.
   */
  data: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
}
