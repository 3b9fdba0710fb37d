import type { PixelWindow } from '../../geo/types.ts';
import { uncoveredArea } from '../../geo/uncovered-area.ts';
import { intersect } from '../../geo/windows.ts';
import type { Answer } from '../document.ts';

export interface AddedCount {
  /** Rounded sum. */
  count: number;
  /** Tiles that stated a number. */
  tiles: number;
  /** Share of the tiles' area (inside the scene) that counts; below 1 if tiles overlap or reach past the region. */
  share: number;
}

/**
 * The sum of the numbers that the tiles stated. Each is reduced to its part on valid pixels, and weighted by the share of its tile's
 * area inside the scene that lies in the region and in no earlier tile, because there are no boxes to merge. Null if no tile stated
 * a number.
 */
export function addStatedCounts(raw: Answer['raw'], region: PixelWindow, scene: PixelWindow): AddedCount | null {
  const earlier: PixelWindow[] = [];
  let sum = 0;
  let seenArea = 0;
  let countedArea = 0;
  for (const { tile, numbers } of raw) {
    const { stated, countedPart = 1 } = numbers;
    const seen = intersect(tile, scene);
    if (stated === undefined || !seen) continue;
    const inRegion = intersect(seen, region);
    const area = seen.width * seen.height;
    const counted = inRegion ? uncoveredArea(inRegion, earlier) : 0;
    sum += (stated * countedPart * counted) / area;
    seenArea += area;
    countedArea += countedPart * counted;
    earlier.push(tile);
  }
  if (earlier.length === 0) return null;
  return { count: Math.round(sum), tiles: earlier.length, share: countedArea / seenArea };
}
