import { factorise, solveLower, solveUpper } from './cholesky.ts';

/** Rows with the group that each belongs to, such as the cells of one example. */
export interface Rows {
  /** f64[dim] each. */
  points: readonly Float64Array[];
  groups: readonly number[];
  /** Dot products of the points, f64[n, n]. */
  products: Float64Array;
}

export function rowsOf(points: readonly Float64Array[], groups: readonly number[]): Rows {
  const n = points.length;
  const products = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const [a, b] = [points[i]!, points[j]!];
      let sum = 0;
      for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
      products[i * n + j] = sum;
      products[j * n + i] = sum;
    }
  }
  return { points, groups, products };
}

/**
 * Ridge regression without a constant, in its dual form: factors f64[n] so that Σ factor_i · point_i is the direction.
 * A group's weight is shared by its rows; `ridge` is the penalty of the direction, in units of a point's mean squared
 * length. Rows of the group `without` are left out and get the factor 0.
 */
export function solveRidge(
  rows: Rows,
  targets: readonly number[],
  ridge: number,
  without: number | null = null,
): Float64Array {
  const { groups, products } = rows;
  const all = groups.length;
  const kept = groups.flatMap((group, i) => (group === without ? [] : [i]));
  const sizes = new Map<number, number>();
  for (const i of kept) sizes.set(groups[i]!, (sizes.get(groups[i]!) ?? 0) + 1);
  const n = kept.length;
  const lengths = kept.reduce((sum, i) => sum + products[i * all + i]!, 0) / Math.max(1, n);
  const matrix = new Float64Array(n * n);
  const solution = new Float64Array(n);
  kept.forEach((i, row) => {
    kept.forEach((j, column) => {
      matrix[row * n + column] = products[i * all + j]!;
    });
    matrix[row * n + row]! += ridge * lengths * sizes.get(groups[i]!)! + 1e-9;
    solution[row] = targets[i]!;
  });
  factorise(matrix, n);
  solveLower(matrix, n, solution);
  solveUpper(matrix, n, solution);
  const factors = new Float64Array(all);
  kept.forEach((i, row) => {
    factors[i] = solution[row]!;
  });
  return factors;
}

/** What the direction of these factors gives for row `i`. */
export function valueAt({ groups, products }: Rows, factors: Float64Array, i: number): number {
  let sum = 0;
  for (let j = 0; j < groups.length; j++) sum += factors[j]! * products[i * groups.length + j]!;
  return sum;
}

/** Σ factor_i · point_i. */
export function directionOf({ points }: Rows, factors: Float64Array): Float64Array {
  const direction = new Float64Array(points[0]?.length ?? 0);
  points.forEach((point, i) => {
    for (let d = 0; d < direction.length; d++) direction[d]! += factors[i]! * point[d]!;
  });
  return direction;
}
