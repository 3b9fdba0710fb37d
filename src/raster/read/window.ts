import type { PixelWindow } from '../../geo/types.ts';
import type { BandTile, ReadRequest } from '../../imagery/tiles.ts';
import { waitFor } from '../../lib/abort.ts';
import { assert, NadirError } from '../../lib/errors.ts';
import { previewOf } from '../overviews/preview.ts';
import type { RasterScene } from '../scene.ts';
import { brightnessOf } from './brightness.ts';
import { asForeground } from './priority.ts';
import { coarseLevelJob, isExpensive, pickLevel } from './pyramid.ts';
import { area, bilinear, type Grid, nearest, sketch } from './resample.ts';

/** Larger outputs are the caller's mistake. */
const MAX_OUTPUT_SIDE = 8192;

export interface WindowRequest {
  window: PixelWindow;
  outWidth: number;
  outHeight: number;
  resampling: ReadRequest['resampling'];
}

/**
 * Reads any window, even partly or wholly outside the scene, into planes f32[outHeight, outWidth], NaN = invalid. Uses
 * the coarsest level that is fine enough. Shrinking always averages areas, because `bilinear` would skip pixels;
 * enlarging always interpolates. If coarser levels must still be built (a large file without overviews), `hurry`
 * returns a sketch or a coarse pass at once while they are built; otherwise the read waits, and always gives the same
 * values. Errors: BAND_MISSING, TIFF_CORRUPT, TIFF_TRUNCATED, ABORTED.
 */
export async function readPlanes(
  scene: RasterScene,
  request: WindowRequest,
  bands: readonly number[],
  signal: AbortSignal | null,
  hurry = false,
): Promise<Float32Array<ArrayBuffer>[]> {
  const { window, outWidth, outHeight } = request;
  checkRequest(scene, request, bands);
  const factorX = window.width / outWidth;
  const factorY = window.height / outHeight;
  const factor = Math.min(factorX, factorY);
  const pixels = overlapPixels(window, scene);
  if (pixels === 0) return bands.map(() => new Float32Array(outWidth * outHeight).fill(Number.NaN));
  const job = coarseLevelJob(scene, factor, pixels, bands);
  const inPart = hurry && isExpensive(scene, factor, pixels, bands);
  if (job && !inPart) await waitFor(job, signal);
  const exact = pickLevel(scene, factor, bands);
  // While levels are being built, use the coarse pass. If they won't be built, a sketch of single rows is sharper.
  const asSketch = inPart && !job && 2 * exact.blockRows * exact.factorY <= factorY;
  const level =
    inPart && !asSketch
      ? await asForeground(() => waitFor(previewOf(scene, exact, [...new Set(bands)]), signal))
      : exact;
  const grid: Grid = {
    left: window.x / level.factorX,
    top: window.y / level.factorY,
    stepX: factorX / level.factorX,
    stepY: factorY / level.factorY,
    width: outWidth,
    height: outHeight,
  };
  return asForeground(() => {
    if (asSketch) return sketch(level, grid, bands, signal);
    if (inPart || request.resampling === 'nearest') return nearest(level, grid, bands, signal);
    return grid.stepX > 1 || grid.stepY > 1 ? area(level, grid, bands, signal) : bilinear(level, grid, bands, signal);
  });
}

/** The model's input: the bands asked for, in [0, 1] after the recorded stretch; invalid samples are 0. */
export async function readBands(
  scene: RasterScene,
  request: ReadRequest,
  signal: AbortSignal | null,
): Promise<BandTile> {
  const bands = request.bands.map(({ source }) => source);
  const planes = await readPlanes(scene, request, bands, signal);
  const pixels = request.outWidth * request.outHeight;
  const data = new Float32Array(pixels * bands.length);
  bands.forEach((band, channel) => {
    const plane = planes[channel]!;
    const brightness = brightnessOf(request.stretch, band);
    for (let i = 0; i < pixels; i++) {
      const value = plane[i]!;
      if (!Number.isNaN(value)) data[i * bands.length + channel] = brightness(value);
    }
  });
  const valid = new Uint8Array(pixels);
  let validCount = 0;
  for (let i = 0; i < pixels; i++) {
    if (!planes.some((plane) => !Number.isNaN(plane[i]))) continue;
    valid[i] = 1;
    validCount++;
  }
  return {
    width: request.outWidth,
    height: request.outHeight,
    bands: request.bands.map(({ name }) => name),
    validFraction: validCount / pixels,
    valid: validCount === pixels ? null : valid,
    data,
  };
}

function overlapPixels(window: PixelWindow, scene: RasterScene): number {
  const width = Math.min(window.x + window.width, scene.width) - Math.max(window.x, 0);
  const height = Math.min(window.y + window.height, scene.height) - Math.max(window.y, 0);
  return Math.max(0, width) * Math.max(0, height);
}

function checkRequest(scene: RasterScene, request: WindowRequest, bands: readonly number[]): void {
  const { window, outWidth, outHeight } = request;
  const numbers = [window.x, window.y, window.width, window.height];
  assert(
    numbers.every(Number.isFinite) && window.width > 0 && window.height > 0,
    `a window of ${numbers.join(', ')} to read`,
  );
  const whole = Number.isInteger(outWidth) && Number.isInteger(outHeight);
  assert(
    whole && outWidth >= 1 && outHeight >= 1 && outWidth <= MAX_OUTPUT_SIDE && outHeight <= MAX_OUTPUT_SIDE,
    `an output of ${outWidth}×${outHeight} pixels; each side is an integer from 1 to ${MAX_OUTPUT_SIDE}`,
  );
  const wrong = bands.find((band) => !Number.isInteger(band) || band < 0 || band >= scene.bands.length);
  if (wrong !== undefined) {
    throw new NadirError('BAND_MISSING', `Band ${wrong + 1} was asked for; the file has ${scene.bands.length}.`);
  }
}
