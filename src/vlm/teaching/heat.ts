import type { FeatureGrid } from './feature-grid.ts';

/** Raw scores f32[cells] of descriptions f32[cells, dim]. */
export function rawScores(cells: Float32Array, weights: Float32Array, bias: number): Float32Array {
  const dim = weights.length;
  const scores = new Float32Array(cells.length / dim);
  for (let cell = 0; cell < scores.length; cell++) {
    let sum = bias;
    const start = cell * dim;
    for (let d = 0; d < dim; d++) sum += weights[d]! * cells[start + d]!;
    scores[cell] = sum;
  }
  return scores;
}

/** Cells that no neighbour surpasses, as row · cols + col. */
export function localPeaks(scores: Float32Array, { rows, cols }: Pick<FeatureGrid, 'rows' | 'cols'>): number[] {
  const peaks: number[] = [];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      const score = scores[r * cols + c]!;
      let isPeak = true;
      for (let i = Math.max(0, r - 1); i <= Math.min(rows - 1, r + 1) && isPeak; i++) {
        for (let j = Math.max(0, c - 1); j <= Math.min(cols - 1, c + 1); j++) {
          if (scores[i * cols + j]! > score) isPeak = false;
        }
      }
      if (isPeak) peaks.push(r * cols + c);
    }
  }
  return peaks;
}

/** Where the peak at a cell lies between it and its neighbours, by a parabola along each axis: column and row, in cells. */
export function peakPosition(
  scores: Float32Array,
  cell: number,
  { rows, cols }: Pick<FeatureGrid, 'rows' | 'cols'>,
): [col: number, row: number] {
  const r = Math.floor(cell / cols);
  const c = cell % cols;
  const at = (row: number, col: number) =>
    scores[Math.min(rows - 1, Math.max(0, row)) * cols + Math.min(cols - 1, Math.max(0, col))]!;
  const own = scores[cell]!;
  return [c + 0.5 + vertex(at(r, c - 1), own, at(r, c + 1)), r + 0.5 + vertex(at(r - 1, c), own, at(r + 1, c))];
}

/** Of the parabola through (−1, before), (0, own) and (1, after), at most half a cell away. */
function vertex(before: number, own: number, after: number): number {
  const bend = before - 2 * own + after;
  return bend < 0 ? Math.min(0.5, Math.max(-0.5, (0.5 * (before - after)) / bend)) : 0;
}
