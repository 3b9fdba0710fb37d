import type { SampleType, Stretch } from '../workers/raster/api.ts';
import type { RasterLevel, RasterScene } from './scene.ts';

/** Scenes up to this many pixels are looked at in full. */
const SAMPLE_PIXELS = 2048 * 2048;
/** A sample by blocks comes from at least this many places, however large the blocks are. */
const MIN_PLACES = 16;
/** Bands read together. */
const GROUP = 4;

/**
 * The scene-wide stretch, for every band, from the whole scene or from an evenly spread sample of a large one. `percentile`: numpy's linear definition over all valid pixels. `minmax`: the whole range. `none`: the
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
  const level = sampleLevel(scene);
  const places = samplePlaces(level);
  const ranges: [number, number][] = [];
  for (let from = 0; from < scene.bands.length; from += GROUP) {
    const bands = scene.bands.slice(from, from + GROUP).map((band) => band.index);
    for (const plane of await samplePlanes(level, places, bands, signal))
      ranges.push(rangeOf(plane, method, low, high));
  }
  return {
    method,
    low,
    high,
    ranges,
    sampledPixels: places.reduce((sum, place) => sum + place.width * place.height, 0),
    sampledLevel: Math.round(level.factorX * 1000) / 1000,
  };
}

/** Full resolution, or the file's finest overview within the limit; full resolution again where there is none. */
function sampleLevel(scene: RasterScene): RasterLevel {
  const fits = scene.levels.filter((level) => level.only === null && level.width * level.height <= SAMPLE_PIXELS);
  return fits.sort((a, b) => a.factorX - b.factorX)[0] ?? scene.levels[0]!;
}

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The whole level, or whole blocks spread evenly over it: what one decodes, one looks at. */
function samplePlaces(level: RasterLevel): Place[] {
  if (level.width * level.height <= SAMPLE_PIXELS) return [{ x: 0, y: 0, width: level.width, height: level.height }];
  const across = Math.ceil(level.width / level.blockCols);
  const down = Math.ceil(level.height / level.blockRows);
  const wanted = Math.max(MIN_PLACES, Math.floor(SAMPLE_PIXELS / (level.blockCols * level.blockRows)));
  // As many columns as rows of places where blocks allow; strips have one column.
  const columns = Math.min(across, Math.max(1, Math.round(Math.sqrt((wanted * across) / down))));
  const rows = Math.min(down, Math.max(1, Math.floor(wanted / columns)));
  const spread = (count: number, of: number, i: number) => Math.floor(((i + 0.5) * of) / count);
  return Array.from({ length: rows * columns }, (_, i) => {
    const x = spread(columns, across, i % columns) * level.blockCols;
    const y = spread(rows, down, Math.floor(i / columns)) * level.blockRows;
    return {
      x,
      y,
      width: Math.min(level.blockCols, level.width - x),
      height: Math.min(level.blockRows, level.height - y),
    };
  });
}

/** One plane a band, the places' pixels behind one another. */
async function samplePlanes(
  level: RasterLevel,
  places: readonly Place[],
  bands: readonly number[],
  signal: AbortSignal | null,
): Promise<Float32Array[]> {
  const pixels = places.reduce((sum, place) => sum + place.width * place.height, 0);
  const planes = bands.map(() => new Float32Array(pixels));
  let at = 0;
  for (const { x, y, width, height } of places) {
    const parts = await level.read(x, y, width, height, bands, signal);
    parts.forEach((part, i) => {
      planes[i]!.set(part, at);
    });
    at += width * height;
  }
  return planes;
}

function rangeOf(plane: Float32Array, method: Stretch['method'], low: number, high: number): [number, number] {
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

/** The valid values in order: counted where they are 8- or 16-bit integers, else sorted. Null where none is valid. */
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
    int32: [-2147483648, 2147483647],
    float16: [0, 1],
    float32: [0, 1],
    float64: [0, 1],
  };
  return ranges[type];
}
