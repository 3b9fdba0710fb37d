import { assert } from '../../lib/errors.ts';

/**
 * The lower triangle L of a symmetric positive definite matrix A = L·Lᵀ, in place: f64[n, n] row-major; what lies above
 * the diagonal is left alone.
 */
export function factorise(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const rowI = a.subarray(i * n, i * n + i);
    for (let j = 0; j <= i; j++) {
      const rowJ = a.subarray(j * n, j * n + j);
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= rowI[k]! * rowJ[k]!;
      if (i === j) {
        assert(sum > 0, 'the matrix is positive definite');
        a[i * n + i] = Math.sqrt(sum);
      } else a[i * n + j] = sum / a[j * n + j]!;
    }
  }
}

/** Solves L·y = b, in place. */
export function solveLower(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i]!;
    const row = i * n;
    for (let k = 0; k < i; k++) sum -= l[row + k]! * b[k]!;
    b[i] = sum / l[row + i]!;
  }
}

/** Solves Lᵀ·x = y, in place. */
export function solveUpper(l: Float64Array, n: number, y: Float64Array): void {
  for (let i = n - 1; i >= 0; i--) {
    const x = y[i]! / l[i * n + i]!;
    y[i] = x;
    for (let k = 0; k < i; k++) y[k] = y[k]! - l[i * n + k]! * x;
  }
}
