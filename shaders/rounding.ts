import { type Activation, activateRef } from './activation.ref.ts';

/**
 * How far a kernel may be from its reference: the error that WGSL's "Floating Point Accuracy" allows for each
 * operation, summed over the kernel's operations. A bound grows with the length of the sum and isn't tuned to a device.
 */

/**
 * Relative error of one f32 +, − or ×. WGSL allows either neighbour of the true value, so it is a whole ulp, not half.
 */
export const ulp = 2 ** -23;

/** ULPs of a division. */
export const divisionUlps = 2.5;
/** ULPs of inverseSqrt. */
export const inverseSqrtUlps = 2;
/** ULPs of exp(x). */
export const expUlps = (x: number) => 3 + 2 * Math.abs(x);
/** Absolute error of tanh. */
const tanhError = 1e-5;

/**
 * A sum whose terms each pass through `roundings` operations is within gamma(roundings) · Σ|term|, in any order
 * (Higham, Accuracy and Stability of Numerical Algorithms, 3.1). A dot product of n terms: gamma(n) · Σ|x·w|.
 */
export function gamma(roundings: number): number {
  return (roundings * ulp) / (1 - roundings * ulp);
}

/**
 * Bound of act(Σ x·w + b) + residual, value by value. `sums`: Σ x·w + b; `magnitudes`: Σ|x·w| + |b|; `terms`: products
 * per sum. All three arrays have y's shape.
 */
export function linearBound(
  terms: number,
  sums: Float32Array,
  magnitudes: Float32Array,
  activation: Activation,
  residual: Float32Array | null,
): Float64Array {
  return Float64Array.from(sums, (sum, i) => {
    const value = activateRef(sum, activation);
    // n products and n additions, one of them the bias: a term passes through at most n + 1 roundings.
    const error = activatedError(sum, value, gamma(terms + 1) * magnitudes[i]!, activation);
    const added = residual?.[i];
    return error + ulp * (added === undefined ? Math.abs(value) : Math.abs(value) + error + Math.abs(added + value));
  });
}

/** The effect of an error of `error` in `sum` after the activation, plus the activation's own error. */
function activatedError(sum: number, value: number, error: number, activation: Activation): number {
  // ReLU6 chooses between the value and its limits without arithmetic, and brings two values never further apart.
  if (activation !== 'gelu') return error;
  // The slope of GELU is at most 1.129. tanh's argument takes five operations, and u · sech²(u) is below 0.448.
  return 1.13 * error + 0.5 * Math.abs(sum) * (tanhError + 0.448 * gamma(5)) + gamma(3) * Math.abs(value);
}

/** |v| of every value. */
export function magnitudesOf(values: Float32Array): Float32Array {
  return values.map(Math.abs);
}
