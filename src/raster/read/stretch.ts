import type { PixelWindow } from '../../geo/types.ts';
import type { SampleType } from '../../imagery/image.ts';
import type { BandHistogram, Stretch } from '../../imagery/stretch.ts';
import { assert, NadirError } from '../../lib/errors.ts';
import type { RasterScene } from '../scene.ts';
import { planSample, readSample } from './sample.ts';

/** Bands that are read together. */
const GROUP = 4;
/** Bins of a histogram. */
const BINS = 256;

/**
 * Computes each band's stretch from the scene or `window`, or from an evenly spread sample of a large one.
 * `percentile`: numpy's linear definition over all valid pixels. `minmax`: the whole range. `stddev`: mean − low·σ to
 * mean + high·σ. `none`: the type's own range (0–255, 0–65535, 0–1 for floats). Nodata, masked and non-finite pixels
 * are ignored. A band without a valid pixel gets [0, 1]; a band with a single value v gets [v−½, v+½], which shows as
 * mid grey. Not for `manual`, whose ranges a person chooses.
 */
export async function computeStretch(
  scene: RasterScene,
  method: Stretch['method'],
  low: number,
  high: number,
  window: PixelWindow | null = null,
  signal: AbortSignal | null = null,
): Promise<Stretch> {
  assert(method !== 'manual', 'a manual stretch is not computed');
  if (method === 'none') {
    const range = typeRange(scene.sampleType);
    return { method, low, high, ranges: scene.bands.map(() => [...range]), sampledPixels: 0, sampledLevel: 1 };
  }
  const plan = planSample(scene, window);
  const ranges: [number, number][] = [];
  for (let from = 0; from < scene.bands.length; from += GROUP) {
    const bands = scene.bands.slice(from, from + GROUP).map((band) => band.index);
    for (const plane of await readSample(plan, bands, signal)) ranges.push(rangeOf(plane, method, low, high));
  }
  return {
    method,
    low,
    high,
    ...(window ? { window } : {}),
    ranges,
    sampledPixels: plan.pixels,
    sampledLevel: Math.round(plan.level.factorX * 1000) / 1000,
  };
}

/**
 * Histograms of the pixels that `computeStretch` reads. Errors: BAND_MISSING for a band that the scene doesn't
 * have.
 */
export async function computeHistograms(
  scene: RasterScene,
  bands: readonly number[],
  window: PixelWindow | null,
  signal: AbortSignal | null = null,
): Promise<BandHistogram[]> {
  const wrong = bands.find((band) => !scene.bands[band]);
  if (wrong !== undefined) {
    throw new NadirError('BAND_MISSING', `Band ${wrong + 1} was asked for; the file has ${scene.bands.length}.`);
  }
  const plan = planSample(scene, window);
  const histograms: BandHistogram[] = [];
  for (let from = 0; from < bands.length; from += GROUP) {
    const some = bands.slice(from, from + GROUP);
    const planes = await readSample(plan, some, signal);
    some.forEach((band, i) => {
      histograms.push(histogramOf(band, planes[i]!));
    });
  }
  return histograms;
}

function histogramOf(band: number, plane: Float32Array): BandHistogram {
  const { count, min, max, mean, stdDev } = momentsOf(plane);
  const bins = new Array<number>(BINS).fill(0);
  if (count === 0) return { band, min: 0, max: 0, mean: 0, stdDev: 0, count, bins };
  const perValue = max > min ? BINS / (max - min) : 0;
  for (const value of plane) {
    if (Number.isNaN(value)) continue;
    bins[Math.min(BINS - 1, Math.floor((value - min) * perValue))]!++;
  }
  return { band, min, max, mean, stdDev, count, bins };
}

function momentsOf(plane: Float32Array) {
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of plane) {
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const mean = sum / count;
  // A second pass, because the difference of two large sums would lose precision.
  let squares = 0;
  for (const value of plane) if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  return { count, min, max, mean, stdDev: Math.sqrt(squares / count) };
}

function rangeOf(plane: Float32Array, method: Stretch['method'], low: number, high: number): [number, number] {
  if (method === 'stddev') {
    const { count, mean, stdDev } = momentsOf(plane);
    if (count === 0) return [0, 1];
    return stdDev > 0 ? [mean - low * stdDev, mean + high * stdDev] : [mean - 0.5, mean + 0.5];
  }
  const valueAt = rankedValues(plane);
  if (!valueAt) return [0, 1];
  const [from, to] = method === 'minmax' ? [0, 100] : [low, high];
  const black = percentile(valueAt, from);
  const white = percentile(valueAt, to);
  return white > black ? [black, white] : [black - 0.5, black + 0.5];
}

interface Ranked {
  count: number;
  /** The value of rank `index`, 0 = smallest. */
  at(index: number): number;
}

const LOWEST = -32768;
const HIGHEST = 65535;

/** The valid values in order: counted if they are 8- or 16-bit integers, else sorted. Null if none is valid. */
function rankedValues(plane: Float32Array): Ranked | null {
  const counts = new Uint32Array(HIGHEST - LOWEST + 1);
  let count = 0;
  for (const value of plane) {
    if (Number.isNaN(value)) continue;
    if (!Number.isInteger(value) || value < LOWEST || value > HIGHEST) return sortedValues(plane);
    counts[value - LOWEST]!++;
    count++;
  }
  if (count === 0) return null;
  return {
    count,
    at(index) {
      let seen = 0;
      for (let i = 0; i < counts.length; i++) {
        seen += counts[i]!;
        if (seen > index) return i + LOWEST;
      }
      return HIGHEST;
    },
  };
}

function sortedValues(plane: Float32Array): Ranked {
  const sorted = plane.filter((value) => !Number.isNaN(value)).sort();
  return { count: sorted.length, at: (index) => sorted[index]! };
}

/** Linear interpolation between closest ranks, as numpy.percentile does by default. */
function percentile(values: Ranked, percent: number): number {
  const position = (Math.min(100, Math.max(0, percent)) / 100) * (values.count - 1);
  const below = Math.floor(position);
  const lower = values.at(below);
  return below === position ? lower : lower + (values.at(below + 1) - lower) * (position - below);
}

function typeRange(type: SampleType): [number, number] {
  const ranges: Record<SampleType, [number, number]> = {
    uint8: [0, 255],
    int8: [-128, 127],
    uint16: [0, 65535],
    int16: [-32768, 32767],
    uint32: [0, 4294967295],
    uint64: [0, 2 ** 64],
    int32: [-2147483648, 2147483647],
    int64: [-(2 ** 63), 2 ** 63],
    float16: [0, 1],
    float32: [0, 1],
    float64: [0, 1],
  };
  return ranges[type];
}
