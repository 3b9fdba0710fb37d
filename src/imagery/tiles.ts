import type { PixelWindow } from '../geo/types.ts';
import { assert } from '../lib/errors.ts';
import type { NamedBand, SceneId } from './image.ts';
import type { Stretch } from './stretch.ts';

/** Pixels of a window of an image, for the screen and for a model. */

export interface ReadRequest {
  scene: SceneId;
  /** In full-resolution pixels. Parts outside the scene are transparent. */
  window: PixelWindow;
  /** Output size in pixels. The nearest sufficient overview is read and resampled. */
  outWidth: number;
  outHeight: number;
  /** At least one; what reads the tile knows them by their names. */
  bands: readonly NamedBand[];
  stretch: Stretch;
  resampling: 'nearest' | 'bilinear' | 'area';
}

/** Model input. `data`: `f32[height, width, bands.length]` after the stretch, in [0,1]; invalid samples are 0. Transferred. */
export interface BandTile {
  width: number;
  height: number;
  /** Names of the bands, as in the request and in that order. */
  bands: readonly string[];
  /** Fraction of valid pixels (not nodata, inside the scene). */
  validFraction: number;
  /** `u8[height, width]`, non-zero = valid: any of the bands read has a value there. Null where all pixels are valid. Transferred. */
  valid: Uint8Array<ArrayBuffer> | null;
  data: Float32Array<ArrayBuffer>;
}

/** The tile with these of its bands alone, in this order; the tile itself if it has no others. */
export function pickBands(tile: BandTile, names: readonly string[]): BandTile {
  const from = names.map((name) => tile.bands.indexOf(name));
  assert(!from.includes(-1), `the tile has ${names.join(', ')}`);
  if (names.length === tile.bands.length && from.every((band, i) => band === i)) return tile;
  const pixels = tile.width * tile.height;
  const data = new Float32Array(pixels * names.length);
  for (let i = 0; i < pixels; i++) {
    for (let k = 0; k < from.length; k++) data[i * from.length + k] = tile.data[i * tile.bands.length + from[k]!]!;
  }
  return { ...tile, bands: [...names], data };
}

/** Unstretched bands, for a shader to stretch. */
export interface RawRequest {
  scene: SceneId;
  /** In full-resolution pixels. Parts outside the scene are invalid. */
  window: PixelWindow;
  outWidth: number;
  outHeight: number;
  /** 0-based source bands, in the requested order. */
  bands: number[];
  resampling: ReadRequest['resampling'];
  /**
   * For another pixel grid than the scene's own: source positions of a grid of output points, as (columns × rows) pairs
   * of source column and row, row by row. The points are spread evenly from the output's upper-left to its lower-right
   * corner, and positions between them are interpolated. `window` is ignored then.
   */
  grid?: { columns: number; rows: number; points: Float64Array };
}

/** Sample values for the screen. Transferred. */
export interface RawTile {
  width: number;
  height: number;
  bands: number[];
  /**
   * `[outHeight, outWidth, bands + 1]`, row-major: the samples (Uint8 if `tilesHoldBytes`), then validity: 0, or 255 (1
   * in floats) if any band is valid. An invalid sample is 0; in floats beside valid ones it is −1e20.
   */
  data: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
}
