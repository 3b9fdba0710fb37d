import type { PixelWindow } from '../../geo/types.ts';
import { uncoveredArea } from '../../geo/uncovered-area.ts';
import { intersect } from '../../geo/windows.ts';
import type { Answer } from '../document.ts';

export interface AddedCount {
  /** Rounded sum. */
  count: number;
  /** Tiles that stated a number. */
  tiles: number;
  /** Part of all that was looked at (inside the scene) that counts: below 1 where tiles overlap or reach past the region. */
  share: number;
}

/**
 * The numbers that the tiles stated, added up: of each the part that was counted on valid pixels, weighed by the part of its
 * tile's area inside the scene that lies in the region and under no earlier tile, since what is counted by density has no
 * boxes to tell apart. Null when no tile stated a number.
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
