import type { SampleType } from '../../imagery/image.ts';

/**
 * Tile size of built levels. Tiles are flat, because a build holds one row of them in memory and repeats at most one
 * after a reload.
 */
export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 64;

/** Averages are stored in the file's own type if it is 8 or 16 bits (as in GDAL), else as floats. */
export type StoredType = 'uint8' | 'int8' | 'uint16' | 'int16' | 'float32';

export interface PlannedLevel {
  width: number;
  height: number;
  /** Pixels of the previous level (the base for the first) per pixel of this one, along each axis. */
  reduction: number;
  /** Base pixels per pixel of this level, along each axis. */
  factor: number;
  tilesAcross: number;
  tilesDown: number;
  /** Byte offset of its tiles in the set's data. */
  offset: number;
}

/** The levels built together for some bands, and their layout. It is the same wherever they are stored. */
export interface SetPlan {
  bands: number[];
  stored: StoredType;
  levels: PlannedLevel[];
  totalBytes: number;
}

const SMALLEST_SIDE = 256;
/**
 * Above this many pixels, the first level on disk is a quarter of the base's width and height instead of half: 1/16 of
 * its pixels.
 */
const LARGE_PIXELS = 64 * 1024 * 1024;
/** The most pixels of a level in memory. */
const MEMORY_PIXELS = 2048 * 2048;

/** Levels for a base of `width`×`height` pixels, down to about 256 pixels; none if the base is that small. */
export function planSet(
  base: { width: number; height: number },
  sampleType: SampleType,
  bands: readonly number[],
  where: 'disk' | 'memory',
): SetPlan {
  const stored = storedTypeOf(sampleType);
  const levels: PlannedLevel[] = [];
  let reduction = 2;
  if (where === 'disk' && base.width * base.height > LARGE_PIXELS) reduction = 4;
  while (where === 'memory' && (base.width / reduction) * (base.height / reduction) > MEMORY_PIXELS) reduction *= 2;
  let totalBytes = 0;
  for (let factor = reduction; Math.max(base.width, base.height) / factor >= SMALLEST_SIDE; ) {
    const width = Math.ceil(base.width / factor);
    const height = Math.ceil(base.height / factor);
    const tilesAcross = Math.ceil(width / TILE_WIDTH);
    const tilesDown = Math.ceil(height / TILE_HEIGHT);
    levels.push({ width, height, reduction, factor, tilesAcross, tilesDown, offset: totalBytes });
    totalBytes += tilesAcross * tilesDown * bands.length * recordBytes(stored);
    reduction = 2;
    factor *= 2;
  }
  return { bands: [...bands], stored, levels, totalBytes };
}

/** Bytes of one band's tile: its samples, then one bit per pixel (most significant first, 1 = valid). */
export function recordBytes(stored: StoredType): number {
  const pixels = TILE_WIDTH * TILE_HEIGHT;
  return pixels * storedBytes(stored) + pixels / 8;
}

/** Bytes of one row of tiles, all bands. Order: tile by tile, and band by band within a tile. */
export function tileRowBytes(plan: SetPlan, level: PlannedLevel): number {
  return level.tilesAcross * plan.bands.length * recordBytes(plan.stored);
}

function storedTypeOf(type: SampleType): StoredType {
  return type === 'uint8' || type === 'int8' || type === 'uint16' || type === 'int16' ? type : 'float32';
}

function storedBytes(stored: StoredType): number {
  if (stored === 'float32') return 4;
  return stored.endsWith('16') ? 2 : 1;
}
