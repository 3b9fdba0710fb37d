import type { SampleType, Stretch } from '../workers/raster/api.ts';
import { ensureCoarseLevel, pickLevel } from './pyramid.ts';
import type { RasterLevel, RasterScene } from './scene.ts';

/** Scenes up to this many pixels are looked at in full; larger ones through the finest level within it. */
const SAMPLE_PIXELS = 2048 * 2048;
/** Bands read together. */
const GROUP = 4;

/**
 * The scene-wide stretch, for every band. `percentile`: numpy's linear definition over all valid pixels. `minmax`: the whole range. `none`: the
 * type's own range (0–255, 0–65535, 0–1 for floats). Nodata, masked and non-finite pixels don't count. A band without any
 * valid pixel gets [0,1]; one of a single value v gets [v−½, v+½], which shows as mid grey.
 */
export async function computeStretch(
  scene: RasterScene,
  method: Stretch['method'],
  low: number,
  high: number,
  signal: AbortSignal | null = null,
): Promise<Stretch> {
  if (method === 'none') {
    const range = typeRange(scene.sampleType);
    return { method, low, high, ranges: scene.bands.map(() => [...range]), sampledPixels: 0, sampledLevel: 1 };
  }
  const ranges: [number, number][] = [];
  let level = scene.levels[0]!;
  for (let from = 0; from < scene.bands.length; from += GROUP) {
    const bands = scene.bands.slice(from, from + GROUP).map((band) => band.index);
    level = await sampleLevel(scene, bands, signal);
    const planes = await level.read(0, 0, level.width, level.height, bands, signal);
    for (const plane of planes) ranges.push(rangeOf(plane, method, low, high));
  }
  return {
    method,
    low,
    high,
    ranges,
    sampledPixels: level.width * level.height,
    sampledLevel: Math.round(level.factorX * 1000) / 1000,
  };
}

async function sampleLevel(
  scene: RasterScene,
  bands: readonly number[],
  signal: AbortSignal | null,
): Promise<RasterLevel> {
  const pixels = scene.width * scene.height;
  if (pixels <= SAMPLE_PIXELS) return scene.levels[0]!;
  const factor = Math.sqrt(pixels / SAMPLE_PIXELS);
  const fits = (level: RasterLevel) => level.width * level.height <= SAMPLE_PIXELS;
  const finest = () =>
    scene.levels
      .filter((level) => fits(level) && (!level.only || bands.every((band) => level.only!.has(band))))
      .sort((a, b) => a.factorX - b.factorX)[0];
  const known = finest();
  if (known) return known;
  await ensureCoarseLevel(scene, factor * 2, pixels, bands, signal);
  return finest() ?? pickLevel(scene, factor * 2, bands);
}

function rangeOf(plane: Float32Array, method: Stretch['method'], low: number, high: number): [number, number] {
  const valid = plane.filter((value) => !Number.isNaN(value));
  if (valid.length === 0) return [0, 1];
  valid.sort();
  const black = method === 'minmax' ? valid[0]! : percentile(valid, low);
  const white = method === 'minmax' ? valid.at(-1)! : percentile(valid, high);
  return white > black ? [black, white] : [black - 0.5, black + 0.5];
}

/** Linear interpolation between closest ranks, as numpy.percentile does by default. */
export function percentile(sorted: Float32Array, percent: number): number {
  const position = (Math.min(100, Math.max(0, percent)) / 100) * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (position - below);
}

function typeRange(type: SampleType): [number, number] {
  const ranges: Record<SampleType, [number, number]> = {
    uint8: [0, 255],
    int8: [-128, 127],
    uint16: [0, 65535],
    int16: [-32768, 32767],
    uint32: [0, 4294967295],
    int32: [-2147483648, 2147483647],
    float16: [0, 1],
    float32: [0, 1],
    float64: [0, 1],
  };
  return ranges[type];
}
