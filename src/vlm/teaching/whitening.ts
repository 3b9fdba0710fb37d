import { factorise, solveLower, solveUpper } from './cholesky.ts';

/** Rows beyond these are left out: the covariance of more differs little and takes longer. */
const MOST_ROWS = 2000;

/**
 * What the background of a scene looks like: mean, spread and covariance of its cells' descriptions. In whitened space
 * the background has mean 0 and about unit covariance, so that one direction tells an object from it as well as another.
 */
export class Whitening {
  private readonly dim: number;
  private readonly mean: Float64Array;
  private readonly spread: Float64Array;
  /** Lower triangle of the correlation matrix' factor, `shrinkage` added to the diagonal. */
  private readonly factor: Float64Array;

  /** `rows`: descriptions f32[dim] of background cells; evenly thinned out beyond 2,000. At least one. */
  constructor(rows: readonly Float32Array[], dim: number, shrinkage: number) {
    const step = Math.max(1, rows.length / MOST_ROWS);
    const used = Array.from({ length: Math.floor(rows.length / step) }, (_, i) => rows[Math.floor(i * step)]!);
    const n = used.length;
    this.dim = dim;
    this.mean = new Float64Array(dim);
    this.spread = new Float64Array(dim);
    /** f32[dim, n]: a dimension's values lie together. */
    const columns = new Float32Array(dim * n);
    for (let d = 0; d < dim; d++) {
      let sum = 0;
      for (const row of used) sum += row[d]!;
      const mean = sum / n;
      let squares = 0;
      for (const row of used) squares += (row[d]! - mean) ** 2;
      const spread = Math.sqrt(squares / n) || 1;
      this.mean[d] = mean;
      this.spread[d] = spread;
      for (let i = 0; i < n; i++) columns[d * n + i] = (used[i]![d]! - mean) / spread;
    }
    this.factor = new Float64Array(dim * dim);
    for (let i = 0; i < dim; i++) {
      const a = columns.subarray(i * n, (i + 1) * n);
      for (let j = 0; j <= i; j++) {
        const b = columns.subarray(j * n, (j + 1) * n);
        let sum = 0;
        for (let k = 0; k < n; k++) sum += a[k]! * b[k]!;
        this.factor[i * dim + j] = sum / n;
      }
      this.factor[i * dim + i]! += shrinkage;
    }
    factorise(this.factor, dim);
  }

  /** A description in whitened space. */
  apply(row: Float32Array): Float64Array {
    const out = new Float64Array(this.dim);
    for (let d = 0; d < this.dim; d++) out[d] = (row[d]! - this.mean[d]!) / this.spread[d]!;
    solveLower(this.factor, this.dim, out);
    return out;
  }

  /** The linear function z · direction + constant of whitened descriptions, as one of plain descriptions. */
  unapply(direction: Float64Array, constant: number): { weights: Float32Array; bias: number } {
    const solved = direction.slice();
    solveUpper(this.factor, this.dim, solved);
    const weights = new Float32Array(this.dim);
    let bias = constant;
    for (let d = 0; d < this.dim; d++) {
      weights[d] = solved[d]! / this.spread[d]!;
      bias -= weights[d]! * this.mean[d]!;
    }
    return { weights, bias };
  }
}
