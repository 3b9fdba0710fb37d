import { type CoverRaster, classAt } from '../../cover/cover-raster.ts';
import { type Ground, pixelAreaOf } from '../ground/ground.ts';
import type { Shape } from '../ground/shape.ts';
import { eachZoneRow } from '../ground/zone-cells.ts';

/** What the land cover says of a zone. Areas are in the ground's units. */
export interface CoverTally {
  /** Area of the cells whose likeliest class it is, by class. */
  areas: readonly number[];
  /** `expected[a][b]`: those of class a, each times the probability that it really is b. */
  expected: readonly (readonly number[])[];
  /** Area of all cells of which anything is known. */
  known: number;
}

/** Ground areas are those at the middle of blocks of this many cells a side. */
const BLOCK = 32;

/** Adds up a zone's cells; one that its border cuts counts by the part inside. */
export function tallyOf(raster: CoverRaster, zone: Shape, ground: Ground): CoverTally {
  const { x, y, cellWidth, cellHeight, cols, labels, probabilities } = raster;
  const n = labels.length;
  const areas = new Float64Array(n);
  const expected = labels.map(() => new Float64Array(n));
  const cellAreas = new Float64Array(Math.ceil(cols / BLOCK));
  let blockRow = -1;
  eachZoneRow(zone, raster, (row, shares) => {
    if (Math.floor(row / BLOCK) !== blockRow) {
      blockRow = Math.floor(row / BLOCK);
      for (let block = 0; block < cellAreas.length; block++) {
        const middle = [block, blockRow].map((each) => (each + 0.5) * BLOCK) as [number, number];
        const frame = ground.frameAt(x + middle[0] * cellWidth, y + middle[1] * cellHeight);
        cellAreas[block] = pixelAreaOf(frame) * cellWidth * cellHeight;
      }
    }
    for (let col = 0; col < cols; col++) {
      const share = shares[col]!;
      const cell = row * cols + col;
      const found = share > 0 ? classAt(raster, cell) : null;
      if (!found) continue;
      const area = share * cellAreas[Math.floor(col / BLOCK)]!;
      areas[found.index]! += area;
      // The class's own probability by the others': they add up to one.
      const per = (area * found.probability) / probabilities[cell * n + found.index]!;
      for (let k = 0; k < n; k++) expected[found.index]![k]! += per * probabilities[cell * n + k]!;
    }
  });
  return {
    areas: [...areas],
    expected: expected.map((row) => [...row]),
    known: areas.reduce((sum, area) => sum + area, 0),
  };
}

/** Mapped area of some classes together, and how far errors may take it. */
export interface CoverSum {
  area: number;
  interval: { low: number; high: number };
  /** Mean probability in their cells; null if there are none. */
  confidence: number | null;
}

/**
 * The area of classes in a tally. Two estimates of how wrong it may be are taken together: the map's own probabilities (what of it is
 * something else, and what elsewhere is it), and the IoU on held-out images: with all errors on one side, a mapped area A of IoU j is
 * one of A·j to A/j. Neither is a probability interval, since errors of a map go together.
 */
export function sumOfClasses(
  { areas, expected, known }: CoverTally,
  classes: readonly number[],
  iou: number | null,
): CoverSum {
  const area = classes.reduce((sum, k) => sum + areas[k]!, 0);
  const isMeant = (k: number) => classes.includes(k);
  let [right, missed] = [0, 0];
  expected.forEach((row, a) => {
    const meant = row.reduce((sum, value, b) => sum + (isMeant(b) ? value : 0), 0);
    if (isMeant(a)) right += meant;
    else missed += meant;
  });
  const low = iou === null ? right : Math.min(right, area * iou);
  const high = iou === null ? area + missed : Math.max(area + missed, area / iou);
  return {
    area,
    interval: { low, high: Math.min(known, high) },
    confidence: area > 0 ? right / area : null,
  };
}
