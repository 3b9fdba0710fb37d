import { NadirError } from '../../lib/errors.ts';
import { textOf } from '../../teaching/float-text.ts';
import { PARTS, type TaughtHead } from '../../teaching/taught-class.ts';
import type { LearnRequest } from '../types.ts';
import { calibrate } from './calibrate.ts';
import { cellsWithin, describeCells, type FeatureGrid } from './feature-grid.ts';
import { localPeaks, rawScores } from './heat.ts';
import { directionOf, type Rows, rowsOf, solveRidge, valueAt } from './kernel-ridge.ts';
import { medianShape, reshapeFrom } from './shapes.ts';
import { Whitening } from './whitening.ts';

type LearningExample = LearnRequest['views'][number]['examples'][number];

/** Features of a tile, with the examples whose centre it shows. */
export interface LearningTile {
  grid: FeatureGrid;
  examples: readonly LearningExample[];
  /** Whether a cell, row · cols + col, shows the scene. */
  shows(cell: number): boolean;
}

/** Chosen on training imagery (bench/LOG.md, "Classes taught by examples"). */
const SHRINKAGE = 3;
const RIDGE = 1;
/** Share of an example, from its centre, whose cells stand for it. */
const CORE = 0.4;
/** A background cell is at least this many half-sizes away from the centre of an example. */
const CLEAR = 1.2;
/** Targets of an example and of a counterexample; the background's is 0. */
const ONE = 1;
const NOT_ONE = -0.5;

/**
 * Learns to tell the examples from their surroundings and from the other tiles, which may show more of the class: they
 * count as background in bulk, never one by one, so that unmarked objects do little harm. A direction is fitted to the
 * examples in a space where the background is white, which is linear discriminant analysis with little data. Takes
 * about a second for 20 tiles of 32 × 32 cells with 256 features.
 *
 * Errors: EXAMPLES_TOO_FEW without an example, or if nothing is left that could be background.
 */
export function learnHead(tiles: readonly LearningTile[]): TaughtHead {
  const positives = [
    ...new Map(tiles.flatMap(({ examples }) => examples.map((each) => [each.id, each]))).values(),
  ].filter(({ isOne }) => isOne);
  const channels = tiles[0]?.grid.channels ?? 0;
  if (positives.length === 0) {
    throw new NadirError(
      'EXAMPLES_TOO_FEW',
      'Nothing is marked as an example. Mark at least one, three or more for a fair start.',
    );
  }
  const shape = medianShape(positives.map(({ box }) => box));
  const sidePx = Math.sqrt(shape.w * shape.h);
  const described = tiles.map((tile) => ({ ...tile, cells: describeCells(tile.grid, sidePx) }));
  const dim = PARTS * channels;
  const at = (cells: Float32Array, cell: number) => cells.subarray(cell * dim, (cell + 1) * dim);

  const background: Float32Array[] = [];
  for (const { grid, cells, examples, shows } of described) {
    const marked = new Set(examples.flatMap(({ box }) => cellsWithin(box, CLEAR, grid)));
    for (let cell = 0; cell < grid.rows * grid.cols; cell++) {
      if (!marked.has(cell) && shows(cell)) background.push(at(cells, cell));
    }
  }
  if (background.length < 2) {
    throw new NadirError(
      'EXAMPLES_TOO_FEW',
      'The examples cover everything that was looked at, so there is nothing to tell them from. Draw smaller boxes.',
    );
  }
  const whitening = new Whitening(background, dim, SHRINKAGE);

  const seen = described.flatMap(({ grid, cells, examples }) =>
    examples.flatMap((example) =>
      cellsWithin(example.box, CORE, grid).map((cell) => ({ example, point: whitening.apply(at(cells, cell)) })),
    ),
  );
  const rows = rowsOf(
    seen.map(({ point }) => point),
    seen.map(({ example }) => example.id),
  );
  const targets = seen.map(({ example }) => (example.isOne ? ONE : NOT_ONE));
  const { weights, bias } = whitening.unapply(directionOf(rows, solveRidge(rows, targets, RIDGE)), 0);

  const peaks = described.flatMap(({ grid, cells, examples, shows }) => {
    const scores = rawScores(cells, weights, bias);
    const marked = new Set(examples.flatMap(({ box }) => cellsWithin(box, CLEAR, grid)));
    return localPeaks(scores, grid).flatMap((cell) => (marked.has(cell) || !shows(cell) ? [] : [scores[cell]!]));
  });
  const left = leftOut(rows, targets, positives);
  const { calibration, separation } = calibrate(left, peaks);
  const reshape = reshapeFrom(
    rows,
    seen.map(({ example }) => example),
    shape,
    whitening,
  );
  return { channels, sidePx, weights: textOf(weights), bias, shape, reshape, calibration, separation };
}

/** For each example, its best raw score by what the others teach; empty if there is but one. */
function leftOut(rows: Rows, targets: readonly number[], positives: readonly LearningExample[]): number[] {
  if (positives.length < 2) return [];
  return positives.map(({ id }) => {
    const factors = solveRidge(rows, targets, RIDGE, id);
    return Math.max(...rows.groups.flatMap((group, i) => (group === id ? [valueAt(rows, factors, i)] : [])));
  });
}
