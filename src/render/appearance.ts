import type { BandChoice, SceneInfo } from '../imagery/image.ts';
import type { Stretch } from '../imagery/stretch.ts';
import { NadirError } from '../lib/errors.ts';
import type { Display } from './display.ts';
import { bandsOf, parseExpression } from './expression.ts';

/** Everything that determines how samples become colours. */
export interface Appearance {
  bands: BandChoice;
  stretch: Stretch;
  display: Display;
}

/** Invalid floats beside valid samples are −1e20; interpolation between pixels may bring the value closer to 0. */
export const HOLE_BELOW = -1e16;

/**
 * Whether a scene's raw tiles hold bytes. False if one of several bands can be invalid alone: only floats have a value
 * for that.
 */
export const tilesHoldBytes = ({ sampleType, bands }: Pick<SceneInfo, 'sampleType' | 'bands'>): boolean =>
  sampleType === 'uint8' && (bands.length === 1 || bands.every(({ nodata }) => !nodata));

/**
 * The bands that are needed to draw, ascending. Errors: EXPRESSION_INVALID; BAND_MISSING for a band that doesn't
 * exist.
 */
export function bandsShown({ bands, display }: Pick<Appearance, 'bands' | 'display'>, bandCount: number): number[] {
  if (display.kind === 'ramp' && !(display.band >= 0 && display.band < bandCount)) {
    throw new NadirError('BAND_MISSING', `There is no band ${display.band + 1}; the file has ${bandCount}.`);
  }
  if (display.kind === 'ramp') return [display.band];
  if (display.kind === 'index') return bandsOf(parseExpression(display.expression, bandCount));
  return [...new Set([bands.red, bands.green, bands.blue])].sort((a, b) => a - b);
}

/** Black point and scale of a band: brightness is clamp((value − black) · scale, 0, 1) ^ power. */
export function linearOf(stretch: Stretch, band: number): { black: number; scale: number } {
  const [black, white] = stretch.ranges[band] ?? [0, 255];
  return { black, scale: 1 / (white > black ? white - black : 1) };
}

export const powerOf = (stretch: Stretch): number => 1 / (stretch.gamma ?? 1);
