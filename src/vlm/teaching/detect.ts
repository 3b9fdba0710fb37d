import { suppress } from '../../geo/boxes/suppress.ts';
import type { RotatedBox } from '../../geo/types.ts';
import { NadirError } from '../../lib/errors.ts';
import { floatsOf } from '../../teaching/float-text.ts';
import type { TaughtHead } from '../../teaching/taught-class.ts';
import { sigmoid } from './calibrate.ts';
import { describeCells, type FeatureGrid } from './feature-grid.ts';
import { localPeaks, peakPosition, rawScores } from './heat.ts';
import { shapeAt } from './shapes.ts';

/** Places below this score are left out; questions need the doubtful ones above it for their intervals. */
const LEAST_SCORE = 0.1;
const NMS_IOU = 0.3;
const MOST = 200;

export interface TaughtFinds {
  /** In tile pixels, best first. */
  boxes: { box: RotatedBox; score: number }[];
  /** f32[rows, cols], scores 0–1. */
  heat: Float32Array;
}

/** Finds a taught class on a tile. `shown`: as `shownCells`. Errors: CLASS_WRONG_MODEL if it was taught with other features. */
export function detectTaught(head: TaughtHead, grid: FeatureGrid, shown: Uint8Array | null = null): TaughtFinds {
  if (grid.channels !== head.channels) {
    throw new NadirError(
      'CLASS_WRONG_MODEL',
      `The class was taught to a model with ${head.channels} features a cell, and the loaded model has ${grid.channels}. Teach it again.`,
      { details: { taught: head.channels, loaded: grid.channels } },
    );
  }
  const weights = floatsOf(head.weights)!;
  const reshape = head.reshape === null ? null : floatsOf(head.reshape);
  const cells = describeCells(grid, head.sidePx);
  const raw = rawScores(cells, weights, head.bias);
  const { slope, offset } = head.calibration;
  const heat = raw.map((score, cell) => (shown?.[cell] === 0 ? 0 : sigmoid(slope * score + offset)));
  const candidates = localPeaks(raw, grid).flatMap((cell) => {
    const score = heat[cell]!;
    if (score < LEAST_SCORE || shown?.[cell] === 0) return [];
    const [col, row] = peakPosition(raw, cell, grid);
    const dim = weights.length;
    const shape = shapeAt(head.shape, reshape, cells.subarray(cell * dim, (cell + 1) * dim));
    return [{ box: { cx: col * grid.stridePx, cy: row * grid.stridePx, ...shape }, score, raw: raw[cell]! }];
  });
  candidates.sort((a, b) => b.raw - a.raw);
  return {
    boxes: suppress(candidates, NMS_IOU)
      .slice(0, MOST)
      .map(({ box, score }) => ({ box, score })),
    heat,
  };
}
