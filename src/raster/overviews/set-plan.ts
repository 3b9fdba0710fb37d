import type { SampleType } from '../../imagery/image.ts';

/** Tiles of a built level. Flat ones: a row of them is what a build holds in memory, and what it repeats after a reload. */
export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 64;

/** Averages are kept in the file's own type where it is short (as GDAL does), else as floats. */
export type StoredType = 'uint8' | 'int8' | 'uint16' | 'int16' | 'float32';

export interface PlannedLevel {
  width: number;
  height: number;
  /** Pixels of the level before (of the base for the first) to a pixel of this one, both ways. */
  reduction: number;
  /** Pixels of the base to a pixel of this one. */
  factor: number;
  tilesAcross: number;
  tilesDown: number;
  /** Where its tiles begin in the set's data, in bytes. */
  offset: number;
}

/** The levels built together for some bands: everything about their layout, the same wherever they are kept. */
export interface SetPlan {
  bands: number[];
  stored: StoredType;
  levels: PlannedLevel[];
  totalBytes: number;
}

const SMALLEST_SIDE = 256;
/** Above this many pixels the first level on disk is a quarter of the base's size, not a half: 1/16 of its pixels. */
const LARGE_PIXELS = 64 * 1024 * 1024;
/** In memory a level may have this many pixels. */
const MEMORY_PIXELS = 2048 * 2048;

/** Levels for a base of `width`×`height` pixels, down to about 256; none where it is that small already. */
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

/** Bytes of one band's tile: its samples, then a bit a pixel (most significant first, 1 = valid). */
export function recordBytes(stored: StoredType): number {
  const pixels = TILE_WIDTH * TILE_HEIGHT;
  return pixels * storedBytes(stored) + pixels / 8;
}

/** Bytes of all bands' tiles in one row of tiles. They follow one another: tile by tile, band by band. */
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
