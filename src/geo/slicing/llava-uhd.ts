import { assert } from '../../lib/errors.ts';
import type { PixelWindow } from '../types.ts';
import { squareAround } from '../windows.ts';
import { planResize, wholeWindow } from './resize.ts';
import type { Slicing } from './slicing.ts';

/** The region at once, then a grid over it, row by row. */
export const llavaUhd = {
  id: 'llava-uhd',
  words: { noun: 'slice', about: "an overview, then slices close to the model's own size and shape" },
  plan: (region, scene, { tilePx, maxSlices }) => {
    const { slices } = planLlavaUhd(region, { tile: tilePx, maxSlices });
    return [wholeWindow(region, scene), ...slices.map((square) => squareAround(square, square.width, scene))];
  },
} as const satisfies Slicing;

/**
 * LLaVA-UHD slicing (arXiv:2403.11703): cuts an image of any shape into slices close to the encoder's own size and
 * shape.
 *
 * The paper's score is S = −|log(W·n / (H·m)) − log(Wv/Hv)|. A slice of `columns`×`rows` measures W/columns × H/rows,
 * so its shape is W·rows / (H·columns). Therefore n must be the number of rows and m the number of columns; otherwise
 * 672×1008 with a 336² encoder would be cut into 3 columns of 224×504 instead of 2 of 336×336. The released code does
 * the same.
 */
export interface Grid {
  rows: number;
  columns: number;
}

/** Score of a grid, ≤ 0; 0 means that slices have exactly the encoder's shape. Sizes in pixels. */
export function scoreGrid(
  imageWidth: number,
  imageHeight: number,
  encoderWidth: number,
  encoderHeight: number,
  grid: Grid,
): number {
  const sliceShape = (imageWidth * grid.rows) / (imageHeight * grid.columns);
  const score = -Math.abs(Math.log(sliceShape) - Math.log(encoderWidth / encoderHeight));
  return score === 0 ? 0 : score;
}

export interface ChooseGridOptions {
  encoderWidth: number;
  encoderHeight: number;
  /** Upper bound on rows·columns. */
  maxSlices: number;
  /** Also try N−1 and N+1 slices, as the released code does, so that a prime N doesn't force a strip. */
  neighbours: boolean;
}

/** N = ⌈W·H / (Wv·Hv)⌉, at most `maxSlices`. */
export function idealSliceCount(imageWidth: number, imageHeight: number, options: ChooseGridOptions): number {
  const ratio = (imageWidth * imageHeight) / (options.encoderWidth * options.encoderHeight);
  return Math.max(1, Math.min(options.maxSlices, Math.ceil(ratio - 1e-9)));
}

/**
 * The best-scoring factor pair of N (and of N−1 and N+1 with `neighbours`). Ties go to the count nearest N, then to
 * fewer slices, then to more columns. N = 1 means no slicing: the grid is 1×1. All sizes are positive.
 */
export function chooseGrid(imageWidth: number, imageHeight: number, options: ChooseGridOptions): Grid {
  const sizes = [imageWidth, imageHeight, options.encoderWidth, options.encoderHeight, options.maxSlices];
  assert(
    sizes.every((size) => size > 0 && Number.isFinite(size)),
    `a grid for sizes ${sizes.join(', ')}`,
  );
  const ideal = idealSliceCount(imageWidth, imageHeight, options);
  if (ideal === 1) return { rows: 1, columns: 1 };
  const counts = options.neighbours
    ? [ideal, ideal - 1, ideal + 1].filter((count) => count > 1 && count <= options.maxSlices)
    : [ideal];
  let best: Grid | null = null;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const grid of counts.flatMap(factorPairs)) {
    const score = scoreGrid(imageWidth, imageHeight, options.encoderWidth, options.encoderHeight, grid);
    // Scores that differ only by rounding are a tie; the first one wins.
    if (best === null || score > bestScore + 1e-12) {
      best = grid;
      bestScore = score;
    }
  }
  return best ?? { rows: 1, columns: 1 };
}

/** All rows×columns = count, most columns first. */
function factorPairs(count: number): Grid[] {
  const pairs: Grid[] = [];
  for (let rows = 1; rows <= count; rows++) {
    if (count % rows === 0) pairs.push({ rows, columns: count / rows });
  }
  return pairs;
}

export interface LlavaUhdPlan extends Grid {
  /** The whole extent as an additional square window. */
  overview: PixelWindow;
  /** Row by row; empty if the extent fits one encoder input, because the overview then shows everything. */
  slices: PixelWindow[];
  /** The exact rows×columns partition of the extent that `slices` were squared from. */
  cells: PixelWindow[];
}

/**
 * Windows to read for LLaVA-UHD, in source pixels. An encoder that accepts any shape reads `cells`. Ours takes square
 * tiles, so each of `slices` is the square centred on its cell: it shows the surroundings instead of padding, and an
 * object at a seam is seen whole. Also tries N−1 and N+1.
 */
export function planLlavaUhd(extent: PixelWindow, options: { tile: number; maxSlices: number }): LlavaUhdPlan {
  const grid = chooseGrid(extent.width, extent.height, {
    encoderWidth: options.tile,
    encoderHeight: options.tile,
    maxSlices: options.maxSlices,
    neighbours: true,
  });
  const width = extent.width / grid.columns;
  const height = extent.height / grid.rows;
  const cells: PixelWindow[] = [];
  for (let row = 0; row < grid.rows; row++) {
    for (let column = 0; column < grid.columns; column++) {
      cells.push({ x: extent.x + column * width, y: extent.y + row * height, width, height });
    }
  }
  const single = cells.length === 1;
  return { ...grid, overview: planResize(extent), cells, slices: single ? [] : cells.map(planResize) };
}
