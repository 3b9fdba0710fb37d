import type { PixelWindow } from '../../geo/types.ts';
import type { RasterLevel, RasterScene } from '../scene.ts';

/** Scenes up to this many pixels are read completely. */
const SAMPLE_PIXELS = 2048 * 2048;
/** A sample consists of at least this many places, however large the blocks are. */
const MIN_PLACES = 16;

/** Where statistics are computed from: whole blocks of one level, evenly spread over the scene or a window of it. */
export interface SamplePlan {
  level: RasterLevel;
  /** The full-resolution level, which knows the blocks that the file leaves out. */
  finest: RasterLevel;
  /** All of the level that is meant; `places` cover it, or are spread over it. */
  part: Place;
  places: Place[];
  pixels: number;
}

/** Places with about this many pixels in total are read at once, because each read is a round trip to a decoder. */
const PIXELS_TOGETHER = 1024 * 1024;

/** Pixels of a level. */
export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * `window` in full-resolution pixels, clipped to the scene; null = the whole scene. A window of up to `mostPixels` is read
 * completely.
 */
export function planSample(
  scene: RasterScene,
  window: PixelWindow | null = null,
  mostPixels = SAMPLE_PIXELS,
): SamplePlan {
  const level = sampleLevel(scene, window, mostPixels);
  const part = windowOnLevel(level, window);
  const places = samplePlaces(level, part, mostPixels);
  return {
    level,
    finest: scene.levels[0]!,
    part,
    places,
    pixels: places.reduce((sum, place) => sum + place.width * place.height, 0),
  };
}

/**
 * One plane per band with the pixels of all places in sequence. NaN = invalid, or in a block that the file leaves out.
 */
export async function readSample(
  { level, finest, places, pixels }: SamplePlan,
  bands: readonly number[],
  signal: AbortSignal | null,
): Promise<Float32Array[]> {
  const planes = bands.map(() => new Float32Array(pixels));
  let at = 0;
  const together = Math.max(1, Math.floor(PIXELS_TOGETHER / (level.blockCols * level.blockRows)));
  for (let from = 0; from < places.length; from += together) {
    const group = places.slice(from, from + together);
    const read = await Promise.all(group.map((place) => readPlace(level, finest, place, bands, signal)));
    for (const parts of read) {
      parts.forEach((part, i) => {
        planes[i]!.set(part, at);
      });
      at += parts[0]?.length ?? 0;
    }
  }
  return planes;
}

/** One plane per band; `finest` as in `SamplePlan`. NaN as in `readSample`. */
export async function readPlace(
  level: RasterLevel,
  finest: RasterLevel,
  place: Place,
  bands: readonly number[],
  signal: AbortSignal | null,
): Promise<Float32Array[]> {
  const planes = await level.read(place.x, place.y, place.width, place.height, bands, signal);
  if (finest.isSparse) bands.forEach((band, i) => void dropSparse(level, finest, place, band, planes[i]!));
  return planes;
}

/** Excludes blocks that the file leaves out from statistics, even if their fill value is valid: nobody measured it. */
function dropSparse(level: RasterLevel, finest: RasterLevel, place: Place, band: number, plane: Float32Array): void {
  const columns = spans(place.x, place.width, level.width / finest.width, finest.blockCols, finest.width);
  const rows = spans(place.y, place.height, level.height / finest.height, finest.blockRows, finest.height);
  for (const row of rows) {
    for (const col of columns) {
      if (!finest.isSparse?.(col.start, row.start, col.size, row.size, [band])) continue;
      for (let y = row.from; y < row.to; y++) {
        plane.fill(Number.NaN, y * place.width + col.from, y * place.width + col.to);
      }
    }
  }
}

interface Span {
  /** A full-resolution block. */
  start: number;
  size: number;
  /** The place's pixels whose centres lie in the block. */
  from: number;
  to: number;
}

/**
 * The blocks along one axis that contain centres of the place's pixels. `scale`: full-resolution pixels per pixel of
 * the place's level.
 */
function spans(place: number, extent: number, scale: number, block: number, limit: number): Span[] {
  const found: Span[] = [];
  const indexAt = (edge: number) => Math.min(extent, Math.max(0, Math.ceil(edge * scale - 0.5 - place)));
  const first = Math.floor(place / scale / block) * block;
  for (let start = first; start < Math.min(limit, (place + extent) / scale); start += block) {
    const [from, to] = [indexAt(start), indexAt(start + block)];
    if (to > from) found.push({ start, size: Math.min(block, limit - start), from, to });
  }
  return found;
}

/** The finest level whose part of the window is within the limit; full resolution if there is none. */
function sampleLevel(scene: RasterScene, window: PixelWindow | null, mostPixels: number): RasterLevel {
  const fits = scene.levels.filter((level) => {
    const { width, height } = windowOnLevel(level, window);
    return level.only === null && width * height <= mostPixels;
  });
  return fits.sort((a, b) => a.factorX - b.factorX)[0] ?? scene.levels[0]!;
}

/** The level's pixels that the window touches; at least one. */
function windowOnLevel(level: RasterLevel, window: PixelWindow | null): Place {
  if (!window) return { x: 0, y: 0, width: level.width, height: level.height };
  const span = (start: number, extent: number, factor: number, limit: number) => {
    const from = Math.min(limit - 1, Math.max(0, Math.floor(start / factor)));
    const to = Math.min(limit, Math.max(from + 1, Math.ceil((start + extent) / factor)));
    return [from, to - from] as const;
  };
  const [x, width] = span(window.x, window.width, level.factorX, level.width);
  const [y, height] = span(window.y, window.height, level.factorY, level.height);
  return { x, y, width, height };
}

/** The whole part, or evenly spread blocks of it: every decoded pixel is used. */
function samplePlaces(level: RasterLevel, part: Place, mostPixels: number): Place[] {
  if (part.width * part.height <= mostPixels) return [part];
  const firstCol = Math.floor(part.x / level.blockCols);
  const firstRow = Math.floor(part.y / level.blockRows);
  const across = Math.ceil((part.x + part.width) / level.blockCols) - firstCol;
  const down = Math.ceil((part.y + part.height) / level.blockRows) - firstRow;
  const wanted = Math.max(MIN_PLACES, Math.floor(mostPixels / (level.blockCols * level.blockRows)));
  // As many columns as rows of places, if blocks allow; strips have one column.
  const columns = Math.min(across, Math.max(1, Math.round(Math.sqrt((wanted * across) / down))));
  const rows = Math.min(down, Math.max(1, Math.floor(wanted / columns)));
  const spread = (count: number, of: number, i: number) => Math.floor(((i + 0.5) * of) / count);
  return Array.from({ length: rows * columns }, (_, i) => {
    const x = Math.max(part.x, (firstCol + spread(columns, across, i % columns)) * level.blockCols);
    const y = Math.max(part.y, (firstRow + spread(rows, down, Math.floor(i / columns))) * level.blockRows);
    const right = Math.min(part.x + part.width, (Math.floor(x / level.blockCols) + 1) * level.blockCols);
    const bottom = Math.min(part.y + part.height, (Math.floor(y / level.blockRows) + 1) * level.blockRows);
    return { x, y, width: right - x, height: bottom - y };
  });
}
